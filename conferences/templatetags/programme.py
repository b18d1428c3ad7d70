"""The programme in templates."""

from django import template
from django.utils import timezone

from conferences.ics import is_known_to_the_day, who
from conferences.programme import clock
from conferences.programme_page import days_of, lines_of, programme_of

register = template.Library()
register.filter("clock", clock)
register.filter("lines", lines_of)
register.filter("who", who)
register.filter("is_known_to_the_day", is_known_to_the_day)


@register.simple_tag
def days_of_programme(event, talks):
    """[Day]; talks: those of the page, which has them already, or None. Read once for a page."""
    if not hasattr(event, "days_of_programme"):
        days = programme_of(event).days if talks is None else days_of(event, talks)
        event.days_of_programme = days
    return event.days_of_programme


@register.filter
def is_other_day(moment, at):
    return timezone.localdate(moment) != timezone.localdate(at)
