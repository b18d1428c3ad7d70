"""What others printed about the programme: shown as they said it, never counted."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.money import compact_parts, format_number, format_share, share

from .models import PublishedFigure

MILLION = 1_000_000
COST, OWN = PublishedFigure.Measure.COST, PublishedFigure.Measure.OWN


@dataclass(frozen=True)
class Statement:
    """Several figures of one source on one day."""

    said_on: object
    source_name: str
    source_url: str
    figures: list

    @property
    def printed(self):
        """[(what, the value as it was said)]"""
        return [(label_of(figure), words_of(figure)) for figure in self.figures]

    @property
    def ratio(self):
        """Own ÷ cost of the quoted figures, in percent, or None. No source printed it."""
        said = {figure.measure: figure for figure in self.figures}
        own, cost = (said.get(measure) for measure in (OWN, COST))
        if own is None or cost is None:
            return None
        return share(own.value, cost.value)

    @property
    def notes(self):
        return list(dict.fromkeys(figure.note for figure in self.figures if figure.note))


def statements():
    """Newest first."""
    rows = PublishedFigure.objects.order_by("-said_on", "source_name", "pk")
    return [
        Statement(said_on, name, url, list(figures))
        for (said_on, name, url), figures in groupby(
            rows, key=lambda row: (row.said_on, row.source_name, row.source_url)
        )
    ]


def label_of(figure):
    """The unit stands with the value."""
    labels = {
        PublishedFigure.Measure.COST: pgettext("published measure", "total cost"),
        PublishedFigure.Measure.OWN: pgettext("published measure", "own contribution"),
        PublishedFigure.Measure.SHARE: pgettext("published measure", "own share"),
    }
    return labels.get(figure.measure) or figure.get_measure_display()


def words_of(figure):
    """“38”, “over 97 million KGS”: no more digits than were printed."""
    value = {
        "share": lambda: format_share(figure.value, places=_places(figure.value)),
        "cost": lambda: _millions(figure.value),
        "own": lambda: _millions(figure.value),
    }.get(figure.measure, lambda: format_number(figure.value))()
    if figure.qualifier == PublishedFigure.Qualifier.EXACT:
        return value
    return _("%(qualifier)s %(value)s") % {
        "qualifier": figure.get_qualifier_display(),
        "value": value,
    }


def _millions(value):
    if value < MILLION:
        return format_number(value)
    return f"{format_number(value / MILLION)}\u00a0{compact_parts(MILLION)[1]}"


def _places(value):
    return max(-value.normalize().as_tuple().exponent, 0)
