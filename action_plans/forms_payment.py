"""The forms of the ledger: an invoice with the sources that paid it, a correction, a reason."""

import uuid
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib import currencies
from lib.money_fields import AmountField

from .form_fields import check_year, kept_input
from .forms_money import DateInput, UploadField
from .models import Contribution, Form, PaymentKind
from .payments import Line, twins
from .plan_page import KEYS, ZERO

AMOUNT_HELP = _("For example 1 234,50 or 1234.50.")


def put_errors(form, error):
    """Errors of a verb by the names of its arguments; what has no field stands at the top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class LedgerForm(forms.Form):
    """What every row of the ledger says, whoever paid it."""

    kind = forms.ChoiceField(
        label=_("What happened"), choices=PaymentKind, initial=PaymentKind.RECEIVED
    )
    paid_on = forms.DateField(
        label=_("Date of the payment"),
        widget=DateInput(),
        help_text=_("Day, month, year, for example 16.08.2018."),
        error_messages={"invalid": _("This is not a date. Write it like 16.08.2018.")},
        validators=[check_year],
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=currencies.choices,
        initial=currencies.KGS,
        error_messages={"invalid_choice": _("This is not a currency that the portal knows.")},
    )
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=100,
        required=False,
        help_text=_("Number of the payment order, invoice or act."),
    )
    evidence = UploadField(label=_("Evidence"), required=False)


class PaymentLine(NamedTuple):
    """A source in the form, with what is known of it."""

    contribution: Contribution
    received: object
    key: str
    amount: object  # bound fields
    budget_line: object | None


class PaymentForm(LedgerForm):
    """One invoice, paid from one or several sources: a line for each contribution in cash."""

    booking_key = forms.UUIDField(widget=kept_input())
    sure = forms.CharField(label=_("Confirmation"), required=False, max_length=200)
    twins = ()

    def __init__(self, *args, plan, received, **kwargs):
        """received: {contribution id: som}"""
        initial = {"booking_key": uuid.uuid4(), "paid_on": timezone.localdate()}
        super().__init__(*args, initial=initial, **kwargs)
        self.received = received
        self.contributions = [c for c in plan.contributions.all() if c.form == Form.CASH]
        self.budget_lines = plan.budget_lines.all()
        for contribution in self.contributions:
            self._add_line(contribution)

    def _add_line(self, contribution):
        source = contribution.get_source_display()
        self.fields[f"amount_{contribution.pk}"] = AmountField(
            label=_("Amount: %(source)s") % {"source": source}, required=False
        )
        if self.budget_lines:
            self.fields[f"budget_line_{contribution.pk}"] = forms.ModelChoiceField(
                self.budget_lines,
                label=_("Budget line: %(source)s") % {"source": source},
                required=False,
                empty_label=pgettext_lazy("budget line", "none"),
            )

    @property
    def rows(self):
        for contribution in self.contributions:
            yield PaymentLine(
                contribution,
                self.received.get(contribution.pk, ZERO),
                KEYS.get(contribution.pot, "other"),
                self[f"amount_{contribution.pk}"],
                self[f"budget_line_{contribution.pk}"] if self.budget_lines else None,
            )

    def clean(self):
        typed = self.cleaned_data
        for contribution in self.contributions:
            amount, line = f"amount_{contribution.pk}", f"budget_line_{contribution.pk}"
            if typed.get(line) and typed.get(amount, "wrong") is None:
                self.add_error(amount, _("Write the amount, or choose no budget line."))
        if not self.errors:
            self._ask_about_twins(typed)
        return typed

    def _ask_about_twins(self, typed):
        """Back and typed once more, or two colleagues with one invoice: nothing is booked unasked."""
        self._find_twins(typed)
        if self.twins and typed["sure"] != self.twins_key:
            self.add_error("sure", _("Look at this again. Nothing is booked yet."))

    def _find_twins(self, typed):
        names = ("kind", "paid_on", "currency", "document_number", "booking_key")
        self.twins = twins(self.lines(), **{name: typed[name] for name in names})

    @property
    def twins_key(self):
        return ",".join(str(row.pk) for row in self.twins)[:200]

    def lines(self):
        """The sources that something was typed for."""
        typed = self.cleaned_data
        return [
            Line(contribution, amount, typed.get(f"budget_line_{contribution.pk}"))
            for contribution in self.contributions
            if (amount := typed[f"amount_{contribution.pk}"]) is not None
        ]

    def begin_another(self):
        """Sent once more, what was typed is a payment of its own."""
        self.data = self.data.copy()
        key = uuid.uuid4()
        self._find_twins(self.cleaned_data | {"booking_key": key})
        self.data["booking_key"], self.data["sure"] = str(key), self.twins_key


class ReasonField(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 2})

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Reason"),
            max_length=2000,
            help_text=_("Kept in the ledger beside the row."),
            error_messages={"required": _("Give a reason. It is kept with the plan.")},
            **kwargs,
        )


class TakeBackForm(forms.Form):
    reason = ReasonField()

    def typed(self):
        return self.cleaned_data


class SourceField(forms.ModelChoiceField):
    def label_from_instance(self, contribution):
        return contribution.get_source_display()


class CorrectionForm(LedgerForm):
    """A booked row, to be typed as it should have been."""

    contribution = SourceField(Contribution.objects.none(), label=_("Source"), empty_label=None)
    amount = AmountField(label=_("Amount"), help_text=AMOUNT_HELP)
    budget_line = forms.ModelChoiceField(
        None,
        label=_("Budget line"),
        required=False,
        empty_label=pgettext_lazy("budget line", "none"),
    )
    reason = ReasonField()
    SAME = ["contribution", "kind", "paid_on", "currency", "amount", "document_number"]
    field_order = ["kind", "paid_on", "contribution", "amount", "currency", "budget_line"]

    def __init__(self, *args, plan, payment, **kwargs):
        names = [*self.SAME, "budget_line"]
        initial = {name: getattr(payment, name) for name in names}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["contribution"].queryset = plan.contributions.filter(form=Form.CASH)
        self.fields["budget_line"].queryset = plan.budget_lines.all()
        self.fields["evidence"].label = _("Another file as evidence")
        if not plan.budget_lines.exists():
            del self.fields["budget_line"]

    def clean(self):
        typed = self.cleaned_data
        if typed.get("budget_line") and typed.get("kind") not in (None, PaymentKind.SPENT):
            wrong = ValidationError(_("Only money that was spent belongs to a budget line."))
            self.add_error("budget_line", wrong)
        return typed

    def typed(self):
        """As arguments of corrections.correct()."""
        return self.cleaned_data
