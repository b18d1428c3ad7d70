"""What a row of a donor table is about: service area, region, municipality or plan, by code, in its order."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from action_plans.models import ActionPlan, ServiceArea
from municipalities.models import Municipality, Region
from reports.column import Column
from reports.plan_rows import with_words

# rows → the axis of the facts
# From so many on, naming them costs the database more than reading all plans.
MANY = 20_000
AXES = {"area": "top_area", "region": "region", "municipality": "municipality", "plan": "plan"}


def columns(rows):
    """Of what a row is; the codes are in the CSV only."""
    code = Column(
        "code", pgettext("column", "Code"), "text", _("It is the same in every language.")
    )
    if rows == "plan":
        return [
            Column("name", pgettext("column", "Plan"), "text", _("Reference code."), 13),
            Column("title", pgettext("column", "Title"), "text", width=50),
        ]
    heads = {"area": _("Service area"), "region": _("Region"), "municipality": _("Municipality")}
    own = Column("name", heads[rows], "text", width=32)
    if rows == "municipality":
        return [own, code, Column("region_name", _("Region"), "text", width=22)]
    return [own, code]


def keys(rows):
    return [] if rows == "plan" else ["code"]


def named(rows, cells):
    """[(what it is about, cell)] in their order; cells have their axis. What is not specified comes last."""
    by_code = {cell[AXES[rows]]: cell for cell in cells}
    about = ABOUT[rows]([code for code in by_code if code is not None])
    found = [(head, by_code.pop(code)) for code, head in about if code in by_code]
    if None in by_code:
        unknown = pgettext("service area", "Not specified")
        found.append(({"name": unknown, "code": None, rows: None}, by_code[None]))
    return found


def _areas(codes):
    areas = ServiceArea.objects.filter(code__in=codes).order_by("position", "code")
    return [
        (area.code, {"name": area.name, "code": area.code, "area": area.code}) for area in areas
    ]


def _regions(codes):
    regions = Region.objects.filter(iso__in=codes).by_name()
    return [
        (region.iso, {"name": region.name, "code": region.iso, "region": region.iso})
        for region in regions
    ]


def _municipalities(codes):
    places = Municipality.objects.filter(code__in=codes).select_related("region").by_name()
    return [
        (
            place.code,
            {
                "name": place.name,
                "code": place.code,
                "municipality": place.code,
                "region_name": place.region.name,
            },
        )
        for place in sorted(places, key=lambda place: place.region.code)
    ]


def _plans(references):
    plans = with_words(ActionPlan.objects.order_by("reference"))
    if len(references) < MANY:
        plans = plans.filter(reference__in=references)
    rows = plans.values_list("reference", "row_title")
    return [(code, {"name": code, "title": title, "plan": code}) for code, title in rows.iterator()]


ABOUT = {
    "area": _areas,
    "region": _regions,
    "municipality": _municipalities,
    "plan": _plans,
}
