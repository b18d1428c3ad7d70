"""The forms of budget lines."""

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.money_fields import AmountField
from lib.quantities import QuantityField

from . import budget
from .form_fields import kept_input
from .forms import helper
from .forms_in_kind import CHOOSE, DayField, VerbForm, words
from .models import BudgetLine, Source

TITLE = BudgetLine._meta.get_field("title").max_length
UNIT = BudgetLine._meta.get_field("unit").max_length
LONGEST = 2000
QUANTITY = {"label": _("Quantity"), "help_text": _("For example 30 or 12,5.")}
UNIT_COST = {"label": _("Cost of a unit, som"), "help_text": _("For example 1 234,50 or 1234.50.")}
EFFECTIVE = {
    "label": _("From which day"),
    "help_text": _(
        "The day of the decision, for example 16.08.2018. What held before stays readable."
    ),
}
REASON = {
    "label": _("Reason"),
    "max_length": LONGEST,
    "help_text": _(
        "Why the budget changes, and what decided it. Everybody who sees the plan reads it."
    ),
    "error_messages": {"required": _("Give a reason. It is kept with the plan.")},
}


class LineForm(VerbForm):
    title = forms.CharField(
        label=_("What the money is for"),
        max_length=TITLE,
        help_text=_("For example: pipes with laying, windows, work of the building firm."),
    )
    quantity = QuantityField(**QUANTITY)
    unit = forms.CharField(
        label=_("Unit"),
        max_length=UNIT,
        required=False,
        help_text=_("For example m, piece, month."),
    )
    unit_cost = AmountField(**UNIT_COST)
    source = forms.ChoiceField(label=_("Who pays"), choices=[CHOOSE, *Source.choices])
    year = forms.TypedChoiceField(
        label=pgettext_lazy("of a budget line", "Year"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    effective_on = DayField(**EFFECTIVE)
    reason = forms.CharField(widget=words(), **REASON)
    position = forms.IntegerField(widget=kept_input(), required=False)
    seen = forms.CharField(widget=kept_input(), required=False)

    def __init__(self, *args, plan, line=None, like=None, is_draft=True, **kwargs):
        """like: the line before, whose source, year, day and reason are offered again."""
        said = _said(line) if line else _offered(plan, like)
        super().__init__(*args, initial=said, **kwargs)
        years = years_of(plan, also=said.get("year"))
        self.fields["year"].choices = [("", _("not of one year")), *((y, str(y)) for y in years)]
        dated = [] if is_draft else [Row(Column("effective_on", css_class="col-md-4")), "reason"]
        for name in ("effective_on", "reason") if is_draft else ():
            del self.fields[name]
        if like:  # one line after the other
            self.fields["title"].widget.attrs["autofocus"] = True
        self.helper = helper(
            "title",
            _thirds("quantity", "unit", "unit_cost"),
            _thirds("source", "year"),
            *dated,
            "seen" if line else "position",
        )
        del self.fields["position" if line else "seen"]

    def typed(self):
        """What the verbs need."""
        return {name: value for name, value in self.cleaned_data.items() if name != "position"}


class RevisionForm(VerbForm):
    quantity = QuantityField(**QUANTITY)
    unit_cost = AmountField(**UNIT_COST)
    effective_on = DayField(**EFFECTIVE)
    reason = forms.CharField(widget=words(3), **REASON)
    number = forms.IntegerField(widget=kept_input())

    def __init__(self, *args, line, last, **kwargs):
        said = {"quantity": last.quantity, "unit_cost": last.unit_cost_kgs}
        super().__init__(*args, initial=said | {"number": last.number + 1}, **kwargs)
        self.helper = helper(_thirds("quantity", "unit_cost", "effective_on"), "reason", "number")


class VarianceForm(VerbForm):
    text = forms.CharField(
        label=_("Why the line differs from its budget"),
        max_length=LONGEST,
        widget=words(4),
        help_text=_("What happened, and what was decided. Everybody who sees the plan reads it."),
        error_messages={"required": _("Write why the line differs from its budget.")},
    )
    seen = forms.CharField(widget=kept_input(), required=False)

    def __init__(self, *args, line, **kwargs):
        said = {"text": line.comment, "seen": budget.seen_comment(line)}
        super().__init__(*args, initial=said, **kwargs)
        self.helper = helper("text", "seen")


def years_of(plan, *, also=None):
    """The years of the plan as far as they are known, else those of its phase."""
    first = plan.starts_on or plan.phase.starts_on
    last = plan.ends_on or plan.phase.ends_on
    years = set(range(first.year, max(first, last).year + 1))
    return sorted(years | {also} - {None})


def _said(line):
    original = line.revisions.get(number=0)
    return {
        "title": line.title,
        "unit": line.unit,
        "source": line.source,
        "year": line.year,
        "quantity": original.quantity,
        "unit_cost": original.unit_cost_kgs,
        "seen": budget.seen_of(original),
    }


def _offered(plan, like):
    offered = {"position": budget.next_position(plan)}
    if like is None:
        return offered
    last = like.revisions.last()
    before = {"source": like.source, "year": like.year}
    return offered | before | {"effective_on": last.effective_on, "reason": last.reason}


def _thirds(*names):
    return Row(*(Column(name, css_class="col-md-4") for name in names))
