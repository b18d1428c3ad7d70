"""What the pages of plans share: sorted heads, texts in another language, links in sources."""

import re

from django import template
from django.utils.html import escape, format_html, mark_safe

from lib.currencies import format_money
from lib.templatetags.money import with_minus
from lib.templatetags.site import sample_badge
from municipalities.models import current_language

register = template.Library()
ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]»”]")


@register.filter
def in_currency(value, currency):
    return with_minus(format_money(value, currency))


@register.filter
def lang(named):
    """lang="ru" for a text or a place whose words are not in the reader's language; else nothing."""
    language = getattr(named, "name_language", None) or getattr(named, "language", None)
    if not language or language == current_language():
        return ""
    return format_html(' lang="{}"', language)


@register.simple_tag
def sample_mark(plan, *fields):
    """The sample badge behind a value that no source gives."""
    return format_html(" {}", sample_badge()) if set(fields) & set(plan.sample_fields) else ""


@register.filter
def linked(text):
    """Escaped text in which addresses of http and https, and no others, are links."""
    parts, end = [], 0
    for match in ADDRESS.finditer(text):
        parts.append(escape(text[end : match.start()]))
        parts.append(format_html('<a href="{0}" rel="noopener nofollow">{0}</a>', match[0]))
        end = match.end()
    return mark_safe("".join([*parts, escape(text[end:])]))


@register.inclusion_tag("action_plans/_sort_head.html")
def sort_head(plan_filter, name, label, css="", name2="", label2="", *, largest_first=False):
    """A column head that sorts; pressed again it turns the order round. A column may have two."""
    heads = [_head(plan_filter, name, label, largest_first)]
    if name2:
        heads.append(_head(plan_filter, name2, label2, largest_first))
    direction = next((head["direction"] for head in heads if head["direction"]), "")
    return {"heads": heads, "css": css, "direction": direction}


def _head(plan_filter, name, label, largest_first):
    now = plan_filter.data.get("sort", "-starts_on")
    first, second = (f"-{name}", name) if largest_first else (name, f"-{name}")
    return {
        "label": label,
        "query": plan_filter.query_with(sort=second if now == first else first),
        "direction": {name: "ascending", f"-{name}": "descending"}.get(now, ""),
    }
