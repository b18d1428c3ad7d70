"""What an address asks a donor table or a report for: its scope, its filter in words, its own address."""

from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from lib.dates import format_partial, parse_date
from lib.money import UNITS

from .answers import answers, signed_of
from .catalogue import UNIT_NAMES
from .donor_report import of_template
from .scope_form import ScopeForm, filled

# A template says these itself.
OF_TEMPLATE = ["rows", "basis", "currency", "rate_basis"]


class Chip(NamedTuple):
    label: str
    words: str
    query: str  # the question without it


class Question:
    """table: the DonorTable that is asked for; None: a whole report, by a template."""

    def __init__(self, query, *, user, table=None, template=None):
        self.user, self.table, self.template = user, table, template
        self.given = query
        self.data = filled(query)
        if table is None:
            for name in OF_TEMPLATE:
                self.data.pop(name, None)
        self.form = ScopeForm(self.data, user=user, table=table)
        self.units = query.get("units") if query.get("units") in UNITS else "som"

    @cached_property
    def scope(self):
        return self.form.scope()

    @property
    def problems(self):
        units = self.given.get("units", "")
        problems = list(self.scope.problems)
        if units and units not in UNITS:
            problems.append((pgettext("filter of reports", "Units"), _not_known(units)))
        if self.table is None and self.template is None:
            problems.append((_("Template"), self._no_template()))
        return problems

    def _no_template(self):
        if asked := self.given.get("template", ""):
            return _not_known(asked)
        return _("There is no template of a report yet. The project office adds one.")

    @property
    def title(self):
        return self.table.title if self.table else self.template.name

    @property
    def scope_of_tables(self):
        """With what a template says of basis and currency."""
        return of_template(self.scope, self.template) if self.template else self.scope

    @cached_property
    def signed(self):
        return None if self.problems else signed_of(self.scope)

    @property
    def is_what_was_signed(self):
        """The same report in the same language: then its signed files are the files."""
        report = self.signed
        return bool(
            report
            and self.template
            and report.template_id == self.template.pk
            and report.language == get_language()
            and not self.scope.is_filtered
        )

    @property
    def answers(self):
        return list(answers(self.scope, as_of=self._day(), signed=self.signed))

    def _day(self):
        """The one that was asked for, also where a period answers."""
        try:
            return parse_date(self.data["as_of"]) if "as_of" in self.data else None
        except ValidationError:
            return None

    @property
    def about(self):
        """Which phases and which days, in words, also where nothing was chosen."""
        scope = self.scope
        chosen = len(scope.phases) < len(self.form.phases)
        phases = ", ".join(phase.name for phase in scope.phases) if chosen else _("All phases")
        if scope.period:
            return f"{phases} · {scope.period}"
        return f"{phases} · " + _("as of %(day)s") % {"day": format_partial(scope.day)}

    # The address

    @property
    def has_empty(self):
        """An empty form sends each field; the address names what was chosen."""
        return any(value == "" for value in self.given.values())

    @property
    def query(self):
        """Of the files: they have full amounts."""
        return self._with(self.data).urlencode()

    @property
    def page_query(self):
        return self.query_in(self.units)

    def query_in(self, units):
        data = self._with(self.data)
        if units != "som":
            data["units"] = units
        return data.urlencode()

    def _with(self, data):
        data = data.copy()
        if self.template:
            data["template"] = self.template.slug
        return data

    @property
    def query_elsewhere(self):
        """Of the same question to another table: its rows are its own."""
        data = self.data.copy()
        data.pop("rows", None)
        return data.urlencode()

    @property
    def unit_chips(self):
        """[(units, their name, the address of the page in them)]"""
        return [(units, name, self.query_in(units)) for units, name in UNIT_NAMES.items()]

    # The filter

    @property
    def chips(self):
        return [
            Chip(self.form.fields[name].label, self._words(name, value), self._without(name))
            for name, value in self.data.items()
        ]

    def _without(self, name):
        data = self._with(self.data)
        del data[name]
        return data.urlencode()

    def _words(self, name, value):
        if name == "as_of":
            day = self._day()
            return format_partial(day) if day else value
        return _flat(self.form.fields[name].choices).get(value, value).strip()

    @property
    def fields(self):
        """Those that have something to choose from."""
        left_out = set(OF_TEMPLATE) if self.table is None else set()
        if self.table and not self.table.row_choices:
            left_out.add("rows")
        if len({phase.programme_id for phase in self.form.phases}) < 2:
            left_out.add("programme")
        return [
            field
            for field in self.form
            if field.name not in left_out
            and (
                field.name in ("as_of", "municipality")
                or len(field.field.choices) > 1
                or field.name in self.data
            )
        ]


def _not_known(value):
    return _("“%(value)s” is not known here.") % {"value": value[:40]}


def _flat(options):
    flat = {}
    for value, label in options:
        flat |= dict(label) if isinstance(label, list) else {value: str(label)}
    return flat
