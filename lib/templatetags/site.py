"""What every page shares: icons, badges, the language and look switches, the as-of time, the share bar."""

from decimal import Decimal
from functools import cache

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lib.dates import format_moment

register = template.Library()
SHORT = {"ky": "Кыр", "ru": "Рус", "en": "Eng"}


@register.simple_tag
@cache
def icon(name):
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-{}"/></svg>', name
    )


@register.simple_tag
@cache
def key(kind):
    """The colour key of a source: own, in-kind, grant, other, all, unknown."""
    if kind == "in-kind":
        shape = mark_safe('<rect fill="url(#in-kind)" width="20" height="20"/>')
    else:
        shape = format_html('<path class="f-{}" d="M0 0h20v20H0z"/>', kind)
    return format_html('<svg class="key" aria-hidden="true">{}</svg>', shape)


@register.simple_tag
def sample_badge():
    return format_html('<span class="badge-sample">{}</span>', pgettext("badge", "sample"))


@register.simple_tag
def status_badge(plan):
    return format_html(
        '<span class="status status-{}">{}{}</span>',
        plan.status,
        icon(plan.status),
        plan.get_status_display(),
    )


@register.simple_tag
def as_of():
    return _("As of %(moment)s") % {"moment": format_moment(timezone.now())}


@register.simple_tag(takes_context=True)
def current(context, where):
    """aria-current for a navigation link: a URL name, or a namespace for everything in it."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match and (
        match.view_name == where
        or (match.namespace == where and match.view_name != "reports:programme")
    )
    return mark_safe('aria-current="page"') if here else ""


@register.simple_tag(takes_context=True)
def under(context, *paths):
    """aria-current for a navigation link to pages that stand under one of these paths."""
    path = getattr(context.get("request"), "path", "")
    return mark_safe('aria-current="page"') if path.startswith(paths) else ""


@register.inclusion_tag("_language_switch.html", takes_context=True)
def language_switch(context, *, short=False):
    languages = [(code, name, SHORT[code] if short else name) for code, name in settings.LANGUAGES]
    return {
        "languages": languages,
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("_theme_switch.html", takes_context=True)
def theme_switch(context):
    return {k: context.get(k) for k in ["theme", "request", "csrf_token"]}


@register.inclusion_tag("_share_bar.html")
def share_bar(height, minimum=None, **parts):
    """A 100 % bar in the fixed order own, in kind, grant, other, gap.

    parts: percentages (Decimal or None) by name own, in_kind, grant, other, gap; minimum: percentage or None.
    """
    bars, x = [], Decimal(0)
    for name in ["own", "in_kind", "grant", "other", "gap"]:
        width = min(parts.get(name) or Decimal(0), Decimal(100) - x)
        if width > 0:
            bars.append({"name": name, "x": _svg(x), "width": _svg(width)})
            x += width
    return {"bars": bars, "height": height, "minimum": None if minimum is None else _svg(minimum)}


def _svg(value):
    """Never localised: SVG reads 31.9, not 31,9."""
    return f"{Decimal(value):.4f}".rstrip("0").rstrip(".")
