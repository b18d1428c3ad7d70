"""Entering an event, publishing it, taking it back, deleting one that nothing hangs on."""

from django.core.exceptions import BadRequest, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .conflict import refuse_older
from .event_search import fill_search_key
from .models import Event
from .programme import check_days
from .slugs import create_with_slug

# What an event may not have when it is deleted: name of the relation → what it is called.
BELONGINGS = [
    "presentations",
    "recommendations",
    "documents",
    "sessions",
    "halls",
    "speakers",
    "attendance",
]


def create_event(*, facts, hosts, texts, key, by):
    """A draft under an address of its own. The same form sent twice (its key) is one event."""
    existing = Event.objects.filter(creation_key=key).first()
    if existing is None:
        try:
            return _create(facts, hosts=hosts, texts=texts, key=key, by=by)
        except IntegrityError:  # the same form came twice at once
            existing = Event.objects.filter(creation_key=key).first()
            if existing is None:
                raise
    if existing.created_by_id != by.pk:
        raise BadRequest("creation_key of somebody else")
    # Sent again, perhaps changed: Conflict when somebody went on with it meanwhile.
    return save_event(
        event_id=existing.pk, facts=facts, hosts=hosts, texts=texts, revision=1, by=by
    )


@transaction.atomic
def _create(facts, *, hosts, texts, key, by):
    year = facts["starts_on"].year
    event = create_with_slug(
        Event,
        f"{year} {texts.title}",
        otherwise=f"{year}-{facts['kind']}",
        creation_key=key,
        created_by=by,
        **facts,
    )
    event.hosts.set(hosts)
    texts.save(event, by=by)
    fill_search_key(event)
    return event


@transaction.atomic
def save_event(*, event_id, facts, hosts, texts, revision, by):
    """Saves what was typed over `revision`; Conflict when a newer one says something else."""
    event = _locked(event_id)
    if _says_the_same(event, facts, hosts, texts):
        return event  # a double click: it is saved already
    refuse_older(event, revision)
    days = event.starts_on, event.last_on
    for name, value in facts.items():
        setattr(event, name, value)
    event.revision += 1
    event._history_user = by
    event.save()
    if (event.starts_on, event.last_on) != days:
        check_days(event, event.starts_on, event.last_on)
    event.hosts.set(hosts)
    texts.save(event, by=by)
    fill_search_key(event)
    return event


def _says_the_same(event, facts, hosts, texts):
    return (
        all(getattr(event, name) == value for name, value in facts.items())
        and set(event.hosts.all()) == set(hosts)
        and not texts.differ_from(event)
    )


@transaction.atomic
def publish(*, event_id, by):
    """From now on everybody reads it. Published once more it stays as it is."""
    event = _locked(event_id)
    if event.is_published:
        return event
    if not event.title:
        raise ValidationError(_("Write a title before you publish the event."))
    return _set_published(event, at=timezone.now(), by=by)


@transaction.atomic
def unpublish(*, event_id, by):
    """Only the office sees it again; its address and everything in it stays."""
    event = _locked(event_id)
    return _set_published(event, at=None, by=by) if event.is_published else event


def _set_published(event, *, at, by):
    event.published_at, event.published_by = at, by if at else None
    event.revision += 1
    event._history_user = by
    event.save(update_fields=["published_at", "published_by", "revision"])
    return event


def belongings(event):
    """{relation: how many}: what keeps an event from being deleted."""
    counts = {name: getattr(event, name).count() for name in BELONGINGS}
    return {name: count for name, count in counts.items() if count}


@transaction.atomic
def remove(*, event_id, by):
    event = _locked(event_id)
    if event.is_published:
        raise ValidationError(_("A published event cannot be deleted. Withdraw it first."))
    if belongings(event):
        raise ValidationError(_("Something belongs to this event already, so it stays."))
    for text in event.texts.all():
        text._history_user = by
        text.delete()
    event._history_user = by
    event.delete()


def _locked(event_id):
    return Event.objects.select_for_update(of=("self",)).get(pk=event_id)
