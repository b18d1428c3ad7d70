"""The files of a plan, for those who may see the plan."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from action_plans import documents
from action_plans.forms_money import DocumentForm
from action_plans.models import ActionPlan, Attachment

from .pages import show_plan


@require_safe
def document(request, reference, pk):
    plans = ActionPlan.objects.visible_to(request.user)
    attachment = get_object_or_404(Attachment, pk=pk, plan__in=plans, plan__reference=reference)
    return documents.serve(attachment)


@require_POST
def document_add(request, reference):
    plan = get_object_or_404(ActionPlan.objects.workable_by(request.user), reference=reference)
    form = DocumentForm(request.POST, request.FILES, auto_id="document_%s")
    if form.is_valid():
        try:
            added = documents.add(plan=plan, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, _("“%(document)s” was added.") % {"document": added})
            return redirect(plan)
    return show_plan(request, reference, document=form)


@require_POST
def document_remove(request, reference, pk):
    plans = ActionPlan.objects.workable_by(request.user)
    attachment = get_object_or_404(Attachment, pk=pk, plan__in=plans, plan__reference=reference)
    try:
        documents.remove(attachment=attachment, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(document)s” was removed.") % {"document": attachment})
    return redirect("action_plans:detail", reference=reference)
