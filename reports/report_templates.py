"""Templates of donor reports: data that the office edits. Who saves says which version was read.

Reports that were signed keep their own copy, so a template may be changed and retired at any time.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from action_plans.models import Phase, ReportingPeriod

from .donor_report import choosable
from .donor_tables.registry import TABLES
from .facts import facts_of
from .models import ReportTemplate
from .scope import Scope

FIELDS = [
    *("name_en", "name_ru", "name_ky", "donor", "tables", "basis", "period_months"),
    *("currency", "rate_basis", "language", "is_retired"),
    *("certificate_en", "certificate_ru", "certificate_ky"),
]
TAKEN = {"new"}  # by the form of a new one (urls.py)


@dataclass
class Difference:
    name: str
    now: object  # as somebody else saved it
    mine: object


class ConflictError(Exception):
    """Somebody saved another version meanwhile; nothing of mine was saved."""

    def __init__(self, template, values):
        super().__init__()
        self.template = template
        self.differences = [
            Difference(name, getattr(template, name), values[name])
            for name in FIELDS
            if getattr(template, name) != values[name]
        ]


@transaction.atomic
def add(*, slug, values, by):
    template = ReportTemplate(slug=slug, **values, changed_at=timezone.now(), changed_by=by)
    check(template)
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError:
        # Two who add the same at the same moment
        raise ValidationError({"slug": _("A template with this address exists already.")}) from None
    return template


@transaction.atomic
def change(*, slug, values, version, by):
    """version: the one that was read; when another was saved since, nothing is changed."""
    template = ReportTemplate.objects.select_for_update(of=("self",)).get(slug=slug)
    if all(getattr(template, name) == values[name] for name in FIELDS):
        return template  # sent twice, or nothing to save
    if template.version != version:
        raise ConflictError(template, values)
    for name, value in values.items():
        setattr(template, name, value)
    check(template)
    template.version += 1
    template.changed_at, template.changed_by = timezone.now(), by
    template.save()
    return template


def check(template):
    if not any([template.name_en, template.name_ru, template.name_ky]):
        raise ValidationError({"name_en": _("Write the name in at least one language.")})
    if template.slug in TAKEN:
        raise ValidationError({"slug": _("A template with this address exists already.")})
    template.full_clean(exclude=["changed_by", "tables"])  # clean() says what is wrong with tables
    for entry in template.tables:
        _check_entry(entry)


def _check_entry(entry):
    donor_table = TABLES.get(entry["table"])
    if donor_table is None:
        text = _("There is no table “%(name)s”.") % {"name": str(entry["table"])[:40]}
        raise ValidationError({"tables": text})
    rows = entry.get("rows", "")
    if rows and rows not in donor_table.row_choices:
        words = {"table": donor_table.title, "rows": rows[:40]}
        text = _("The table “%(table)s” has no rows of the kind “%(rows)s”.") % words
        raise ValidationError({"tables": text})


def columns_of(slug, rows, *, user):
    """[Column] that a template can choose from; those of a report about a period."""
    today, now = timezone.localdate(), timezone.now()
    scope = Scope(user=user, day=today, known_at=now, rows=rows or TABLES[slug].default_rows)
    if phase := Phase.objects.select_related("programme").first():
        # Nobody's period: no row is counted in it.
        period = ReportingPeriod(pk=0, phase=phase, starts_on=today, ends_on=today)
        scope = scope.with_(period=period, phases=(phase,))
    return choosable(TABLES[slug].make(scope, facts_of(scope)))
