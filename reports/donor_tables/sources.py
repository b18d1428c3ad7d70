from django.utils.translation import gettext as _

from ..report_table import ReportTable


def table(scope, facts):
    return ReportTable(
        slug="sources", code="T3", title=_("Sources of funding"), columns=[], rows=[]
    )
