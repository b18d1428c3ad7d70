"""What a search for an event reads: its titles and places, in all languages and spellings."""

from lib.spelling import search_key

from .models import Event


def fill_search_key(event):
    """After its texts or hosts changed; by update(), outside of history and revision."""
    texts = [part for text in event.texts.all() for part in (text.title, text.place)]
    hosts = [
        name
        for host in event.hosts.all()
        for name in (host.name_ky, host.name_ru, host.name_en, *host.other_names.splitlines())
    ]
    event.search_key = search_key(str(event.starts_on.year), *texts, *hosts)
    Event.objects.filter(pk=event.pk).update(search_key=event.search_key)
