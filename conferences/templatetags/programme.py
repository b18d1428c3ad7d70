"""The programme in templates."""

from django import template
from django.utils import timezone

from conferences.ics import who
from conferences.programme import clock
from conferences.programme_page import days_of, programme_of

register = template.Library()
register.filter("clock", clock)
register.filter("who", who)


@register.simple_tag
def days_of_programme(event, talks):
    """[Day]; talks: those of the page, which has them already, or None."""
    return programme_of(event).days if talks is None else days_of(event, talks)


@register.filter
def is_other_day(moment, at):
    return timezone.localdate(moment) != timezone.localdate(at)
