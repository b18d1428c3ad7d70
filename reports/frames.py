"""Chart frames: a title, rows as bars, and the table behind them. What plotly draws comes from the same rows.

A title states a finding only when it is true of the shown rows and rests on five plans or more.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.money import format_share, round_share

from .overview import source_total
from .rows import Table

ENOUGH_PLANS = 5
COLUMN_HEIGHT = 120


@dataclass(frozen=True)
class Bar:
    row: object
    size: Decimal  # of the largest, in percent; in columns: pixels


@dataclass(frozen=True)
class Frame:
    slug: str
    title: str
    subtitle: str
    url: str
    bars: list
    table: Table | None = None
    minimum: Decimal | None = None
    named: str = ""  # head of the first column
    extra: dict = field(default_factory=dict)


def areas(overview):
    rows = overview.areas.by_cost()
    return Frame(
        slug="areas",
        title=_top_title(
            _("Largest planned cost: %(name)s"), rows, lambda row: row.cost_kgs, scale=0
        )
        or _("Planned cost by service area"),
        subtitle=_("Planned cost of counted plans, KGS."),
        url=chart_url("areas", overview),
        bars=_bars(rows, lambda row: row.cost_kgs),
        table=overview.areas,
        named=pgettext("column", "Service area"),
    )


def share_by_area(overview):
    return _share_frame(
        overview,
        slug="share-by-area",
        table=overview.areas,
        neutral=_("Own share by service area"),
        named=pgettext("column", "Service area"),
    )


def regions(overview):
    return _share_frame(
        overview,
        slug="regions",
        table=overview.regions,
        neutral=_("Own share by region"),
        named=pgettext("column", "Region"),
    )


def municipalities(overview):
    return _share_frame(
        overview,
        slug="municipalities",
        table=overview.municipalities,
        neutral=_("Own share by municipality"),
        named=pgettext("column", "Municipality"),
        # Of those that are not among the rows a larger share may be true.
        whole_axis=overview.other_municipalities is None,
    )


def years(overview):
    rows = overview.years.rows
    subtitle = _("Planned cost by the year of the start, KGS.")
    if any(row.is_partial for row in rows):
        subtitle += " " + _("%(year)s is not complete.") % {"year": overview.on.year}
    return Frame(
        slug="years",
        title=_("Planned cost by year"),
        subtitle=subtitle,
        url=chart_url("years", overview),
        bars=_bars(rows, lambda row: row.cost_kgs, of=COLUMN_HEIGHT),
        table=overview.years,
        named=pgettext("column", "Year"),
    )


def sources(overview):
    rows = overview.sources
    largest = max((max(row.promised_kgs, row.received_kgs) for row in rows), default=Decimal(0))
    return Frame(
        slug="sources",
        title=_("Promised and received by source"),
        subtitle=_("Promises to counted plans and what has arrived for them, KGS."),
        url=chart_url("sources", overview),
        bars=[
            (_bar(row, row.promised_kgs, largest), _bar(row, row.received_kgs, largest))
            for row in rows
        ],
        extra=source_total(rows),
    )


FRAMES = {
    "areas": areas,
    "share-by-area": share_by_area,
    "regions": regions,
    "municipalities": municipalities,
    "years": years,
    "sources": sources,
}


def chart_url(slug, overview):
    query = f"?{urlencode({'phase': overview.phase.code})}" if overview.phase else ""
    return reverse("reports:chart", args=[slug]) + query


def share_bars(rows):
    return [Bar(row, row.own_share or Decimal(0)) for row in rows]


def _share_frame(overview, *, slug, table, neutral, named, whole_axis=True):
    rows = table.by_share()
    subtitle = _("Own contribution as a share of planned cost.")
    if overview.minimum:
        subtitle += " " + _("Line: required minimum of %(minimum)s.") % {
            "minimum": format_share(overview.minimum)
        }
    finding = ""
    if whole_axis:
        finding = _top_title(
            _("Largest own share: %(name)s"), rows, lambda row: row.own_share, scale=1
        )
    return Frame(
        slug=slug,
        title=finding or neutral,
        subtitle=subtitle,
        url=chart_url(slug, overview),
        bars=share_bars(rows),
        table=table,
        minimum=overview.minimum,
        named=named,
    )


def _top_title(finding, rows, value, *, scale):
    """The finding, if one row is visibly ahead of the others and has enough plans; else nothing."""
    known = [row for row in rows if not row.is_unknown and value(row) is not None]
    if len(known) < 2 or known[0].plans < ENOUGH_PLANS:
        return ""
    # Also ahead of what is not specified: it stands below, but the reader sees its bar.
    others = [value(row) for row in rows if row is not known[0] and value(row) is not None]
    ahead = round_share(value(known[0]), scale) > round_share(max(others), scale)
    return finding % {"name": known[0].name} if ahead else ""


def _bars(rows, value, *, of=100):
    largest = max((value(row) for row in rows), default=Decimal(0))
    return [_bar(row, value(row), largest, of=of) for row in rows]


def _bar(row, value, largest, *, of=100):
    return Bar(row, value * of / largest if largest > 0 and value > 0 else Decimal(0))
