"""The portal's texts and their translations, without gettext's programs.

messages.py update               new texts into locale/*/…/django.po, gone ones out of it
messages.py check                what is missing, left over, copied or has a wrong placeholder
messages.py missing [ky|ru]      what a translator has to do, one JSON object a line
messages.py fill ky file.json    {"text": "translation"}, plurals as a list, with context "context\\u0004text"
messages.py compile file.po …    what the running portal reads (done by set-up)
"""

import io
import json
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SAME = ROOT / "tools" / "messages_same.txt"
SKIPPED = {
    "node_modules",
    "tests",
    "tools",
    "bench",
    "static",
    "staticfiles",
    "var",
    "locale",
    "migrations",
    "docs",
}
PLURAL_FORMS = {
    "ky": "nplurals=1; plural=0;",
    # 3 forms: whole numbers need no fourth. Django keeps catalogues with other rules (its own) apart.
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
}
NAMES = ["_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"]
NAMES += ["pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"]


class Text(NamedTuple):
    context: str | None
    msgid: str
    plural: str | None

    @property
    def key(self):
        return f"{self.context}\x04{self.msgid}" if self.context else self.msgid


# --- Reading the source -----------------------------------------------------------------------


def arguments(name):
    """Where Babel finds context, text and plural in a call, by the letters of the function's name."""
    has_context, has_plural = "pgettext" in name, name.startswith("n")
    first = 2 if has_context else 1
    context = [(1, "c")] if has_context else []
    return (*context, first, *([first + 1] if has_plural else []))


KEYWORDS = {name: arguments(name) for name in NAMES}


def python_texts(source):
    for _line, message, _comments, context in extract(
        "python", io.BytesIO(source.encode()), KEYWORDS
    ):
        msgid, plural = message if isinstance(message, tuple) else (message, None)
        yield Text(context, msgid, plural)


def template_texts(source):
    # Django turns a template into calls of gettext among filler; its indentation is no Python.
    calls = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    return python_texts(calls)


def source_files(root):
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name for name in folders if name not in SKIPPED and not name.startswith(".")
        )
        in_templates = "templates" in Path(folder).parts
        for name in sorted(files):
            if name.endswith(".py") or (in_templates and name.endswith((".html", ".txt"))):
                yield Path(folder, name)


def texts_in(root):
    """Text → the files it stands in, relative to `root`."""
    found = {}
    for path in source_files(root):
        read = python_texts if path.suffix == ".py" else template_texts
        for text in read(path.read_text("utf-8")):
            found.setdefault(text, set()).add(path.relative_to(root).as_posix())
    return found


# --- Catalogues -------------------------------------------------------------------------------


def catalogue_path(language, root=ROOT):
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language, root=ROOT):
    path = catalogue_path(language, root)
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def text_of(entry):
    return Text(entry.msgctxt, entry.msgid, entry.msgid_plural or None)


def forms_of(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def number_of_forms(language):
    return int(re.search(r"nplurals=(\d)", PLURAL_FORMS[language])[1])


def is_translated(entry, language):
    expected = number_of_forms(language) if entry.msgid_plural else 1
    forms = forms_of(entry)
    return len(forms) == expected and all(forms)


def update(language, source, root=ROOT):
    old = {text_of(entry): entry for entry in read_catalogue(language, root)}
    new = polib.POFile()
    new.metadata = {
        "Project-Id-Version": "psi-portal",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    for text, files in sorted(
        source.items(), key=lambda item: (item[0].msgid, item[0].context or "")
    ):
        entry = old.get(text) or empty_entry(text, language)
        entry.occurrences = [(name, "") for name in sorted(files)]
        new.append(entry)
    path = catalogue_path(language, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != str(new):
        path.write_text(str(new), "utf-8")
    return len(set(source) - set(old)), len(set(old) - set(source))


def empty_entry(text, language):
    entry = polib.POEntry(msgctxt=text.context, msgid=text.msgid, msgid_plural=text.plural or "")
    if text.plural:
        entry.msgstr_plural = dict.fromkeys(range(number_of_forms(language)), "")
    if "%(" in text.msgid or "%s" in text.msgid:
        entry.flags.append("python-format")
    return entry


# --- Checking ---------------------------------------------------------------------------------


def problems(source, catalogues, same=frozenset()):
    """Sentences about {language: catalogue}; none when all is well."""
    for language, catalogue in catalogues.items():
        entries = {text_of(entry): entry for entry in catalogue}
        for text in source.keys() - entries.keys():
            yield f"{language}: not in the catalogue (make messages): {text.msgid!r}"
        for text in entries.keys() - source.keys():
            yield f"{language}: no longer in the source (make messages): {text.msgid!r}"
        for text in entries.keys() & source.keys():
            yield from entry_problems(entries[text], language, same)
    yield from equal_translations(catalogues, same)


def entry_problems(entry, language, same):
    if not is_translated(entry, language):
        yield f"{language}: not translated: {entry.msgid!r}"
        return
    if entry.fuzzy:
        yield f"{language}: fuzzy: {entry.msgid!r}"
    if entry.msgid in forms_of(entry) and may_differ(entry.msgid, same):
        yield f"{language}: same as English: {entry.msgid!r}"
    expected = placeholders(entry.msgid_plural or entry.msgid)
    for form in forms_of(entry):
        if placeholders(form) != expected:
            yield f"{language}: placeholders differ: {entry.msgid!r} → {form!r}"


def equal_translations(catalogues, same):
    ky, ru = (
        {text_of(entry): forms_of(entry) for entry in catalogues.get(name, [])}
        for name in ("ky", "ru")
    )
    for text in ky.keys() & ru.keys():
        if ky[text][0] and ky[text][0] in ru[text] and may_differ(text.msgid, same):
            yield f"ky and ru are the same: {text.msgid!r} → {ky[text][0]!r}"


PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def placeholders(text):
    return sorted(set(PLACEHOLDER.findall(text.replace("%%", ""))))


def may_differ(msgid, same):
    has_words = re.search(r"[^\W\d_]", PLACEHOLDER.sub("", msgid))
    return bool(has_words) and msgid not in same


def words_that_may_be_same():
    lines = SAME.read_text("utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


# --- For translators --------------------------------------------------------------------------


def missing(language, source):
    entries = {text_of(entry): entry for entry in read_catalogue(language)}
    for text, files in sorted(source.items(), key=lambda item: (sorted(item[1]), item[0].msgid)):
        if text not in entries or not is_translated(entries[text], language) or entries[text].fuzzy:
            forms = number_of_forms(language) if text.plural else 1
            facts = {"language": language, "key": text.key, "plural": text.plural, "forms": forms}
            yield json.dumps(facts | {"files": sorted(files)}, ensure_ascii=False)


def fill(language, translations, root=ROOT):
    """Write translations; return the keys that could not be written."""
    catalogue = read_catalogue(language, root)
    entries = {text_of(entry).key: entry for entry in catalogue}
    refused = [
        key
        for key, value in translations.items()
        if not fill_one(entries.get(key), value, language)
    ]
    catalogue.save(str(catalogue_path(language, root)))
    return refused


def fill_one(entry, value, language):
    forms = [value] if isinstance(value, str) else value
    if entry is None or len(forms) != (number_of_forms(language) if entry.msgid_plural else 1):
        return False
    if entry.msgid_plural:
        entry.msgstr_plural = dict(enumerate(forms))
    else:
        entry.msgstr = forms[0]
    entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    return True


def compile_catalogue(path):
    try:
        polib.pofile(str(path)).save_as_mofile(str(Path(path).with_suffix(".mo")))
    except (OSError, ValueError) as error:
        sys.exit(f"{path} cannot be compiled: {error}")


# --- Commands ---------------------------------------------------------------------------------


def main(command="", *words):
    if command == "compile":
        for path in words:
            compile_catalogue(path)
    elif command == "update":
        source = texts_in(ROOT)
        for language in PLURAL_FORMS:
            new, gone = update(language, source)
            todo = len(list(missing(language, source)))
            print(f"{language}: {len(source)} texts, {new} new, {gone} gone, {todo} to translate")
    elif command == "check":
        catalogues = {language: read_catalogue(language) for language in PLURAL_FORMS}
        found = sorted(problems(texts_in(ROOT), catalogues, words_that_may_be_same()))
        print(*found, f"Translations: {len(found)} problems", sep="\n")
        sys.exit(bool(found))
    elif command == "missing":
        source = texts_in(ROOT)
        for language in words or PLURAL_FORMS:
            print(*missing(language, source), sep="\n")
    elif command == "fill" and len(words) == 2 and words[0] in PLURAL_FORMS:
        update(words[0], texts_in(ROOT))
        refused = fill(words[0], json.loads(Path(words[1]).read_text("utf-8")))
        sys.exit(
            "Not in the source, or a wrong number of forms:\n" + "\n".join(refused)
            if refused
            else 0
        )
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
