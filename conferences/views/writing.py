"""Writing a practice: begun, edited, begun anew, thrown away."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from action_plans.models import ActionPlan
from conferences import reviewing, writing
from conferences.conflict import Conflict, with_revision
from conferences.models import Practice, PracticeVersion, VersionStatus
from conferences.models.practice import READABLE
from conferences.practice_forms import NewPracticeForm, PracticeEntry, rearranged

NEW = "practice-new"
FORM = require_http_methods(["GET", "HEAD", "POST"])


@FORM
def practice_add(request):
    """From a plan with one click (POST with `plan`); else a form."""
    if not (request.user.works_for_programme or request.user.is_municipal):
        raise Http404
    reference = request.POST.get("plan") or request.GET.get("plan")
    if reference:
        return _from_plan(request, reference)
    form = NewPracticeForm(request.POST or None, user=request.user)
    if form.is_valid():
        practice = writing.begin(by=request.user, **form.cleaned_data)
        messages.success(request, _("The draft was begun."), extra_tags=NEW)
        return redirect("conferences:practice_edit", practice.slug)
    return render(request, "conferences/practice_new.html", {"form": form, "keep": NEW})


def _from_plan(request, reference):
    plans = ActionPlan.objects.visible_to(request.user).select_related("lead")
    plan = get_object_or_404(plans.prefetch_related("texts"), reference=reference)
    practice = Practice.objects.visible_to(request.user).filter(plan=plan).first()
    may_begin = writing.may_begin_from(plan, request.user)
    if practice is None and not may_begin:
        raise Http404
    if practice is None and request.method != "POST":
        return render(request, "conferences/practice_from_plan.html", {"plan": plan})
    if practice is None:
        practice, is_new = writing.begin_from_plan(plan_id=plan.pk, by=request.user)
        if is_new:
            text = _("A draft was made from the plan. Its cost and payers are read from there.")
            messages.success(request, text)
    if may_begin and practice.versions.open().exists():
        return redirect("conferences:practice_edit", practice.slug)
    return redirect(practice)


@FORM
def practice_edit(request, slug):
    practice = _practice(request, slug)
    version = _version(practice, request)
    if version is None:
        return _offer_next(request, practice)
    if request.method != "POST":
        return _show(request, PracticeEntry(version, request.user))
    data = rearranged(request.POST)
    entry = PracticeEntry(version, request.user, request.POST if data is None else data)
    if data is not None:
        entry.keep_quiet()
        return _show(request, entry)
    return _save(request, entry) if entry.is_valid() else _show(request, entry)


@require_POST
def practice_version_add(request, slug):
    practice = _practice(request, slug)
    try:
        version, is_new = writing.begin_version(practice_id=practice.pk, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(practice)
    if is_new:
        text = _(
            "Version %(number)s was begun. The published one stays visible until it is published."
        )
        messages.success(request, text % {"number": version.number})
    return redirect("conferences:practice_edit", practice.slug)


@FORM
def practice_discard(request, slug):
    practice = _practice(request, slug)
    version = practice.versions.open().prefetch_related("texts").first()
    if version is None:
        messages.info(request, _("There is no draft of this practice any more."))
        return redirect(practice)
    if request.method == "POST":
        return _discard(request, practice, version)
    context = {
        "practice": practice,
        "version": version,
        "published": practice.versions.filter(status__in=READABLE).first(),
        "photos": version.documents.count(),
    }
    return render(request, "conferences/practice_discard.html", context)


# --- Which ------------------------------------------------------------------------------------------


def _practice(request, slug):
    practices = Practice.objects.workable_by(request.user).select_related(
        "municipality__region", "municipality__district", "area__parent", "plan__phase"
    )
    return get_object_or_404(practices, slug=slug)


def _version(practice, request):
    """The open version; of a form that was sent, the one it was opened for, whatever became of it."""
    versions = practice.versions.prefetch_related("texts", "steps", "documents")
    number = request.POST.get("number", "")
    if number.isdecimal() and len(number) < 6:
        version = versions.filter(number=number).first()
    else:
        version = versions.open().first()
    if version:
        version.practice = practice
    return version


def _offer_next(request, practice):
    """What is published is edited in its next version."""
    published = practice.versions.filter(status__in=READABLE).prefetch_related("texts").first()
    if request.method == "POST" or published is None:
        messages.error(
            request, _("Nothing was saved: there is no draft of this practice any more.")
        )
        return redirect(practice)
    context = {"practice": practice, "version": published, "next": published.number + 1}
    return render(request, "conferences/practice_begin.html", context)


# --- What the verbs answer ----------------------------------------------------------------------------


def _save(request, entry):
    try:
        version, has_changed = writing.save(
            version_id=entry.version.pk,
            revision=entry.about.cleaned_data["revision"],
            texts=entry.texts,
            steps=entry.steps,
            area=entry.about,
            by=request.user,
        )
    except Conflict as conflict:
        return _ask(request, entry.version, conflict)
    except ValidationError as refusal:
        return _show(request, entry, refusal=" ".join(refusal.messages))
    return _saved(request, version, has_changed=has_changed)


def _ask(request, version, conflict):
    """Somebody saved meanwhile: what was typed, beside what is stored now."""
    fresh = PracticeVersion.objects.prefetch_related("texts", "steps", "documents")
    fresh = fresh.select_related(
        "practice__area__parent", "practice__municipality", "practice__plan"
    )
    now, stored = fresh.get(pk=version.pk), fresh.get(pk=version.pk)  # forms write into their rows
    entry = PracticeEntry(now, request.user, with_revision(request.POST, now))
    entry.is_valid()
    found = entry.differences(PracticeEntry(stored, request.user))
    return _show(request, entry, conflict=conflict, differences=found)


def _saved(request, version, *, has_changed):
    kept_as, was_in_review = _kept_as(version), version.status == VersionStatus.REVIEW
    if "submit" in request.POST and not was_in_review:
        try:
            reviewing.submit(version_id=version.pk, by=request.user)
        except ValidationError as refusal:
            messages.success(request, _said(version), extra_tags=kept_as)
            messages.error(request, " ".join(refusal.messages))
            return redirect("conferences:practice_edit", version.practice.slug)
        text = _(
            "The practice was sent to review. Two people of the office who did not write it read it."
        )
        messages.success(request, text, extra_tags=kept_as)
        return redirect("conferences:practice_review", version.practice.slug)
    messages.success(request, _said(version), extra_tags=kept_as)
    if was_in_review and has_changed:
        messages.info(
            request, _("The version is in review: it has to be approved as it stands now.")
        )
    return redirect("conferences:practice_edit", version.practice.slug)


def _said(version):
    time = {"time": timezone.localtime().strftime("%H:%M")}
    if version.status == VersionStatus.REVIEW:
        return _("Saved at %(time)s.") % time
    return _("Draft saved at %(time)s. It has not been sent to review.") % time


def _discard(request, practice, version):
    revision = request.POST.get("revision", "")
    try:
        left = writing.discard(
            version_id=version.pk,
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else None,
            by=request.user,
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("conferences:practice_discard", practice.slug)
    text = _("The draft was thrown away.")
    messages.success(request, text, extra_tags=_kept_as(version))
    return redirect(practice) if left else redirect("conferences:practice_work")


# --- The page ---------------------------------------------------------------------------------------


def _show(request, entry, **context):
    version = entry.version
    written, needed = entry.progress
    context |= {
        "entry": entry,
        "version": version,
        "practice": version.practice,
        "plan": version.practice.plan,
        "gaps": entry.gaps,
        "title": entry.title,
        "written": written,
        "needed": needed,
        "original": entry.original,
        "is_locked": version.is_frozen,
        "remarks": version.remarks.filter(settled_at=None).count(),
        "action": reverse("conferences:practice_edit", args=[version.practice.slug]),
        "keep": _kept_as(version),
    }
    return render(request, "conferences/practice_form.html", context)


def _kept_as(version):
    """Under this name the browser keeps what is typed until it is saved."""
    return f"practice-{version.practice.slug}-{version.number}"
