"""Names of places, marked when they are borrowed from another language."""

from django import template
from django.utils.html import format_html
from django.utils.translation import pgettext_lazy

register = template.Library()
# Short: it stands behind each name that the source gives in another language only.
IN_LANGUAGE = {
    "ky": pgettext_lazy("mark of a borrowed name", "in Kyrgyz"),
    "ru": pgettext_lazy("mark of a borrowed name", "in Russian"),
    "en": pgettext_lazy("mark of a borrowed name", "in English"),
}


@register.simple_tag
def place_name(place):
    if not place.name_is_borrowed:
        return place.name
    return format_html('<span lang="{}">{}</span>{}', place.name_language, place.name, mark(place))


@register.simple_tag
def place_link(place):
    """The mark stands behind the link, so that the link is only the name."""
    address = place.get_absolute_url()
    if not place.name_is_borrowed:
        return format_html('<a href="{}">{}</a>', address, place.name)
    return format_html(
        '<a href="{}" lang="{}">{}</a>{}', address, place.name_language, place.name, mark(place)
    )


def mark(place):
    return format_html(
        ' <span class="fine fw-normal text-nowrap">({})</span>', IN_LANGUAGE[place.name_language]
    )
