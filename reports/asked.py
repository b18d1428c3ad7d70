"""What an address of a table asks for: read the same way by pages, downloads and the worker."""

from accounts.models import Role

from .donor_tables.registry import TABLES
from .models import ReportTemplate
from .question import Question
from .shown import shown_table, shown_tables

DONOR = "donor"  # in the place of a table's name: the whole report


def question_of(query, user, slug):
    """None for a table that there is not, and for one that is not for this person."""
    if slug == DONOR:
        template = template_of(query)
        return Question(query, user=user, template=template) if sees_donor_report(user) else None
    donor_table = TABLES.get(slug)
    if donor_table is None or not donor_table.is_for(user):
        return None
    return Question(query, user=user, table=donor_table)


def sees_donor_report(user):
    return user.works_for_programme or user.role == Role.DONOR


def templates_in_use():
    return ReportTemplate.objects.filter(is_retired=False).order_by("pk")


def template_of(query):
    """The one that is asked for, a retired one too; without a word the first. None: not known."""
    if slug := query.get("template", ""):
        return ReportTemplate.objects.filter(slug=slug.replace("\x00", "")).first()
    return templates_in_use().first()


def tables_in(question):
    if question.table:
        return [shown_table(question.table, question.scope, question.signed)]
    return shown_tables(question.template, question.scope, question.signed)
