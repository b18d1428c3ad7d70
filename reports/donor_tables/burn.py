from django.utils.translation import gettext as _

from ..report_table import ReportTable


def table(scope, facts):
    return ReportTable(slug="burn", code="T5", title=_("Execution and time"), columns=[], rows=[])
