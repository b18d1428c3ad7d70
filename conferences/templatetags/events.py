"""What pages of events share: their days in words, a place that is a link for who may open it."""

from django import template
from django.conf import settings
from django.utils.html import format_html

from action_plans.templatetags.plans import lang
from lib.dates import Precision, format_days, format_partial

register = template.Library()
NAMES = dict(settings.LANGUAGES)


@register.filter
def event_dates(event):
    """30 Nov 2018 · 11–12 Oct 2018 · April 2016"""
    first, last = event.starts_on, event.ends_on
    if last is None or last == first:
        return format_partial(first, event.starts_precision)
    if event.starts_precision == Precision.DAY:
        return format_days(first, last)
    shown = [format_partial(day, event.starts_precision) for day in (first, last)]
    return " – ".join(dict.fromkeys(shown))


@register.filter
def language_names(codes):
    return ", ".join(NAMES[code] for code in codes)


@register.simple_tag(takes_context=True)
def place_name(context, place):
    """The page of a place is for who is signed in; everybody else reads its name."""
    user = context.get("user")
    return named(place, link=user is not None and user.is_authenticated)


@register.filter
def named(row, *, link=False):
    """A name in its language; as a link to its page."""
    if link:
        return format_html('<a href="{}"{}>{}</a>', row.get_absolute_url(), lang(row), row.name)
    return format_html("<span{}>{}</span>", lang(row), row.name)
