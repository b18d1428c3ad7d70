"""The review of a practice, its publication, and looking at it again after two years."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from action_plans.views.doors import office_only
from conferences import practice_gaps, reviewing, waiting
from conferences.models import Practice, PracticeVersion, Remark, VersionStatus
from conferences.models.practice import READABLE
from conferences.practice_forms import AnswerForm, ReasonForm, RemarkForm
from conferences.practice_review import Review
from conferences.waiting import lists_for, practices_waiting

FORM = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 25
# Where the work of a list is done; of the others on the page of the review.
PAGES = {"check": "practice_check", "drafts": "practice_edit", "translations": "practice_edit"}


# --- The review ---------------------------------------------------------------------------------------


@require_safe
def practice_review(request, slug):
    return _show(request, slug)


@require_POST
def practice_submit(request, slug):
    version = _named(request, slug)
    return _step(
        request,
        slug,
        lambda: reviewing.submit(version_id=version.pk, by=request.user),
        _(
            "The practice was sent to review. Two people of the office who did not write it read it."
        ),
    )


@require_POST
@office_only
def practice_approve(request, slug):
    version, revision = _named(request, slug), request.POST.get("revision", "")
    seen = int(revision) if revision.isdecimal() and len(revision) < 10 else None
    return _step(
        request,
        slug,
        lambda: reviewing.approve(version_id=version.pk, revision=seen, by=request.user),
        _("You approved this version."),
    )


@require_POST
@office_only
def practice_return(request, slug):
    version, form = _named(request, slug), ReasonForm(request.POST, auto_id="return_%s")
    if not form.is_valid():
        return _show(request, slug, opened="return", form=form)
    reason = form.cleaned_data["reason"]
    return _step(
        request,
        slug,
        lambda: reviewing.return_to_authors(version_id=version.pk, reason=reason, by=request.user),
        _("The version was returned to its authors."),
        kept_as=f"return-{slug}",
    )


@require_POST
@office_only
def practice_publish(request, slug):
    version = _named(request, slug)
    try:
        reviewing.publish(version_id=version.pk, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("conferences:practice_review", slug)
    messages.success(request, _("The practice is published; everybody can read it."))
    return redirect("conferences:practice", slug)


@require_POST
@office_only
def practice_remark(request, slug):
    version, form = _named(request, slug), RemarkForm(request.POST)
    section = request.POST.get("section", "")
    if not form.is_valid():
        return _show(request, slug, opened=f"remark-{section}", form=form)
    return _step(
        request,
        slug,
        lambda: reviewing.remark(version_id=version.pk, by=request.user, **form.cleaned_data),
        _("The remark was written down."),
        kept_as=f"remark-{slug}-{section}",
        anchor=f"#section-{section}",
    )


@require_POST
def practice_answer(request, slug, pk):
    practices = Practice.objects.workable_by(request.user)
    remark = get_object_or_404(
        Remark, pk=pk, version__practice__in=practices, version__practice__slug=slug
    )
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, slug, opened=f"answer-{pk}", form=form)
    text, settle = form.cleaned_data["answer"], "settle" in request.POST
    return _step(
        request,
        slug,
        lambda: reviewing.answer(remark_id=remark.pk, text=text, settle=settle, by=request.user),
        _("The remark is settled.") if settle else _("The answer was written down."),
        kept_as=f"answer-{slug}-{pk}",
        anchor=f"#section-{remark.section}",
    )


# --- Two years later ------------------------------------------------------------------------------------


@FORM
@office_only
def practice_check(request, slug):
    """Still valid, outdated, or valid again."""
    versions = PracticeVersion.objects.filter(status__in=READABLE).for_list()
    version = get_object_or_404(versions, practice__slug=slug)
    form = ReasonForm(request.POST if "outdated" in request.POST else None)
    if request.method == "POST" and (form.is_valid() or not form.is_bound):
        try:
            _check(request, version, form)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("conferences:practice_check", slug)
        return redirect("conferences:practice", slug)
    context = {
        "version": version,
        "practice": version.practice,
        "form": form,
        "is_due": version.is_to_check(),
        "log": version.log.select_related("done_by"),
        "keep": f"check-{slug}",
    }
    return render(request, "conferences/practice_check.html", context)


def _check(request, version, form):
    today, kept_as = timezone.localdate(), f"check-{version.practice.slug}"
    if form.is_bound:
        reason = form.cleaned_data["reason"]
        reviewing.mark_outdated(version_id=version.pk, reason=reason, by=request.user)
        text = _("The practice is marked as outdated; it stays readable and says why.")
    elif "again" in request.POST:
        reviewing.valid_again(version_id=version.pk, on=today, by=request.user)
        text = _("The practice is valid again.")
    else:
        seen = parse_date_or_none(request.POST.get("seen", ""))
        reviewing.still_valid(version_id=version.pk, seen=seen, on=today, by=request.user)
        text = _("The practice is still valid; it is looked at again in two years.")
    messages.success(request, text, extra_tags=kept_as)


def parse_date_or_none(text):
    try:
        return parse_date(text)
    except ValueError:
        return None


# --- What waits -----------------------------------------------------------------------------------------


@require_safe
def practice_work(request):
    if not (request.user.works_for_programme or request.user.is_municipal):
        raise Http404
    today = timezone.localdate()
    counts = practices_waiting(request.user, on=today)
    lists = lists_for(request.user, on=today) | {"in_review": waiting.in_review(request.user)}
    chosen = request.GET.get("list") or _first(counts)
    if chosen not in lists:
        chosen = _first(counts)
    rows = lists[chosen].for_list().select_related("author", "first_reviewer", "second_reviewer")
    page = Paginator(rows.annotate(was_returned=waiting.was_returned()), PER_PAGE)
    page = page.get_page(request.GET.get("page"))
    for version in page:
        version.waiting_translations = practice_gaps.waiting_translations(version)
    context = {"counts": counts, "chosen": chosen, "page": page, "today": today}
    context["work_page"] = f"conferences:{PAGES.get(chosen, 'practice_review')}"
    context["tabs"] = _tabs(request.user, counts, lists["in_review"].count())
    return render(request, "conferences/practice_work.html", context)


def _first(counts):
    """The most urgent list that is not empty."""
    order = ["review", "publish", "remarks", "drafts", "check", "translations"]
    return next((name for name in order if getattr(counts, name)), "drafts")


def _tabs(user, counts, in_review):
    heads = {
        "review": _("Waiting for your review"),
        "publish": _("Ready to be published"),
        "remarks": _("Remarks to answer"),
        "drafts": _("Drafts"),
        "in_review": _("In review"),
        "check": _("To be checked again"),
        "translations": _("Translations to do"),
    }
    numbers = counts._asdict() | {"in_review": in_review}
    office = {"review", "publish", "check"}
    return [
        (name, head, numbers[name])
        for name, head in heads.items()
        if user.works_for_programme or name not in office
    ]


# --- Shared ---------------------------------------------------------------------------------------------


def _named(request, slug):
    """The version that the form was opened for; the verb says what became of it meanwhile."""
    practices = Practice.objects.workable_by(request.user)
    number = request.POST.get("number", "")
    versions = PracticeVersion.objects.filter(practice__in=practices, practice__slug=slug)
    if number.isdecimal() and len(number) < 6:
        return get_object_or_404(versions, number=number)
    return get_object_or_404(versions.order_by("-number")[:1])


def _step(request, slug, act, text, *, kept_as="", anchor=""):
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, text, extra_tags=kept_as)
    response = redirect("conferences:practice_review", slug)
    response["Location"] += anchor
    return response


def _show(request, slug, **forms):
    """The page, with the form that came back because something in it is wrong."""
    practice = get_object_or_404(Practice.objects.workable_by(request.user), slug=slug)
    version = practice.versions.open().for_list().first()
    if version is None:
        messages.info(request, _("No version of this practice is in review."))
        return redirect(practice)
    review = Review(version, request.user)
    context = {"review": review, "version": version, "practice": version.practice, **forms}
    context["return_form"] = forms.get("form", ReasonForm(auto_id="return_%s"))
    context["is_review"] = version.status == VersionStatus.REVIEW
    return render(request, "conferences/practice_review.html", context)
