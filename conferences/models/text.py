"""What is written, one row per language: one of them is the original, the others are translations."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.models import current_language


class TextState(models.TextChoices):
    ORIGINAL = "original", pgettext_lazy("translation state", "original")
    DRAFT = "draft", pgettext_lazy("translation state", "draft translation")
    CHECKED = "checked", pgettext_lazy("translation state", "checked translation")


class LanguageText(models.Model):
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    is_original = models.BooleanField(_("original"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=TextState, default=TextState.DRAFT)

    class Meta:
        abstract = True


def text_rules(owner):
    """The constraints of a model of texts whose foreign key is called `owner`."""
    return [
        models.UniqueConstraint(name="%(class)s_once_per_language", fields=[owner, "language"]),
        models.UniqueConstraint(
            name="%(class)s_one_original", fields=[owner], condition=Q(is_original=True)
        ),
        models.CheckConstraint(
            name="%(class)s_original_is_its_state",
            condition=Q(is_original=True, state="original")
            | (Q(is_original=False) & ~Q(state="original")),
        ),
        models.CheckConstraint(
            name="%(class)s_language_known",
            condition=Q(language__in=[code for code, _name in settings.LANGUAGES]),
        ),
    ]


class Written(models.Model):
    """Something that has `texts`."""

    class Meta:
        abstract = True

    @property
    def text(self):
        """The text in the reader's language, else the original, else any; None if there is none yet."""
        # A page of hundreds reads them by Prefetch(to_attr="read_texts"): a manager for each takes longer.
        rows = self.__dict__.get("read_texts")
        texts = {text.language: text for text in (self.texts.all() if rows is None else rows)}
        original = next((text for text in texts.values() if text.is_original), None)
        return texts.get(current_language()) or original or next(iter(texts.values()), None)

    @property
    def original(self):
        return next((text for text in self.texts.all() if text.is_original), None)

    @property
    def title(self):
        return self.text.title if self.text else ""
