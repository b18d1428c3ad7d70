"""Long files: my files, how far one is, fetching it. And the way from a download to them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.htmx import render_page_or_partial
from reports import jobs
from reports.models import FileJob
from reports.upkeep import is_worker_missing


def made_later(request, *, title, rows):
    """The page of the job that makes this download, or None: so many rows come at once."""
    if not jobs.is_long(rows, is_pdf=request.path.endswith(".pdf")):
        return None
    address, ending = request.build_absolute_uri(), request.path.rpartition(".")[2]
    title = f"{title}, {ending.upper()}"
    try:
        return redirect(jobs.ask(user=request.user, address=address, title=title, rows=rows))
    except ValidationError as problem:
        messages.warning(request, problem.messages[0])
        return redirect("reports:jobs")


@never_cache
@require_safe
def job_list(request):
    return render(
        request, "reports/job_list.html", {"jobs": FileJob.objects.visible_to(request.user)}
    )


@never_cache
@require_safe
def job(request, pk):
    job = _own(request, pk)
    late = job.is_waiting and is_worker_missing()
    context = {"job": job, "is_worker_missing": late}
    return render_page_or_partial(request, "reports/job.html", context, partial="state")


@require_safe
def job_file(request, pk):
    job = _own(request, pk)
    if not job.is_ready:
        return redirect(job)
    try:
        file = job.file.open("rb")
    except FileNotFoundError:
        messages.warning(request, _("The file is no longer on the server. It can be made again."))
        return redirect(job)
    response = FileResponse(file, as_attachment=True, filename=job.file_name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def job_again(request, pk):
    job = _own(request, pk)
    jobs.ask_again(job=job)
    return redirect(job)


@require_POST
def job_remove(request, pk):
    """A second time, from another tab or by Back, finds nothing and says the same."""
    job = FileJob.objects.visible_to(request.user).filter(pk=pk).first()
    if job:
        jobs.remove(job=job)
        done = _("The file was removed.") if job.is_ready else _("The file is not made any more.")
        messages.success(request, done)
    return redirect("reports:jobs")


def _own(request, pk):
    return get_object_or_404(FileJob.objects.visible_to(request.user), pk=pk)
