from django.utils.translation import gettext as _

from ..report_table import ReportTable


def table(scope, facts):
    return ReportTable(
        slug="budget", code="T2", title=_("Budget against actual"), columns=[], rows=[]
    )
