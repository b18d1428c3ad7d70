"""Recommendations of an event: the office writes them and notes what came of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from action_plans.views.doors import office_only
from conferences import recommendations
from conferences.conflict import Conflict, differences, with_revision
from conferences.models import Event, Recommendation, RecommendationText
from conferences.recommendation_forms import RecommendationForm, StepForm
from conferences.text_forms import Texts


def texts_of(recommendation, data):
    owner = recommendation if recommendation and recommendation.pk else None
    return Texts(RecommendationText, "recommendation", owner, data, required=("what",))


@office_only
def recommendation_add(request, slug):
    event = get_object_or_404(Event.objects.editable_by(request.user), slug=slug)
    data = request.POST or None
    form, texts = RecommendationForm(data, event=event), texts_of(None, data)
    if data and all([form.is_valid(), texts.is_valid()]):
        recommendations.add(event=event, texts=texts, by=request.user, **facts(form))
        messages.success(request, _("The recommendation was added."), extra_tags=key_of(event))
        return redirect(f"{event.get_absolute_url()}#recommendations")
    return page(request, event, form, texts)


@office_only
def recommendation_edit(request, slug, pk):
    row = found(request, slug, pk)
    data, context = request.POST or None, {}
    form, texts = forms_of(row, data)
    if data and all([form.is_valid(), texts.is_valid()]):
        revision = form.cleaned_data["revision"]
        try:
            recommendations.change(
                recommendation=row, texts=texts, revision=revision, by=request.user, **facts(form)
            )
        except Conflict as conflict:
            form, texts = forms_of(row, with_revision(data, conflict.row))
            stored = forms_of(conflict.row, None)
            pairs = [form, *texts.all_forms], [stored[0], *stored[1].all_forms]
            context = {"conflict": conflict, "differences": differences(*pairs)}
        else:
            messages.success(request, _("The recommendation was saved."), extra_tags=key_of(row))
            return redirect(f"{row.event.get_absolute_url()}#recommendations")
    return page(request, row.event, form, texts, row=row, **context)


@office_only
def recommendation_step(request, slug, pk, step):
    row = found(request, slug, pk)
    if step not in recommendations.STEPS:
        raise Http404
    form = StepForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            recommendations.take(
                recommendation=row,
                step=step,
                by=request.user,
                note=form.cleaned_data["note"],
                link=form.cleaned_data["link"],
                file=form.cleaned_data["file"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The step was noted."), extra_tags=f"step-{row.pk}")
            return redirect(f"{row.event.get_absolute_url()}#recommendations")
    context = {"event": row.event, "row": row, "form": form, "step": recommendations.STEPS[step]}
    return render(request, "conferences/recommendation_step.html", context)


@office_only
@require_POST
def recommendation_remove(request, slug, pk):
    row = found(request, slug, pk)
    try:
        recommendations.remove(recommendation=row, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The recommendation was removed."))
    return redirect(f"{row.event.get_absolute_url()}#recommendations")


def found(request, slug, pk):
    rows = Recommendation.objects.editable_by(request.user).select_related("event")
    return get_object_or_404(rows.prefetch_related("texts"), pk=pk, event__slug=slug)


def forms_of(row, data):
    return RecommendationForm(data, instance=row, event=row.event), texts_of(row, data)


def facts(form):
    return {name: form.cleaned_data[name] for name in ("municipality", "due_on", "source")}


def key_of(row):
    """Under which the browser keeps what is typed."""
    return f"recommendation-{row._meta.model_name}-{row.pk}"


def page(request, event, form, texts, *, row=None, **context):
    context |= {"event": event, "form": form, "texts": texts, "row": row}
    context |= {"keep": key_of(row or event)}
    return render(request, "conferences/recommendation_form.html", context)
