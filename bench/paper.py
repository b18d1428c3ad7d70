"""The PDF of some 40 plans, as a donor downloads it."""

import io
import statistics
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Count
from pypdf import PdfReader

from action_plans.models import ActionPlan, FundingSlice

from .data import person
from .web import Browser

PLANS, DOWNLOADS = 40, 5


class PaperResult(NamedTuple):
    seconds: float
    plans: int
    size: int
    is_right: bool  # every plan stands in it


def measure_paper(portal):
    query, plans = about_40_plans()
    with Browser(portal.port, person("donor")) as browser:
        path = f"/reports/budget.pdf?{urlencode(query | {'rows': 'plan'})}"
        browser.get(path)  # reads the fonts, once in a worker
        answers = [browser.get(path) for _n in range(DOWNLOADS)]
    return PaperResult(
        seconds=statistics.median(answer.seconds for answer in answers),
        plans=len(plans),
        size=len(answers[-1].body),
        is_right=answers[-1].status == 200 and plans <= words_of(answers[-1].body),
    )


def about_40_plans():
    """(the filter, the references) of the place and area whose number of plans is the nearest to 40."""
    places = {"municipality": "municipality__code", "region": "region__iso"}
    found = [
        (abs(row["plans"] - PLANS), {name: row[field], "area": row["area__code"]})
        for name, field in places.items()
        for row in counted()
        .values(field, "area__code")
        .annotate(plans=Count("plan", distinct=True))
    ]
    _distance, query = min(found, key=lambda pair: (pair[0], sorted(pair[1].items())))
    chosen = {places.get(name, "area__code"): value for name, value in query.items()}
    plans = ActionPlan.objects.filter(slices__in=counted().filter(**chosen))
    return query, set(plans.values_list("reference", flat=True))


def counted():
    return FundingSlice.objects.filter(counts=True, area__isnull=False).order_by()


def words_of(content):
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return set(text.split())
