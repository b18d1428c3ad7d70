"""Files of events, presentations and practices: opening, adding, removing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from conferences import documents
from conferences.forms_documents import KINDS_OF, DocumentForm
from conferences.models import Document, Event, PracticeVersion, Presentation, VersionStatus


@login_not_required
@require_safe
def file(request, pk):
    return documents.serve(request, _seen(request, pk))


@login_not_required
@require_safe
def file_small(request, pk):
    document = _seen(request, pk)
    if not document.small:
        raise Http404
    return documents.serve(request, document, small=True)


def _seen(request, pk):
    return get_object_or_404(Document.objects.visible_to(request.user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def event_file_add(request, slug):
    event = get_object_or_404(Event.objects.editable_by(request.user), slug=slug)
    return _add(request, event)


@require_http_methods(["GET", "HEAD", "POST"])
def presentation_file_add(request, pk):
    talk = get_object_or_404(Presentation.objects.with_files_from(request.user), pk=pk)
    return _add(request, talk)


@require_http_methods(["GET", "HEAD", "POST"])
def version_file_add(request, slug, number):
    drafts = PracticeVersion.objects.editable_by(request.user).filter(status=VersionStatus.DRAFT)
    version = get_object_or_404(drafts, practice__slug=slug, number=number)
    return _add(request, version)


def _back(owner):
    """The draft of a practice goes on where it is written."""
    if isinstance(owner, PracticeVersion):
        return reverse("conferences:practice_edit", args=[owner.practice.slug])
    return owner.get_absolute_url()


def _add(request, owner):
    keep = f"file-{type(owner).__name__}-{owner.pk}"
    chosen = {"kind": request.GET.get("kind") or KINDS_OF[type(owner)][0]}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DocumentForm(*sent, owner=owner, initial=chosen)
    if form.is_valid():
        try:
            added = documents.add(owner=owner, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None if hasattr(error, "error_dict") else "file", error)
        else:
            text = _("“%(document)s” was added.")
            messages.success(request, text % {"document": added}, extra_tags=keep)
            return redirect(_back(owner))
    return render(
        request, "conferences/file_form.html", {"form": form, "owner": owner, "keep": keep}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def file_remove(request, pk):
    found = documents.removable_by(request.user)
    document = get_object_or_404(found, pk=pk)
    owner, problem = document.owner, None
    if request.method == "POST":
        try:
            documents.remove(document=document, by=request.user)
        except ValidationError as error:
            problem = error
        else:
            messages.success(request, _("“%(document)s” was removed.") % {"document": document})
            return redirect(_back(owner))
    context = {"document": document, "owner": owner, "problem": problem}
    return render(request, "conferences/file_remove.html", context)
