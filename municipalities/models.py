"""The places: region > district > municipality, each with a code that never changes.

Names are never keys: 31 aimak names are used more than once in the country.
"""

import re

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lib.spelling import fold_words, search_key, sort_key

# What a place is, not what it is called: "ак" is to find Ak-Suu, not every айылный аймак.
KIND_WORDS = re.compile(
    r"(?<!\w)(г\.|айылн\w+|айыл|аймак\w*|аймаг\w+|район\w*|област\w+|облус\w*|город|шаар\w*"
    r"|aiyl|aimak|district|region|city|town|rayon|oblast)(?!\w)",
    re.IGNORECASE,
)
LANGUAGE_CODES = [code for code, _name in settings.LANGUAGES]


def current_language():
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return language if language in LANGUAGE_CODES else settings.LANGUAGE_CODE


def without_kind(name):
    """“Улаколский” of “Улаколский айылный аймак”; a name of kind words only stays as it is."""
    return KIND_WORDS.sub(" ", name).strip() or name


class Named(models.Model):
    """Three columns for a name; an empty one falls back to Russian, and the page says so."""

    name_ky = models.CharField(_("name in Kyrgyz"), max_length=200, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def name_language(self):
        """The language the shown name is in: the reader's, else Russian, else any."""
        for language in [current_language(), "ru", "ky", "en"]:
            if getattr(self, f"name_{language}"):
                return language
        return current_language()

    @property
    def name(self):
        return getattr(self, f"name_{self.name_language}")

    @property
    def name_is_borrowed(self):
        return self.name_language != current_language()


class PlaceQuerySet(models.QuerySet):
    def search(self, words):
        """Every spelling in Latin, Russian and Kyrgyz; each word must be found."""
        for word in fold_words(without_kind(words)):
            self = self.filter(search_key__contains=word)
        return self

    def by_name(self):
        return self.order_by(f"sort_{current_language()}", "code")

    def current(self):
        return self.filter(gone_on=None)


class Place(Named):
    code = models.CharField(
        _("code"),
        max_length=14,
        unique=True,
        help_text=_(
            "SOATE code; a place without one has a code of this portal that begins with X."
        ),
    )
    other_names = models.TextField(
        _("other spellings"),
        blank=True,
        help_text=_("One per line; found by search, not shown as a name."),
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(
        _("year of the population"), null=True, blank=True
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    note = models.TextField(_("note"), blank=True)
    source = models.TextField(_("source"), blank=True)
    gone_on = models.DateField(
        _("not in the register since"),
        null=True,
        blank=True,
        help_text=_("A place that is gone keeps its page."),
    )
    search_key = models.TextField(editable=False, default="")
    sort_ky = models.CharField(max_length=400, editable=False, default="")
    sort_ru = models.CharField(max_length=400, editable=False, default="")
    sort_en = models.CharField(max_length=400, editable=False, default="")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["code"]

    def save(self, *args, **kwargs):
        self.fill_keys()
        super().save(*args, **kwargs)

    def fill_keys(self):
        """What search and sorting read; bulk loaders call it themselves."""
        names = [self.name_ky, self.name_ru, self.name_en]
        spellings = [*names, *self.other_names.splitlines()]
        self.search_key = search_key(*map(without_kind, spellings))
        for language in LANGUAGE_CODES:
            shown = (
                getattr(self, f"name_{language}") or self.name_ru or self.name_en or self.name_ky
            )
            setattr(self, f"sort_{language}", sort_key(shown, language)[:400])

    @property
    def has_soate_code(self):
        return not self.code.startswith("X")


class Region(Place):
    class Kind(models.TextChoices):
        REGION = "region", pgettext_lazy("kind of place", "region")
        CITY = "city", pgettext_lazy("kind of place", "city of republican significance")

    kind = models.CharField(_("kind"), choices=Kind, default=Kind.REGION, max_length=10)
    iso = models.CharField("ISO 3166-2", max_length=6, unique=True)

    class Meta(Place.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def get_absolute_url(self):
        return reverse("municipalities:region", args=[self.iso])


class District(Place):
    class Kind(models.TextChoices):
        DISTRICT = "district", pgettext_lazy("kind of place", "district")
        CITY_DISTRICT = "city_district", pgettext_lazy("kind of place", "city district")

    kind = models.CharField(_("kind"), choices=Kind, default=Kind.DISTRICT, max_length=15)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="districts", verbose_name=_("region")
    )

    class Meta(Place.Meta):
        verbose_name = _("district")
        verbose_name_plural = _("districts")

    def get_absolute_url(self):
        return reverse("municipalities:district", args=[self.code])


class MunicipalityQuerySet(PlaceQuerySet):
    def for_list(self):
        return self.select_related("region", "district")

    def with_predecessors(self, pk):
        """The ids of a municipality and of every place that was merged into it, at any remove."""
        found, new = {pk}, {pk}
        while new:
            links = Succession.objects.filter(successor__in=new).values_list(
                "predecessor", flat=True
            )
            new = set(links) - found
            found |= new
        return found


class Municipality(Place):
    class Kind(models.TextChoices):
        REPUBLICAN_CITY = (
            "republican_city",
            pgettext_lazy("kind of place", "city of republican significance"),
        )
        REGIONAL_CITY = (
            "regional_city",
            pgettext_lazy("kind of place", "city of regional significance"),
        )
        DISTRICT_CITY = (
            "district_city",
            pgettext_lazy("kind of place", "city of district significance"),
        )
        AIYL_AIMAK = "aiyl_aimak", pgettext_lazy("kind of place", "aiyl aimak")

    kind = models.CharField(_("kind"), choices=Kind, default=Kind.AIYL_AIMAK, max_length=16)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="municipalities", verbose_name=_("region")
    )
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        related_name="municipalities",
        null=True,
        blank=True,
        verbose_name=_("district"),
    )

    objects = MunicipalityQuerySet.as_manager()

    class Meta(Place.Meta):
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")

    def get_absolute_url(self):
        return reverse("municipalities:detail", args=[self.code])

    @property
    def is_city(self):
        return self.kind != self.Kind.AIYL_AIMAK


class Succession(models.Model):
    """What became of a place. The predecessor keeps its page and its plans."""

    class Kind(models.TextChoices):
        MERGED = "merged", pgettext_lazy("kind of succession", "merged")
        SPLIT = "split", pgettext_lazy("kind of succession", "split")
        RENAMED = "renamed", pgettext_lazy("kind of succession", "renamed")
        VOIDED = "voided", pgettext_lazy("kind of succession", "declared void")

    predecessor = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="successions", verbose_name=_("from")
    )
    successor = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="precessions", verbose_name=_("to")
    )
    on = models.DateField(_("on"), null=True, blank=True)
    kind = models.CharField(_("kind"), choices=Kind, max_length=10)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="succession_is_between_two_places", condition=~Q(predecessor=F("successor"))
            ),
            models.UniqueConstraint(
                name="succession_once", fields=["predecessor", "successor", "kind"]
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"
