"""Signed reports: the frozen figures, their files, and what came after."""

import logging
from io import BytesIO

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports import signed_reports, signing, snapshots
from reports.table_view import TableView

log = logging.getLogger("django.request")
CONTENT_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@require_safe
def signed(request, pk):
    report = get_object_or_404(signed_reports.visible_to(request.user), pk=pk)
    versions = list(signed_reports.versions_of(report.period, request.user))
    context = {
        "report": report,
        "phase": report.period.phase,
        "files": report.files.order_by("pk"),
        "versions": versions if len(versions) > 1 else [],
        "next": next((each for each in versions if each.version > report.version), None),
        "later": signed_reports.later(report),
        "opened_again": signed_reports.opened_again(report),
        **_figures(report),
    }
    return render(request, "reports/signed.html", context)


def _figures(report):
    try:
        data = signing.figures_of(report)
    except ValidationError as damage:
        log.error("The figures of signed report %s are damaged", report.code)
        return {"damage": damage.messages, "views": []}
    tables = snapshots.tables_from(data, get_language())
    return {"data": data, "views": [TableView(table) for table in tables]}


@require_safe
def signed_file(request, pk, format):
    report = get_object_or_404(signed_reports.visible_to(request.user), pk=pk)
    kept = get_object_or_404(report.files, format=format)
    content = signed_reports.intact(kept)
    if content is None:
        log.error("File %s of signed report %s is damaged or missing", format, report.code)
        messages.error(
            request,
            _(
                "This %(format)s file is damaged: it is not the one that was signed, so it is not handed out. "
                "Tell the administrator; there is a copy in the backups."
            )
            % {"format": format.upper()},
        )
        return redirect(report)
    response = FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=f"{report.code}-{report.template.slug}.{format}",
        content_type=CONTENT_TYPES[format],
    )
    response["Cache-Control"] = "private, no-store"
    return response
