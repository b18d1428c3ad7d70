"""tools/messages.py: finding the portal's texts and judging their translations."""

import polib
import pytest

from tools.messages import (
    Text,
    fill,
    problems,
    python_texts,
    read_catalogue,
    template_texts,
    update,
)

SAVE = Text(None, "Save", None)
PLANS = Text(None, "%(n)s plan", "%(n)s plans")


def catalogue(**translations):
    entries = polib.POFile()
    entries.extend(
        polib.POEntry(msgid=msgid, msgstr=msgstr) for msgid, msgstr in translations.items()
    )
    return entries


def test_python_calls_are_found_with_context_and_plural():
    source = '_("Save"); pgettext("month", "May"); ngettext_lazy("%(n)s plan", "%(n)s plans", 2)'
    assert list(python_texts(source)) == [SAVE, Text("month", "May", None), PLANS]


def test_trimmed_plural_block_of_a_template_is_found():
    template = """{% load i18n %}
        <p title="{% translate "Save" %}">{% blocktranslate trimmed count n=plans|length %}
            {{ n }} plan
            of the year
          {% plural %}
            {{ n }} plans
        {% endblocktranslate %}</p>"""
    assert list(template_texts(template)) == [
        SAVE,
        Text(None, "%(n)s plan of the year", "%(n)s plans"),
    ]


@pytest.mark.parametrize(
    ("ky", "ru", "complaint"),
    [
        ("Сактоо", "Сохранить", None),
        ("", "Сохранить", "ky: not translated: 'Save'"),
        ("Save", "Сохранить", "ky: same as English: 'Save'"),
        ("Сохранить", "Сохранить", "ky and ru are the same: 'Save' → 'Сохранить'"),
        ("Сактоо %(n)s", "Сохранить", "ky: placeholders differ: 'Save' → 'Сактоо %(n)s'"),
    ],
)
def test_check_names_the_problem(ky, ru, complaint):
    found = list(problems({SAVE: {"a.py"}}, {"ky": catalogue(Save=ky), "ru": catalogue(Save=ru)}))
    assert found == ([complaint] if complaint else [])


def test_check_finds_what_only_the_source_or_only_the_catalogue_has():
    found = list(problems({SAVE: {"a.py"}}, {"ky": catalogue(Open="Ачуу")}))
    assert [line.split(":")[1] for line in found] == [
        " not in the catalogue (make messages)",
        " no longer in the source (make messages)",
    ]


def test_words_on_the_list_may_be_the_same():
    csv = {Text(None, "CSV", None): {"a.py"}}
    catalogues = {"ky": catalogue(CSV="CSV"), "ru": catalogue(CSV="CSV")}
    assert list(problems(csv, catalogues, same={"CSV"})) == []


def test_update_keeps_translations_and_drops_what_is_gone(tmp_path):
    update("ru", {SAVE: {"a.py"}, PLANS: {"b.html"}}, tmp_path)
    assert fill("ru", {"Save": "Сохранить", "%(n)s plan": ["one form"]}, tmp_path) == ["%(n)s plan"]
    assert update("ru", {SAVE: {"c.py"}, Text(None, "Open", None): {"c.py"}}, tmp_path) == (1, 1)
    entries = {
        entry.msgid: (entry.msgstr, entry.occurrences) for entry in read_catalogue("ru", tmp_path)
    }
    assert entries == {"Open": ("", [("c.py", "")]), "Save": ("Сохранить", [("c.py", "")])}


def test_updating_twice_changes_nothing(tmp_path):
    source = {SAVE: {"a.py"}, PLANS: {"b.html", "a.html"}}
    update("ky", source, tmp_path)
    fill("ky", {"Save": "Сактоо", "%(n)s plan": "%(n)s план"}, tmp_path)
    before = (tmp_path / "locale/ky/LC_MESSAGES/django.po").read_text("utf-8")
    assert update("ky", source, tmp_path) == (0, 0)
    assert (tmp_path / "locale/ky/LC_MESSAGES/django.po").read_text("utf-8") == before
