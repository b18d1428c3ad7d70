"""The donor tables and the whole report of a template: one page and one download for all of them."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reports import asked, catalogue, table_files
from reports.about import has_sample
from reports.asked import DONOR
from reports.donor_tables.registry import tables_for
from reports.table_view import TableView

from .files import file_response
from .jobs import made_later


@require_safe
def table(request, slug):
    question = question_of(request, slug)
    if question.has_empty:
        return redirect(f"{request.path}?{question.page_query}")
    shown = [] if question.problems else asked.tables_in(question)
    views = [TableView(each, units=question.units) for each in shown]
    context = {
        "slug": slug,
        "question": question,
        "views": views,
        "has_som": any(view.unit for view in views),
        "has_sample": bool(views) and has_sample(question.scope),
        "tables": tables_for(request.user),
        "catalogue": catalogue,
        "templates": asked.templates_in_use() if slug == DONOR else [],
        "sees_donor_report": asked.sees_donor_report(request.user),
    }
    name = "donor_report" if slug == DONOR else "table"
    return render(request, f"reports/{name}.html", context)


@require_safe
def table_csv(request, slug):
    return file(request, slug, "csv")


@require_safe
def table_xlsx(request, slug):
    return file(request, slug, "xlsx")


@require_safe
def table_pdf(request, slug):
    return file(request, slug, "pdf")


def file(request, slug, ending):
    """With a problem there is no file: it would look like an answer. The page says what is wrong."""
    question = question_of(request, slug)
    page = f"{reverse('reports:table', args=[slug])}?{question.query}"
    if question.problems:
        return redirect(page)
    if question.is_what_was_signed:
        return redirect("reports:signed_file", question.signed.pk, ending)
    tables = asked.tables_in(question)
    rows = sum(len(each.rows) for each in tables)
    if later := made_later(request, title=question.title, rows=rows):
        return later
    address = request.build_absolute_uri(page)
    return file_response(table_files.made(question, tables, ending, address=address))


def question_of(request, slug):
    question = asked.question_of(request.GET, request.user, slug)
    if question is None:
        raise Http404
    return question
