"""The donor tables and the whole report of a template: one page and one download for all of them."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Role
from reports import catalogue, table_files
from reports.donor_tables.registry import TABLES, tables_for
from reports.models import ReportTemplate
from reports.question import Question
from reports.shown import shown_table, shown_tables
from reports.table_view import TableView

from .files import file_response

DONOR = "donor"  # in the place of a table's name: the whole report


@require_safe
def table(request, slug):
    question = question_of(request, slug)
    if question.has_empty:
        return redirect(f"{request.path}?{question.page_query}")
    shown = [] if question.problems else tables_in(question)
    context = {
        "slug": slug,
        "question": question,
        "views": [TableView(each, units=question.units) for each in shown],
        "tables": tables_for(request.user),
        "catalogue": catalogue,
        "templates": templates_in_use() if slug == DONOR else [],
        "sees_donor_report": sees_donor_report(request.user),
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
    made = table_files.made(
        question, tables_in(question), ending, address=request.build_absolute_uri(page)
    )
    return file_response(made)


def question_of(request, slug):
    """404 for a table that there is not, and for one that is not for this person."""
    if slug == DONOR:
        if not sees_donor_report(request.user):
            raise Http404
        return Question(request.GET, user=request.user, template=template_of(request.GET))
    donor_table = TABLES.get(slug)
    if donor_table is None or not donor_table.is_for(request.user):
        raise Http404
    return Question(request.GET, user=request.user, table=donor_table)


def sees_donor_report(user):
    return user.works_for_programme or user.role == Role.DONOR


def templates_in_use():
    return ReportTemplate.objects.filter(is_retired=False)


def template_of(query):
    """The one that is asked for, a retired one too; without a word the first. None: not known."""
    if slug := query.get("template", ""):
        return ReportTemplate.objects.filter(slug=slug.replace("\x00", "")).first()
    return templates_in_use().first()


def tables_in(question):
    if question.table:
        return [shown_table(question.table, question.scope, question.signed)]
    return shown_tables(question.template, question.scope, question.signed)
