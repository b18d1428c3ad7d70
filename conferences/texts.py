"""Texts as files bring them: {"texts": {language: {field: text}}, "original": language}."""

from .models import TextState


def add_texts(model, row, **owner):
    """A row per language of `model`; translations named in row["checked"] have been checked."""
    for language, text in row["texts"].items():
        original = language == row["original"]
        checked = TextState.CHECKED if language in row.get("checked", []) else TextState.DRAFT
        model.objects.create(
            **owner,
            **text,
            language=language,
            is_original=original,
            state=TextState.ORIGINAL if original else checked,
        )
