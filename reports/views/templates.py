"""Templates of donor reports: the office edits them, donors read what their report consists of."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reports import report_templates
from reports.asked import sees_donor_report
from reports.donor_tables.registry import TABLES
from reports.models import ReportTemplate
from reports.report_templates import ConflictError, columns_of
from reports.template_form import ROWS, TableRows, TemplateForm
from reports.template_words import differences, outline


def templates_for(user):
    if not sees_donor_report(user):
        raise Http404
    return ReportTemplate.objects.select_related("changed_by").annotate(signed=Count("reports"))


@require_safe
def templates(request):
    found = templates_for(request.user).order_by("is_retired", "slug")
    context = {"templates": [(each, outline(each)) for each in found]}
    return render(request, "reports/template_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def template_add(request):
    if not request.user.works_for_programme:
        raise Http404
    form, rows = TemplateForm(request.POST or None), TableRows(request.POST or None)
    if request.method == "POST" and (saved := _saved(request, form, rows)):
        return _done(request, saved, "template-new")
    return _page(request, form, rows)


@require_http_methods(["GET", "HEAD", "POST"])
def template(request, slug):
    found = get_object_or_404(templates_for(request.user), slug=slug)
    if not request.user.works_for_programme:
        if request.method == "POST":
            raise Http404
        return _page(request, None, None, found)
    posted = request.POST if request.method == "POST" else None
    form = TemplateForm(posted, instance=found, initial={"version": found.version})
    rows = TableRows(posted, entries=found.tables, columns=_columns(found, request.user))
    if posted is None:
        return _page(request, form, rows, found)
    before = ReportTemplate.objects.get(pk=found.pk)  # the form writes into its instance
    try:
        saved = _saved(request, form, rows, before)
    except ConflictError as conflict:
        return _ask(request, form, rows, conflict)
    return (
        _done(request, saved, f"template-{slug}") if saved else _page(request, form, rows, before)
    )


def _saved(request, form, rows, found=None):
    """The template, or None with the errors in the form."""
    if not (form.is_valid() & rows.is_valid):
        return None
    values = form.values | {"tables": rows.entries}
    try:
        if found is None:
            slug = form.cleaned_data["slug"]
            return report_templates.add(slug=slug, values=values, by=request.user)
        version = form.cleaned_data["version"]
        return report_templates.change(
            slug=found.slug, values=values, version=version, by=request.user
        )
    except ValidationError as refusal:
        for name, texts in refusal.message_dict.items():
            form.add_error(name if name in form.fields else None, texts)
        return None


def _ask(request, form, rows, conflict):
    """What was typed stays; saving once more is then a choice with open eyes."""
    form.data = form.data.copy()
    form.data["version"] = conflict.template.version
    context = {"conflict": conflict, "differences": differences(conflict)}
    return _page(request, form, rows, conflict.template, **context)


def _done(request, saved, kept):
    text = _("The template “%(name)s” was saved.") % {"name": saved.name}
    messages.success(request, text, extra_tags=kept)
    return redirect("reports:template", slug=saved.slug)


def _columns(found, user):
    """What each table of the template can show: {(table, rows): [Column]}"""
    known = [entry for entry in found.tables if entry["table"] in TABLES]
    kinds = {(entry["table"], entry.get("rows", "")) for entry in known}
    return {kind: columns_of(*kind, user=user) for kind in kinds}


def _page(request, form, rows, found=None, **more):
    context = {
        "form": form,
        "rows": rows,
        "template": found,
        "outline": outline(found) if found else [],
        "row_names": ROWS,
        **more,
    }
    return render(request, "reports/template_form.html", context)
