"""What a search for a presentation reads: topic, abstract, area and municipalities, in all languages and spellings."""

from lib.spelling import search_key

from .models import Presentation


def fill_search_key(talk):
    """After its texts, area or municipalities changed; by update(), outside of history and revision."""
    texts = [part for text in talk.texts.all() for part in (text.title, text.abstract)]
    area = talk.area
    names = [area.name_ky, area.name_ru, area.name_en] if area else []
    for place in talk.municipalities.all():
        names += [place.name_ky, place.name_ru, place.name_en, *place.other_names.splitlines()]
    talk.search_key = search_key(*texts, *names)
    Presentation.objects.filter(pk=talk.pk).update(search_key=talk.search_key)
