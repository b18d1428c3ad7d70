"""What the page of one practice shows. Its money is read from the plan, as of today, and never typed again."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.db.models import (
    Case,
    Count,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    When,
    prefetch_related_objects,
)
from django.http import Http404
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from action_plans import plan_page, promises_page
from action_plans.models import Contribution, Source
from action_plans.money_page import REVISIONS, Known
from lib.composition import composition
from municipalities.models import current_language

from .models import (
    PracticeText,
    PracticeVersion,
    Presentation,
    TakeOver,
    TakeOverState,
    VersionStatus,
    VersionStep,
)
from .models.practice import OPEN, READABLE
from .taking_over import TAKEN, may_follow

FOLLOWERS_SHOWN = 20
LANGUAGES = dict(settings.LANGUAGES)
KEYS = {Source.MUNICIPALITY: "own", Source.GRANT: "grant"}  # all others: “other”
HEADS = {
    "problem": pgettext_lazy("part of a practice", "Problem"),
    "solution": pgettext_lazy("part of a practice", "Solution"),
    "legal_acts": pgettext_lazy("part of a practice", "Legal acts and model documents"),
    "provider": pgettext_lazy("part of a practice", "Who provides the service"),
    "tariff": pgettext_lazy("part of a practice", "Tariff"),
    "results": pgettext_lazy("part of a practice", "Results"),
    "upkeep": pgettext_lazy("part of a practice", "How upkeep is paid"),
    "went_wrong": pgettext_lazy("part of a practice", "What went wrong"),
    "conditions": pgettext_lazy("part of a practice", "Conditions to repeat it"),
    "contact": pgettext_lazy("part of a practice", "Which office to ask"),
}


# --- Which version ----------------------------------------------------------------------------------


class Versions(NamedTuple):
    """The versions of one practice that this person may see, newest first."""

    rows: list

    @property
    def readable(self):
        return next((row for row in self.rows if row.status in READABLE), None)

    @property
    def open(self):
        """A draft, or what is in review."""
        return next((row for row in self.rows if row.status in OPEN), None)

    @property
    def older(self):
        return [row for row in self.rows if row.status == VersionStatus.REPLACED]

    def numbered(self, number):
        return next((row for row in self.rows if row.number == number), None)


def versions_for(user, slug):
    checks = VersionStep.objects.filter(
        version=OuterRef("pk"), action=VersionStep.Action.CHECKED
    ).order_by("-done_at", "-pk")
    rows = PracticeVersion.objects.visible_to(user).filter(practice__slug=slug)
    rows = rows.select_related(
        "practice__municipality__region",
        "practice__municipality__district",
        "practice__area",
        "practice__plan__phase",
        "first_reviewer",
        "second_reviewer",
    )
    rows = rows.annotate(
        checked_at=Subquery(checks.values("done_at")[:1]),
        checked_by_name=Subquery(checks.values("done_by__name")[:1]),
    )
    return Versions(list(rows.defer("search_key").order_by("-number")))


def version_or_404(user, slug, number=None):
    """(version, versions): the published one; who may see it reads the draft where nothing was published."""
    versions = versions_for(user, slug)
    version = versions.numbered(number) if number else versions.readable or versions.open
    if version is None:
        raise Http404
    prefetch_related_objects([version], "texts", "steps", "documents")
    return version, versions


def may_work(user, practice):
    if getattr(user, "works_for_programme", False):
        return True
    return (
        getattr(user, "is_municipal", False) and practice.municipality_id in user.municipality_ids
    )


# --- What it says -----------------------------------------------------------------------------------


class Part(NamedTuple):
    """One section, in the reader's language or the original."""

    name: str
    head: str
    text: str
    language: str
    is_foreign: bool

    @property
    def language_name(self):
        return LANGUAGES[self.language]


def parts_of(version):
    """{name: Part} of what is written. A translation that lacks a section leaves it to the original."""
    texts = [text for text in (version.text, version.original, *version.texts.all()) if text]
    parts = {}
    for name in PracticeText.SECTIONS:
        if text := next((text for text in texts if getattr(text, name).strip()), None):
            foreign = text.language != current_language()
            words = getattr(text, name)
            parts[name] = Part(name, HEADS[name], words, text.language, foreign)
    return parts


@dataclass
class Step:
    """A row of the table of steps with its bar: x and width in percent of all weeks."""

    step: object
    x: Decimal | None
    width: Decimal | None

    @property
    def last_week(self):
        step = self.step
        return step.first_week + step.weeks - 1 if step.first_week and step.weeks else None


def steps_of(version):
    """(rows, number of weeks in all; 0 when nobody said any)"""
    steps = list(version.steps.all())
    all_weeks = max((_end(step) for step in steps), default=0)
    return [Step(step, *_bar(step, all_weeks)) for step in steps], all_weeks


def _end(step):
    return step.first_week + (step.weeks or 1) - 1 if step.first_week else 0


def _bar(step, all_weeks):
    if not step.first_week:
        return None, None
    x = Decimal(step.first_week - 1) * 100 / all_weeks
    return x, Decimal(step.weeks or 1) * 100 / all_weeks


# --- What it cost -----------------------------------------------------------------------------------


@dataclass
class Line:
    row: object  # action_plans.variance.Row
    key: str
    share: Decimal | None  # of all lines


class Money:
    """Of the practice's plan, as of a day; by the functions of the plan's own pages."""

    def __init__(self, plan, *, on):
        promises = Contribution.objects.prefetch_related(REVISIONS)
        prefetch_related_objects([plan], Prefetch("contributions", promises))
        self.plan, self.on = plan, on
        self.known = Known(plan, user=None, on=on)

    @cached_property
    def lines(self):
        rows = [row for row in self.known.budget.rows if row.now or row.is_reported]
        shares = composition({row.line.pk: row.now for row in rows})
        return [Line(row, _key(row.line.source), shares[row.line.pk]) for row in rows]

    @property
    def lines_total(self):
        return self.known.budget.total

    @property
    def has_spending(self):
        return self.lines_total.is_reported

    @property
    def differs(self):
        """Planned cost and budget should agree; both are shown where they do not."""
        cost = self.plan.cost_kgs
        return bool(self.lines) and cost is not None and self.lines_total.now != cost

    @cached_property
    def sources(self):
        """Who pays: what was promised, its share, what arrived."""
        rows = promises_page.rows_of(self.plan, self.on, self.known)
        rows = [row for row in rows if row.promised or row.received]
        shares = composition({row.contribution.pk: row.promised for row in rows})
        return [(row, shares[row.contribution.pk]) for row in rows]

    @property
    def figures(self):
        return self.known.figures

    @cached_property
    def bar(self):
        return plan_page.bar(self.plan)

    @property
    def has_sample(self):
        lines = any(line.row.line.is_sample for line in self.lines)
        return (
            self.plan.has_sample or lines or any(r.contribution.is_sample for r, _s in self.sources)
        )


def _key(source):
    return KEYS.get(source, "other")


# --- Where it was shown, who followed -----------------------------------------------------------------


def talks_of(practice, user):
    """Presentations of it, or of the plan it was made from, newest first."""
    talks = Q(practice=practice)
    if practice.plan_id:
        talks |= Q(plan=practice.plan_id)
    rows = Presentation.objects.visible_to(user).accepted().filter(talks).select_related("event")
    return list(rows.prefetch_related("texts", "event__texts").order_by("-event__starts_on", "-pk"))


@dataclass
class Follower:
    """A municipality that takes it over. Of a plan that is no plan yet others see nothing."""

    row: TakeOver
    sees_plan: bool
    links_plan: bool
    cost_here: Decimal | None

    @property
    def cost(self):
        return self.row.cost if self.sees_plan else None

    @property
    def difference(self):
        if self.cost is None or self.cost_here is None:
            return None
        return self.cost - self.cost_here

    @property
    def since(self):
        """Running: since when. Else: the day on which the present state was noted."""
        return self.row.started_on or timezone.localdate(self.row.noted_at)

    @property
    def result_is_foreign(self):
        return bool(self.row.result) and self.row.language != current_language()


NAMES = ["name_ky", "name_ru", "name_en"]
PLAN = ["reference", "status", "approved_at", "cost_kgs", "sample_fields"]
# What the table reads: two thirds of the time goes into columns and joins that it does not show.
FOLLOWER = ["practice", "state", "started_on", "cost_kgs", "result", "language", "given_up_reason"]
FOLLOWER += ["noted_at", "is_sample", "municipality__code", *(f"plan__{name}" for name in PLAN)]
FOLLOWER += [f"{row}__{name}" for row in ("municipality", "municipality__region") for name in NAMES]
STATE_ORDER = Case(
    When(state=TakeOverState.RUNNING, then=0),
    When(state=TakeOverState.PLANNING, then=1),
    When(state=TakeOverState.INTERESTED, then=2),
    default=3,
)


def followers_of(practice, user, *, all_of_them=False):
    """{"rows", "counts": {state: number}, "number", "own"}: the own municipality first, then who runs it."""
    own = user.municipality_ids if getattr(user, "is_municipal", False) else set()
    found = TakeOver.objects.filter(practice=practice)
    counts = dict(found.order_by().values_list("state").annotate(Count("pk")))
    first = Case(When(municipality__in=own, then=0), default=1) if own else None
    order = [*([first] if own else []), STATE_ORDER, "-noted_at", "-pk"]
    found = found.select_related("municipality__region", "plan").only(*FOLLOWER).order_by(*order)
    rows = list(found[: None if all_of_them else FOLLOWERS_SHOWN])
    rows = [follower(row, practice, user, own) for row in rows]
    return {
        "rows": rows,
        "counts": {state: counts.get(state, 0) for state in TakeOverState.values},
        "taken": sum(counts.get(state, 0) for state in TAKEN),
        "number": sum(counts.values()),
        "own": next((f.row for f in rows if f.row.municipality_id in own), None),
    }


def follower(row, practice, user, own):
    is_insider = getattr(user, "works_for_programme", False) or row.municipality_id in own
    sees = row.plan is None or is_insider or row.plan.was_approved
    here = practice.plan.cost_kgs if practice.plan else None
    return Follower(row, sees, sees and user.is_authenticated, here)


# --- The page ---------------------------------------------------------------------------------------


def sees_plan(practice, user):
    """Same rule as ActionPlan.visible_to(), for the plan of a practice this person reads."""
    if practice.plan is None or not user.is_authenticated:
        return False
    return practice.plan.was_approved or may_work(user, practice)


class Reviewed(NamedTuple):
    """Who approved it. The public reads that two people did, not their names."""

    names: list
    at: object  # when it was looked at again
    again_by: str

    @property
    def again_on(self):
        return self.at and timezone.localdate(self.at)


def reviewed(version, user):
    people = version.approvals if user.is_authenticated else []
    people = [person.name or person.get_role_display() for person in people]
    again_by = version.checked_by_name if user.is_authenticated else ""
    return Reviewed(people, version.checked_at, again_by or "")


def context_of(version, versions, user, *, all_followers=False):
    practice = version.practice
    steps, weeks = steps_of(version)
    documents = list(version.documents.all())
    money = Money(practice.plan, on=timezone.localdate()) if practice.plan else None
    return {
        "practice": practice,
        "version": version,
        "versions": versions,
        "parts": parts_of(version),
        "steps": steps,
        "weeks": weeks,
        "photos": [d for d in documents if d.kind == "photo"],
        "papers": [d for d in documents if d.kind != "photo"],
        "money": money,
        "talks": talks_of(practice, user),
        "followers": followers_of(practice, user, all_of_them=all_followers),
        "reviewed": reviewed(version, user),
        "published_on": version.published_at and timezone.localdate(version.published_at),
        "works": may_work(user, practice),
        "may_follow": may_follow(practice, user),
        "sees_plan": sees_plan(practice, user),
        "has_sample": practice.is_sample or bool(money and money.has_sample),
        "to_check": version.is_to_check(),
    }
