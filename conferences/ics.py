"""An event for people's calendars (iCalendar, RFC 5545): its days, and one entry per session.

The identifiers stay for good, so a calendar that has the event already changes its entries instead of doubling them.
"""

import datetime as dt

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from icalendar import Calendar, vText
from icalendar import Event as Entry

from .programme import clock
from .programme_page import accepted_talks, sessions_of

PRODUCT = "-//PSI Portal//Conferences//EN"
MOST_DAYS = 31  # “in 2018” is no entry of 365 days


def has_calendar(event):
    return is_known_to_the_day(event) or event.sessions.exists()


def to_ics(event, *, address, at):
    """bytes; address: of the event's page, absolute."""
    sessions = sessions_of(event, list(accepted_talks(event)))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add(
        "x-wr-calname", vText(event.title)
    )  # the library escapes only what it knows as a text
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    if is_known_to_the_day(event):
        calendar.add_component(_days(event, address, at))
    for session in sessions:
        calendar.add_component(_session(event, session, address, at))
    _add_time_zone(calendar, event)
    return calendar.to_ical()


def is_known_to_the_day(event):
    days = (event.last_on - event.starts_on).days
    return event.starts_precision == "day" and days < MOST_DAYS


def _days(event, address, at):
    text = event.text
    entry = _entry(event, f"event-{event.slug}", address, at)
    _say(entry, "summary", text.title if text else event.slug, text)
    entry.add("dtstart", event.starts_on)
    entry.add("dtend", event.last_on + dt.timedelta(days=1))  # the first day after it
    entry.add("transp", "TRANSPARENT")  # the sessions say when somebody is busy
    if text and text.place:
        _say(entry, "location", text.place, text)
    if text and text.about:
        _say(entry, "description", text.about, text)
    return entry


def _session(event, session, address, at):
    entry = _entry(event, f"session-{session.pk}.{event.slug}", address, at)
    zone = timezone.get_default_timezone()
    _say(entry, "summary", session.name, named=session)
    entry.add("dtstart", session.starts_at.astimezone(zone))
    entry.add("dtend", session.ends_at.astimezone(zone))
    place = event.text.place if event.text else ""
    hall = session.hall.name if session.hall else ""
    if hall or place:
        _say(entry, "location", ", ".join(filter(None, [hall, place])), event.text)
    if description := _description(event, session):
        _say(entry, "description", description)
    return entry


def _entry(event, name, address, at):
    entry = Entry()
    entry.add("uid", f"{name}@psi-portal")
    entry.add("dtstamp", at)
    entry.add("sequence", event.revision)
    entry.add("status", "CONFIRMED" if event.is_published else "TENTATIVE")
    entry.add("url", address)
    return entry


def _description(event, session):
    lines = [event.title]
    if session.moderator:
        lines.append(_("Moderator: %(name)s") % {"name": session.moderator})
    for talk in session.talks:
        words = {"begins": clock(talk.starts_at), "title": talk.title, "who": who(talk)}
        if words["who"]:
            lines.append(pgettext("line of a programme", "%(begins)s %(title)s (%(who)s)") % words)
        else:
            lines.append(f"{words['begins']} {words['title']}")
    return "\n".join(filter(None, lines))


def who(talk):
    """The municipalities and the speakers, as the public reads them."""
    places = [place.name for place in talk.places]
    people = [speaker.shown for speaker in talk.people]
    return "; ".join(filter(None, [", ".join(places), ", ".join(people)]))


def _say(entry, name, words, text=None, *, named=None):
    """In which language it is: of a text without a translation not the reader's."""
    language = text.language if text else named.name_language if named else _reader()
    entry.add(name, words, parameters={"LANGUAGE": language})


def _reader():
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def _add_time_zone(calendar, event):
    """From the day before, or the zone would begin after the first session."""
    day = dt.timedelta(days=1)
    calendar.add_missing_timezones(first_date=event.starts_on - day, last_date=event.last_on + day)
