"""What the form of a new session proposes: after the one before it."""

import datetime as dt

from django.utils import timezone

NINE = dt.time(9)
LONG = dt.timedelta(hours=1)


def proposed(event, asked):
    """?after=<session>: the same hall, from its end on; else after the last one of the first day."""
    after = _after(event, asked.get("after", ""))
    if after is None:
        begins = timezone.make_aware(dt.datetime.combine(event.starts_on, NINE))
        return _times(begins) | {"kind": "plenary"}
    return _times(after.ends_at) | {"kind": "talks", "hall": after.hall_id}


def _after(event, asked):
    sessions = event.sessions.order_by("-ends_at")
    if asked.isdecimal() and len(asked) < 18:
        return sessions.filter(pk=asked).first()
    return sessions.first()


def _times(begins):
    begins = timezone.localtime(begins)
    ends = begins + LONG
    same_day = ends.date() == begins.date()
    return {
        "day": begins.date(),
        "begins": begins.time(),
        "ends": ends.time() if same_day else None,
    }
