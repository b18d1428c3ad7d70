"""A chart frame → the figure plotly draws in the browser. No database; plotly is loaded at the first use.

Colours are names of the site's tokens in `meta`: static/js/charts.js puts in what the reader's theme has.
Only bar and scatter: what the bundle in the page lacks is drawn as nothing, without an error.
"""

from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lib.lazy import LazyModule
from lib.money import NBSP, compact_parts, format_kgs, format_share, percent_sign

go = LazyModule("plotly.graph_objects", after="pandas")

SEPARATORS = {"ky": f",{NBSP}", "ru": f",{NBSP}"}
INVISIBLE = "rgba(0,0,0,0)"
MILLION = 1_000_000
MARGIN = {"l": 0, "r": 8, "t": 4, "b": 4, "pad": 6}
ROOM_FOR_VALUES = {"r": 72}
MARGINS = {
    "share-by-area": ROOM_FOR_VALUES,
    "regions": ROOM_FOR_VALUES,
    "sources": ROOM_FOR_VALUES,
    "municipalities": {"t": 28, "r": 24},
}


def figure_of(frame):
    """A dictionary for JSON."""
    figure = DRAWINGS[frame.slug](frame)
    figure.update_layout(
        template=None,  # its default is 6 kB of colours that the page does not use
        separators=SEPARATORS.get(get_language(), ".,"),
        paper_bgcolor=INVISIBLE,
        plot_bgcolor=INVISIBLE,
        margin={**MARGIN, **MARGINS.get(frame.slug, {})},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        bargap=0.35,
    )
    return figure


def amounts(frame):
    rows = [bar.row for bar in frame.bars]
    figure = go.Figure(
        _bar(
            rows,
            [row.cost_kgs for row in rows],
            token=[_token(row) for row in rows],
            hover=[_counted(row, format_kgs(row.known_cost_kgs)) for row in rows],
            hatches=[_hatch(row) for row in rows],
            text=[format_kgs(row.known_cost_kgs) for row in rows],
        )
    )
    _names_down(figure, rows)
    return figure.update_xaxes(visible=False)


def shares(frame):
    rows = [bar.row for bar in frame.bars]
    hover = [_counted(row, _own_of(row)) for row in rows]
    own = [min(row.own_share or 0, 100) for row in rows]
    figure = go.Figure(
        [
            _bar(rows, own, token="own", hover=hover),
            _bar(rows, [row.rest_share or 0 for row in rows], token="grant", hover=hover),
        ]
    )
    figure.update_layout(barmode="stack")
    _values_right(figure, rows, lambda row: row.own_share)
    _names_down(figure, rows)
    _minimum(figure, frame.minimum)
    figure.update_xaxes(visible=False, range=[0, 100])
    return figure


def dots(frame):
    rows = [bar.row for bar in frame.bars if bar.row.own_share is not None]
    hover = [_counted(row, _own_of(row)) for row in rows]
    dot = go.Scatter(
        x=[float(row.own_share) for row in rows],
        y=list(range(len(rows))),
        mode="markers",
        marker={"size": 11},
        meta="own",
        hovertext=hover,
        hoverinfo="text",
        customdata=[row.link for row in rows],
    )
    figure = go.Figure(dot)
    _names_down(figure, rows)
    _minimum(figure, frame.minimum)
    ends = max([100, *(float(row.own_share) for row in rows)])
    figure.update_xaxes(
        range=[0, ends * 1.02], ticksuffix=percent_sign(), side="top", showgrid=True
    )
    return figure


def columns(frame):
    rows = [bar.row for bar in frame.bars]
    bar = go.Bar(
        x=list(range(len(rows))),
        y=[float(row.cost_kgs / MILLION) for row in rows],
        meta=[_token(row) for row in rows],
        marker={"pattern": {"shape": [_hatch(row) for row in rows]}},
        hovertext=[_counted(row, format_kgs(row.known_cost_kgs)) for row in rows],
        hoverinfo="text",
        customdata=[row.link for row in rows],
    )
    figure = go.Figure(bar)
    figure.update_xaxes(fixedrange=True, automargin=True, showgrid=False, **_names(rows))
    unit = compact_parts(MILLION)[1]
    return figure.update_yaxes(
        title=unit, rangemode="tozero", fixedrange=True, automargin=True, showgrid=True
    )


def pairs(frame):
    rows = [promised.row for promised, _received in frame.bars]
    hover = [_source_hover(row) for row in rows]
    promised = _bar(
        rows, [row.promised_kgs for row in rows], token="outline", hover=hover, links=False
    )
    received = _bar(
        rows,
        [row.received_kgs for row in rows],
        token=[row.colour for row in rows],
        hover=hover,
        links=False,
    )
    figure = go.Figure([promised, received])
    figure.update_layout(barmode="group")
    _values_right(figure, rows, lambda row: row.fulfilment)
    _names_down(figure, rows)
    return figure.update_xaxes(visible=False)


DRAWINGS = {
    "areas": amounts,
    "share-by-area": shares,
    "regions": shares,
    "municipalities": dots,
    "years": columns,
    "sources": pairs,
}


def _bar(rows, values, *, token, hover, hatches=(), text=None, links=True):
    return go.Bar(
        x=[float(value) for value in values],
        y=list(range(len(rows))),
        orientation="h",
        meta=token,
        marker={"pattern": {"shape": list(hatches)}},
        hovertext=hover,
        hoverinfo="text",
        text=text,
        textposition="auto" if text else "none",
        customdata=[row.link for row in rows] if links else None,
    )


def _names_down(figure, rows):
    """Names at the left in the order of the rows, the first on top."""
    figure.update_yaxes(
        range=[len(rows) - 0.5, -0.5], automargin=True, fixedrange=True, ticks="", **_names(rows)
    )
    figure.update_xaxes(fixedrange=True)


def _names(rows):
    # Rows stand at 0, 1, 2 …: plotly would take a key like "5" for the sixth category.
    return {
        "tickmode": "array",
        "tickvals": list(range(len(rows))),
        "ticktext": [escape(row.name) for row in rows],
        "zeroline": False,
    }


def _values_right(figure, rows, value):
    place = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "showarrow": False}
    for i, row in enumerate(rows):
        figure.add_annotation(y=i, text=format_share(value(row)), **place)


def _minimum(figure, minimum):
    if minimum:
        figure.add_shape(
            name="mark",
            type="line",
            x0=float(minimum),
            x1=float(minimum),
            y0=0,
            y1=1,
            yref="paper",
            line={"width": 2},
        )


def _token(row):
    return "unknown" if row.is_unknown else "all"


def _hatch(row):
    return "/" if row.is_partial or row.is_unknown else ""


def _counted(row, what):
    return f"{escape(row.name)}<br>{what}<br>" + _("Plans: %(number)s") % {"number": row.plans}


def _own_of(row):
    return _("Own contribution: %(share)s of %(cost)s") % {
        "share": format_share(row.own_share),
        "cost": format_kgs(row.known_cost_kgs),
    }


def _source_hover(row):
    return "<br>".join(
        [
            str(escape(row.name)),
            _("Promised: %(amount)s") % {"amount": format_kgs(row.promised_kgs)},
            _("Received: %(amount)s") % {"amount": format_kgs(row.received_kgs)},
        ]
    )
