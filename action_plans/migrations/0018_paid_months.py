from collections import Counter, defaultdict
from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import BooleanField, ExpressionWrapper, Q, Sum
from django.db.models.functions import TruncMonth

from lib.money import allocate

SIGNS = {"received": 1, "returned": -1}
WHAT = ["kind", "contribution__source", "contribution__form", "kept_month", "was_late"]
LATE = ExpressionWrapper(Q(late_for__isnull=False), BooleanField())


def tell_weights(apps, schema_editor):
    """As action_plans.totals keeps them from now on: plans of several slices have them in the order of cutting."""
    of = _managers(apps, schema_editor)
    slices = of("FundingSlice").filter(is_whole=False)
    plans = slices.values("plan")
    places, areas = defaultdict(list), defaultdict(list)
    rows = of("PlanMunicipality").filter(plan__in=plans)
    rows = rows.order_by("plan", "-is_lead", "municipality__code")
    for plan, place, share in rows.values_list("plan", "municipality", "share"):
        places[plan].append((place, share))
    rows = of("PlanArea").filter(plan__in=plans)
    rows = rows.order_by("plan", "-share", "area__position", "area__code")
    for plan, area, share in rows.values_list("plan", "area", "share"):
        areas[plan].append((area, share))
    found = {}
    for plan, municipalities in places.items():
        parts = [
            (place, area, int(share * part * 10_000))
            for place, share in municipalities
            for area, part in areas.get(plan) or [(None, Decimal(100))]
        ]
        for position, (place, area, weight) in enumerate(parts):
            found[plan, place, area] = weight, position
    changed = []
    for piece in slices.only("plan", "municipality", "area", "weight", "position"):
        known = found.get((piece.plan_id, piece.municipality_id, piece.area_id))
        if known:
            piece.weight, piece.position = known
            changed.append(piece)
    of("FundingSlice").bulk_update(changed, ["weight", "position"], batch_size=500)


def fill(apps, schema_editor):
    """By the rule of action_plans.paid_months, whose check (check_totals) compares the two."""
    of = _managers(apps, schema_editor)
    rows = of("Payment").filter(booked_at__isnull=False).order_by()
    rows = rows.annotate(kept_month=TruncMonth("accounted_on"), was_late=LATE)
    found = Counter()
    _add_whole(found, rows)
    _add_several(found, rows, of("FundingSlice"))
    model = of("PaidMonth").model
    names = ["phase_id", "area_id", "is_cancelled", "what", "pot", "month_on", "is_late"]
    of("PaidMonth").bulk_create(
        (
            model(**dict(zip(names, place, strict=True)), amount_kgs=amount)
            for place, amount in found.items()
        ),
        batch_size=500,
    )


def _managers(apps, schema_editor):
    alias = schema_editor.connection.alias
    return lambda name: apps.get_model("action_plans", name).objects.using(alias)


def _add_whole(found, rows):
    way = "contribution__plan__slices__"
    rows = rows.filter(**{f"{way}is_whole": True, f"{way}counts": True})
    rows = rows.values_list(f"{way}phase", f"{way}area", f"{way}status", *WHAT)
    for phase, area, status, *row in rows.annotate(sum=Sum("amount_kgs")):
        for (what, pot, month, is_late), amount in _money([row]).items():
            found[phase, area, status == "cancelled", what, pot, month, is_late] += amount


def _add_several(found, rows, slices):
    slices = slices.filter(is_whole=False, counts=True)
    parts, sums = defaultdict(list), defaultdict(list)
    of_part = slices.order_by("plan", "position").values_list(
        "plan", "phase", "area", "status", "weight"
    )
    for plan, phase, area, status, weight in of_part:
        parts[plan].append(((phase, area, status == "cancelled"), weight))
    rows = rows.filter(contribution__plan__in=slices.values("plan"))
    rows = rows.values_list("contribution__plan", *WHAT).annotate(sum=Sum("amount_kgs"))
    for plan, *row in rows:
        sums[plan].append(row)
    for plan, of_plan in sums.items():
        _cut(found, _money(of_plan), parts[plan])


def _cut(found, money, parts):
    weights = [weight for _place, weight in parts]
    series = defaultdict(list)
    for (what, pot, month, is_late), amount in money.items():
        series[what, pot].append((month, not is_late, amount))
    for (what, pot), steps in series.items():
        before, running = [Decimal("0.00")] * len(parts), Decimal("0.00")
        for month, in_time, amount in sorted(steps):
            running += amount
            now = allocate(running, weights)
            for (place, _weight), old, new in zip(parts, before, now, strict=True):
                found[(*place, what, pot, month, not in_time)] += new - old
            before = now


def _money(rows):
    found = Counter()
    for kind, source, form, month, is_late, amount in rows:
        pot = source if source != "municipality" else f"own_{form}"
        # SQLite adds decimals as floating point.
        amount = round(amount, 2)
        if kind == "spent":
            found["spent", pot, month, is_late] += amount
        else:
            found["net", pot, month, is_late] += SIGNS[kind] * amount
        if kind == "returned":
            found["returned", pot, month, is_late] -= amount
    return found


class Migration(migrations.Migration):
    dependencies = [("action_plans", "0017_report_indexes")]

    operations = [
        migrations.AddField(
            model_name="fundingslice",
            name="weight",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="fundingslice",
            name="position",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="PaidMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_cancelled", models.BooleanField(default=False)),
                ("what", models.CharField(max_length=10)),
                ("pot", models.CharField(max_length=12)),
                ("month_on", models.DateField()),
                ("is_late", models.BooleanField(default=False)),
                ("amount_kgs", models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paid_months",
                        to="action_plans.servicearea",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paid_months",
                        to="action_plans.phase",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "phase",
                            "what",
                            "month_on",
                            "area",
                            "pot",
                            "is_cancelled",
                            "is_late",
                        ),
                        name="paid_month_once",
                    ),
                    models.UniqueConstraint(
                        condition=Q(("area", None)),
                        fields=("phase", "what", "month_on", "pot", "is_cancelled", "is_late"),
                        name="paid_month_once_without_area",
                    ),
                ],
            },
        ),
        migrations.RunPython(tell_weights, migrations.RunPython.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
