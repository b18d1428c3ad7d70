"""What a report says about itself: on its page, in the notes of its workbook and on the cover of its PDF."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import ActionPlan, Source
from action_plans.phases import fx_texts
from lib.currencies import KGS, name_of
from lib.dates import format_moment, format_partial

from . import catalogue
from .models.template import Basis, RateBasis


@dataclass(frozen=True)
class About:
    """Words in one language; what does not apply is empty.

    made_at: None for a signed file, whose bytes never change. gaps: whole sentences (T11).
    snapshot, sha256: of the signed report.
    """

    title: str = ""
    programme: str = ""
    phase: str = ""
    period: str = ""
    as_of: str = ""
    made_at: datetime | None = None
    made_by: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    basis: str = ""
    fx_text: str = ""
    rounding: str = ""
    scope_note: str = ""
    currency: str = ""
    address: str = ""
    has_sample: bool = False
    snapshot: str = ""
    sha256: str = ""
    status: str = ""
    # The code of the signed report whose figures these are, of a file that is not itself signed.
    copy_of: str = ""
    # Not of a report that nobody signs.
    can_be_signed: bool = True
    gaps: tuple[str, ...] = ()

    @property
    def lines(self):
        """[(label, text)] of what there is to say, in the order of reading; the gaps are not among them."""
        lines = [
            (_("Report"), self.title),
            (_("Programme"), self.programme),
            (_("Phase"), self.phase),
            (_("Period"), self.period),
            (pgettext("label", "Status"), self.status),
            (_("As of"), self.as_of),
            (_("Made at"), format_moment(self.made_at)),
            (_("Made by"), self.made_by),
            (_("Filter"), "; ".join(f"{label}: {text}" for label, text in self.filters)),
            (_("Address"), self.address),
            (_("Covers"), self.scope_note),
            (_("Basis"), self.basis),
            (_("Currency"), self.currency),
            (_("Exchange rate policy"), self.fx_text),
            (_("Rounding"), self.rounding),
            (_("Sample data"), str(catalogue.SAMPLE) if self.has_sample else ""),
            (_("Snapshot"), self.snapshot),
            ("SHA-256", self.sha256),
        ]
        return [(label, str(text)) for label, text in lines if text]

    @property
    def mark(self):
        """Of a signed file, for its footer: PSI-12-v2 · 3f2a9c0d81b4; else ""."""
        return f"{self.snapshot} · {self.sha256[:12]}" if self.snapshot else ""


def about_of(scope, *, at, address, signed=None, title="", gaps=()):
    """signed: the SignedReport whose figures these are, or None."""
    return About(
        title=str(title),
        programme=", ".join(dict.fromkeys(phase.programme.name for phase in scope.phases)),
        phase=", ".join(phase.name for phase in scope.phases),
        period=str(scope.period or ""),
        as_of=_as_of(scope),
        made_at=None if signed else at,
        made_by="" if signed else str(scope.user or ""),
        filters=tuple(filters_of(scope)),
        basis=str(Basis(scope.basis).label),
        fx_text=str(fx_texts(scope.phases)),
        rounding=str(catalogue.LEDGER_ROUNDING),
        scope_note=str(catalogue.SCOPE),
        currency=_currency(scope),
        address=address,
        has_sample=signed.has_sample if signed else has_sample(scope),
        snapshot=signed.code if signed else "",
        sha256=signed.sha256 if signed else "",
        status=_status(signed),
        gaps=tuple(gaps),
    )


def filters_of(scope):
    """[(label, words)] of what narrows the report; phase and period are told apart from it."""
    chosen = {
        _("Region"): scope.region and scope.region.name,
        _("Municipality"): scope.municipality and scope.municipality.name,
        _("Service area"): _("Not specified") if scope.no_area else scope.area and scope.area.name,
        _("Source"): scope.source and Source(scope.source).label,
        _("Donor"): scope.donor,
    }
    return [(str(label), str(words)) for label, words in chosen.items() if words]


def has_sample(scope):
    """Whether figures of these phases rest on values that no source gives."""
    plans = ActionPlan.objects.was_approved().filter(phase__in=scope.phases)
    return plans.filter(has_sample=True).exists()


def _as_of(scope):
    words = {"day": format_partial(scope.day), "moment": format_moment(scope.known_at)}
    return _("%(day)s, as known on %(moment)s") % words


def _currency(scope):
    if scope.currency == KGS:
        return f"{KGS}, {name_of(KGS)}"
    words = {"currency": scope.currency, "rate": RateBasis(scope.rate_basis).label}
    return (
        _("Amounts in som; equivalents in %(currency)s, which nobody booked, by the %(rate)s.")
        % words
    )


def _status(signed):
    if not signed:
        return _("Draft, not signed")
    return _("Signed, version %(version)s") % {"version": signed.version}
