"""Addresses in Latin letters, made once from a title: /practices/taza-suu-kum-belde/"""

import unicodedata

from django.db import IntegrityError, transaction
from django.utils.text import slugify

LATIN = str.maketrans(
    dict(zip("абвгдежзийклмнопрстуфыэңөү", "abvgdejziiklmnoprstufyenou", strict=True))
    | {"ё": "io", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
    | {"ң": "ng", "ъ": "", "ь": ""}
)
LONGEST = 60  # leaves room for the number of a second one
RESERVED = {
    "new",
    "taken-over",
    "work",
}  # what stands under /conferences/ and /practices/ themselves
TRIES = 5


def slug_of(title, *, otherwise):
    """At most LONGEST letters, cut between words; `otherwise` for a title without letters or digits."""
    letters = unicodedata.normalize("NFC", title.lower()).translate(LATIN)
    slug = slugify(letters)
    if len(slug) > LONGEST:
        slug = slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]
    slug = slug.strip("-_")
    return f"{slug}-1" if slug in RESERVED or slug.isdecimal() else slug or otherwise


def free_slug(model, title, *, otherwise):
    """The slug of the title; with a number when it is taken."""
    slug = slug_of(title, otherwise=otherwise)
    taken = set(model.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


def create_with_slug(model, title, *, otherwise, **fields):
    """A row under a free address; two people who take the same one at once both get one."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                slug = free_slug(model, title, otherwise=otherwise)
                return model.objects.create(slug=slug, **fields)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    return None
