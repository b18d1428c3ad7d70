"""Practices, who takes them over, and two events to try the portal out with; marked as sample, never in production.

Days are counted from the day of loading, so that there is always an event to come and a call that is open.
"""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from action_plans.models import ActionPlan, ServiceArea
from lib.fixtures import read
from municipalities.models import Municipality

from .event_search import fill_search_key
from .models import (
    Event,
    EventText,
    Practice,
    PracticeStep,
    PracticeText,
    PracticeVersion,
    Remark,
    TakeOver,
    TakeOverStep,
    VersionStatus,
    VersionStep,
)
from .practice_search import fill_search_key as fill_practice_key
from .sample_events import load_parts
from .texts import add_texts

TWO_YEARS = dt.timedelta(days=730)


@transaction.atomic
def load_sample():
    """False where practices are there already, or the sample plans or three people of the office are not."""
    rows = read("sample_sharing.json")
    plans = {plan.reference: plan for plan in ActionPlan.objects.filter(has_sample=True)}
    wanted = {row["plan"] for row in rows["practices"]}
    people = _people()
    if not wanted <= plans.keys() or not people or Practice.objects.exists():
        return False
    places = {place.code: place for place in Municipality.objects.all()}
    practices = {row["slug"]: _practice(row, plans, people) for row in rows["practices"]}
    for row in rows["take_overs"]:
        _take_over(row, practices, places, plans)
    for row in rows["events"]:
        load_parts(_event(row, places), row, places, plans, practices)
    return True


def _people():
    """Author and two reviewers; None where fewer work in the office."""
    office = User.objects.filter(role__in=[Role.STAFF, Role.ADMINISTRATOR]).order_by("pk")
    people = list(office[:3])
    if len(people) < 3:
        return None
    first, author, second = people
    return author, first, second


def _practice(row, plans, people):
    plan, (author, first, second) = plans[row["plan"]], people
    practice = Practice.objects.create(
        slug=row["slug"],
        plan=plan,
        municipality=plan.lead,
        area=_area_of(plan),
        created_by=author,
        is_sample=True,
    )
    version = PracticeVersion.objects.create(practice=practice, number=1, author=author)
    add_texts(PracticeText, row, version=version)
    for position, (week, weeks, ru, ky, en) in enumerate(row["steps"]):
        PracticeStep.objects.create(
            version=version,
            position=position,
            first_week=week,
            weeks=weeks,
            text_ru=ru,
            text_ky=ky,
            text_en=en,
        )
    fill_practice_key(version)
    at = timezone.now() - dt.timedelta(days=row.get("published_days_ago", 20))
    _log(version, at - dt.timedelta(days=9), ("created", author), ("submitted", author))
    if row["status"] == VersionStatus.PUBLISHED:
        _publish(version, at, first, second)
        _log(version, at, ("approved", first), ("approved", second), ("published", first))
    else:
        _send_to_review(version, row, first)
    return practice


def _area_of(plan):
    return ServiceArea.objects.filter(plan_areas__plan=plan).first()


def _publish(version, at, first, second):
    rows = PracticeVersion.objects.filter(pk=version.pk)
    rows.update(status=VersionStatus.REVIEW)
    rows.update(
        status=VersionStatus.PUBLISHED,
        submitted_at=at - dt.timedelta(days=9),
        first_reviewer=first,
        second_reviewer=second,
        published_at=at,
        check_on=timezone.localdate(at + TWO_YEARS),
    )


def _send_to_review(version, row, reviewer):
    now = timezone.now()
    PracticeVersion.objects.filter(pk=version.pk).update(
        status=VersionStatus.REVIEW, submitted_at=now
    )
    for remark in row.get("remarks", []):
        Remark.objects.create(version=version, **remark, written_at=now, written_by=reviewer)


def _log(version, at, *steps):
    for action, person in steps:
        VersionStep.objects.create(version=version, action=action, done_at=at, done_by=person)


def _take_over(row, practices, places, plans):
    values = {name: row[name] for name in ("result", "language", "given_up_reason") if name in row}
    started, cost, plan = row.get("started_on"), row.get("cost_kgs"), row.get("plan")
    take_over = TakeOver.objects.create(
        **values,
        practice=practices[row["practice"]],
        municipality=places[row["municipality"]],
        state=row["state"],
        plan=plans[plan] if plan else None,
        started_on=dt.date.fromisoformat(started) if started else None,
        cost_kgs=Decimal(cost) if cost else None,
        noted_at=timezone.now(),
        is_sample=True,
    )
    TakeOverStep.objects.create(
        take_over=take_over,
        after=take_over.state,
        reason=take_over.given_up_reason,
        changed_at=take_over.noted_at,
    )


def _event(row, places):
    now, starts = timezone.now(), timezone.localdate() + dt.timedelta(days=row["starts_in"])
    opens, closes = row.get("call", (None, None))
    event = Event.objects.create(
        slug=row["slug"],
        kind=row["kind"],
        starts_on=starts,
        ends_on=starts + dt.timedelta(days=row["days"] - 1) if row["days"] > 1 else None,
        in_ky=row["in_ky"],
        in_ru=row["in_ru"],
        call_opens_at=now + dt.timedelta(days=opens) if opens else None,
        call_closes_at=now + dt.timedelta(days=closes) if closes else None,
        published_at=now,
        is_sample=True,
    )
    event.hosts.set(places[code] for code in row.get("hosts", []))
    add_texts(EventText, row, event=event)
    fill_search_key(event)
    return event
