"""What a search for a practice reads: its words, its area and its place, in all languages and spellings."""

from lib.spelling import fold, search_key
from municipalities.models import without_kind

from .models import PracticeVersion

NAMES = ("name_ky", "name_ru", "name_en")
# Different ones of problem and solution, in each language: some 400 words of text. A search reads the keys
# of all practices, so the first practice that copies a book into itself must not make it slow.
MAX_WORDS = 250


def search_text(version):
    """For PracticeVersion.search_key, after its texts, area or municipality were saved."""
    texts = list(version.texts.all())
    titles = [text.title for text in texts]
    words = [word for text in texts for word in _words(text.problem, text.solution)]
    words = dict.fromkeys(words)
    return "|".join(filter(None, [search_key(*titles, *_names(version.practice)), *words]))


def fill_search_key(version):
    version.search_key = search_text(version)
    PracticeVersion.objects.filter(pk=version.pk).update(search_key=version.search_key)


def _names(practice):
    """Of the area and what it is part of; of the place, its district and its region."""
    area, place = practice.area, practice.municipality
    areas = [area, area.parent] if area else []
    names = [getattr(each, name) for each in areas if each for name in NAMES]
    for each in (place, place.district, place.region):
        if each:
            spellings = [*(getattr(each, name) for name in NAMES), *each.other_names.splitlines()]
            names += map(without_kind, spellings)
    return names


def _words(*texts):
    """Each word once: a search asks whether a word is there, not how often or where."""
    words = dict.fromkeys(word for text in texts for word in text.split())
    return list(filter(None, dict.fromkeys(map(fold, words))))[:MAX_WORDS]
