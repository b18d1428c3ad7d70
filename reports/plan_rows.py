"""One row per plan, for the page, the CSV and the workbook: the same columns from the same query.

Money of a plan is what the filter selects of it: all of it, or, when the filter names a place or a
service area, the part in that place and area. So the rows always add up to the tables.
"""

from django.db.models import (
    Aggregate,
    Case,
    CharField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Left, NullIf, Replace

from action_plans.models import OTHER, RECEIVED, FundingSlice, PlanArea, PlanText
from lib.dates import Precision
from lib.money_sums import KgsColumn, sum_kgs
from municipalities.models import current_language


def _added(names):
    first, *others = names
    expression = F(first)
    for name in others:
        expression += F(name)
    return expression


# Column → what it is made of; the names are those of a plan and of its slices alike.
MONEY = {
    "cost_kgs": F("cost_kgs"),
    "own_cash_kgs": F("own_cash_kgs"),
    "own_in_kind_kgs": F("own_in_kind_kgs"),
    "own_kgs": F("own_cash_kgs") + F("own_in_kind_kgs"),
    "grant_kgs": F("grant_kgs"),
    "other_kgs": _added(OTHER),
    "gap_kgs": F("gap_kgs"),
    "surplus_kgs": F("surplus_kgs"),
    "received_kgs": _added(RECEIVED),
}
# Why a plan has no own share: codes, for files.
COST_UNKNOWN, COST_ZERO = "cost-unknown", "cost-zero"
NEED_A_COST = {"cost_kgs", "gap_kgs", "surplus_kgs"}
DIGITS = {"max_digits": 18, "decimal_places": 2}


class Joined(Aggregate):
    """Codes in one text, separated by spaces. In order on PostgreSQL; SQLite's reader sorts."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ' ' ORDER BY %(expressions)s COLLATE \"C\")"
    output_field = TextField()

    def as_sqlite(self, compiler, connection, **options):
        template = "GROUP_CONCAT(%(expressions)s, ' ')"
        return super().as_sql(compiler, connection, template=template, **options)


def with_money(plans, part=None):
    """Adds row_cost_kgs … row_received_kgs; part: the condition on the slices that count, None for all."""
    return plans.annotate(
        **{
            f"row_{name}": _in_part(name, expression, part)
            if part
            else ExpressionWrapper(expression, KgsColumn(**DIGITS))
            for name, expression in MONEY.items()
        }
    )


def with_areas(rows):
    """Adds row_area: the codes of the service areas, separated by spaces."""
    areas = PlanArea.objects.filter(plan=OuterRef("pk")).order_by().values("plan")
    codes = areas.annotate(codes=Joined("area__code")).values("codes")
    return rows.annotate(row_area=Subquery(codes))


def with_words(rows):
    """Adds the texts of a row in the reader's language, as the model's properties give them."""
    language = current_language()
    return with_areas(rows).annotate(
        reader=FilteredRelation("texts", condition=Q(texts__language=language)),
        original=FilteredRelation("texts", condition=Q(texts__is_original=True)),
        row_title=Coalesce("reader__title", "original__title", _any_title(), "reference"),
        row_municipality=_name("lead", language),
        row_district=_name("lead__district", language),
        row_region=_name("lead__region", language),
        row_starts_on=_known_part("starts"),
        row_ends_on=_known_part("ends"),
        row_sample_fields=_words("sample_fields"),
        row_own_share_reason=Case(
            When(cost_kgs=None, then=Value(COST_UNKNOWN)), When(cost_kgs=0, then=Value(COST_ZERO))
        ),
    )


def _in_part(name, expression, part):
    slices = FundingSlice.objects.filter(part, plan=OuterRef("pk")).order_by().values("plan")
    money = Subquery(slices.annotate(part=sum_kgs(expression)).values("part"))
    if name not in NEED_A_COST:
        return money
    return Case(When(cost_kgs=None, then=None), default=money, output_field=KgsColumn(**DIGITS))


def _any_title():
    titles = PlanText.objects.filter(plan=OuterRef("pk")).order_by("language")
    return Subquery(titles.values("title")[:1])


def _name(place, language):
    """Same rule as municipalities.models.Named.name"""
    names = [f"{place}__name_{code}" for code in [language, "ru", "ky", "en"]]
    return Coalesce(*[NullIf(name, Value("")) for name in names])


def _known_part(name):
    """2018-08-16, 2018-08 or 2018: as much of the date as is known."""
    date = Cast(f"{name}_on", CharField())
    return Case(
        When(**{f"{name}_precision": Precision.YEAR}, then=Left(date, 4)),
        When(**{f"{name}_precision": Precision.MONTH}, then=Left(date, 7)),
        default=date,
    )


def _words(name):
    """A list of names as words: ["cost_kgs", "ends_on"] → cost_kgs ends_on."""
    words = Cast(name, CharField())
    for sign in '[],"':
        words = Replace(words, Value(sign), Value(""))
    return NullIf(words, Value(""))
