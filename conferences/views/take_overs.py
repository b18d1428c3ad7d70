"""A municipality notes that it takes a practice over; the office notes it for any."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from conferences import practice_cards, practice_page, taking_over
from conferences.conflict import Conflict, differences, with_revision
from conferences.forms_take_over import TakeOverForm, WhoForm
from conferences.models import PracticeVersion, TakeOver

PER_PAGE = 25


@require_safe
def take_overs(request):
    """What the own municipality takes over; for the office everybody's, the newest first."""
    _for_workers(request.user)
    rows = TakeOver.objects.editable_by(request.user).for_list().select_related("practice__plan")
    page = Paginator(rows.order_by("-noted_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    titles = practice_cards.titles(row.practice_id for row in page.object_list)
    own = request.user.municipality_ids
    followers = [
        (titles.get(row.practice_id), practice_page.follower(row, row.practice, request.user, own))
        for row in page.object_list
    ]
    context = {"page": page, "followers": followers}
    return render(request, "conferences/take_over_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request, slug):
    _for_workers(request.user)
    version = _version(slug)
    place = request.user.municipality or _chosen(request)
    if place is None:
        form = WhoForm(request.GET if "municipality" in request.GET else None)
        context = {"version": version, "practice": version.practice, "form": form}
        return render(request, "conferences/take_over_who.html", context)
    if taking_over.is_own(version.practice, place):
        messages.info(request, taking_over.OWN)
        return redirect(version.practice)
    row = TakeOver.objects.filter(practice=version.practice, municipality=place)
    row = row.select_related("plan").first()
    form = TakeOverForm(request.POST or None, row=row, municipality=place)
    if form.is_valid():
        return _save(request, version, place, row, form)
    return _show(request, version, place, row, form)


@require_http_methods(["GET", "HEAD", "POST"])
def take_over_remove(request, slug, pk):
    _for_workers(request.user)
    version = _version(slug)
    rows = TakeOver.objects.editable_by(request.user).filter(practice=version.practice)
    row = rows.select_related("municipality").filter(pk=pk).first()
    if row is None and request.method == "POST":  # a double click, or another tab
        messages.info(request, _("The note was removed already."))
        return redirect(version.practice)
    if row is None:
        raise Http404
    if request.method == "POST":
        return _remove(request, version, row)
    context = {"version": version, "practice": version.practice, "row": row}
    return render(request, "conferences/take_over_remove.html", context)


def _for_workers(user):
    if not (user.works_for_programme or user.is_municipal):
        raise Http404


def _version(slug):
    versions = PracticeVersion.objects.readable().for_list()
    return get_object_or_404(versions, practice__slug=slug)


def _chosen(request):
    form = WhoForm(request.GET)
    return form.cleaned_data["municipality"] if form.is_valid() else None


def _save(request, version, place, row, form):
    try:
        saved = taking_over.note(
            practice=version.practice,
            municipality=place,
            revision=form.cleaned_data["revision"],
            by=request.user,
            **form.typed,
        )
    except Conflict as conflict:
        typed = with_revision(request.POST, conflict.row)
        form = TakeOverForm(typed, row=conflict.row, municipality=place)
        stored = TakeOverForm(row=conflict.row, municipality=place)
        found = differences([form], [stored])
        return _show(
            request, version, place, conflict.row, form, conflict=conflict, differences=found
        )
    except ValidationError as refusal:
        if getattr(refusal, "code", "") == "removed":
            row, form = None, _anew(request, place)
        form.add_error(None, refusal)
        return _show(request, version, place, row, form)
    text = _("Noted: %(municipality)s, %(state)s.")
    text %= {"municipality": place.name, "state": saved.get_state_display()}
    messages.success(request, text, extra_tags=_kept_as(version, place))
    return redirect(f"{version.practice.get_absolute_url()}#followers")


def _anew(request, place):
    """What was typed over a note that is gone: the next press of “save” makes a new one."""
    data = request.POST.copy()
    data["revision"] = "0"
    form = TakeOverForm(data, row=None, municipality=place)
    form.is_valid()
    return form


def _remove(request, version, row):
    try:
        taking_over.remove(take_over=row, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The note was removed."))
    return redirect(f"{version.practice.get_absolute_url()}#followers")


def _show(request, version, place, row, form, **context):
    plan = version.practice.plan
    context |= {
        "version": version,
        "practice": version.practice,
        "place": place,
        "row": row,
        "form": form,
        "steps": row.steps.select_related("changed_by") if row else [],
        "cost_here": plan.cost_kgs if plan else None,
        "keep": _kept_as(version, place),
        "back": f"{reverse('conferences:practice', args=[version.practice.slug])}#followers",
    }
    return render(request, "conferences/take_over_form.html", context)


def _kept_as(version, place):
    return f"take-over-{version.practice.slug}-{place.code}"
