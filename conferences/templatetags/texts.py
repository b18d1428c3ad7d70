"""What is written in three languages: which languages there are, and in which one it is shown."""

from django import template
from django.conf import settings

from municipalities.models import current_language

register = template.Library()


@register.filter
def translations(row):
    """[{"code", "name", "text"}] of every language; text is None where nothing is written yet."""
    texts = {text.language: text for text in row.texts.all()}
    return [
        {"code": code, "name": name, "text": texts.get(code)} for code, name in settings.LANGUAGES
    ]


@register.filter
def is_foreign(text):
    """Whether the text is not in the reader's language."""
    return bool(text) and text.language != current_language()
