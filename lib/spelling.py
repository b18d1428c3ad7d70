"""Names of places in Latin, Russian and Kyrgyz letters: one key to find them, one to sort them."""

import re
import unicodedata

# What sounds alike in the three spellings becomes one Latin letter; x stands for sh, c for ch.
LETTERS = str.maketrans(
    dict(zip("абвгдежзийклмнңоөпрстуүфхчшщыэ", "abvgdejziiklmnnooprstuufkcxxie", strict=True))
    | {"ё": "ie", "ю": "iu", "я": "ia", "ц": "ts", "ў": "u", "қ": "k", "ғ": "g", "ҳ": "k"}
    | {"ö": "o", "ü": "u", "ı": "i", "ñ": "n", "ş": "x", "ç": "c", "ğ": "g"}
    | dict.fromkeys("ьъ'’‘ʼ`´", "")
)
SOUNDS = [  # in this order: an h alone is left after zh, sh, ch, kh
    (re.compile(letters), sound)
    for letters, sound in [
        ("dzh|dj|zh", "j"),
        ("shch|sh", "x"),
        ("ch", "c"),
        ("gh", "g"),
        ("kh|h|q", "k"),
        ("ng", "n"),
        ("w", "v"),
        ("[iy]+", "i"),
        ("i(?=[aeu])", ""),
        ("io", "e"),
        ("(?<=....[aeou])i$", ""),  # Аралбай is to find Аралбаевский
    ]
]
SEPARATORS = re.compile(r"[\W_]+")
REPEATED = re.compile(r"(.)\1+")
MAX_WORDS, MAX_QUERY = 8, 100


def fold(text):
    """One key for every spelling: “Жаңы-Жол”, “Джаны жол” and “Zhany-Zhol” are janijol.

    Made for `fold(word) in search_key(…)`. Letters of other scripts stay, and so find nothing.
    """
    letters = unicodedata.normalize("NFC", text.lower()).translate(LETTERS)
    return REPEATED.sub(r"\1", "".join(map(_sound, SEPARATORS.split(letters))))


def _sound(part):
    for letters, sound in SOUNDS:
        part = letters.sub(sound, part)
    return part


def fold_words(query):
    """The folded words of a search; each must be found. A hyphen joins: “Ak-Suu” is one word."""
    folded = (fold(word) for word in query[:MAX_QUERY].split())
    return [word for word in folded if word][:MAX_WORDS]


def search_key(*names):
    """Folded names for a substring search: those of a place in all languages, and other spellings.

    Each also without its hyphens and spaces, because “Saryoy” sounds otherwise than “Sary-Oy”.
    """
    spellings = [
        spelling for name in names if name for spelling in (name, SEPARATORS.sub("", name))
    ]
    return "|".join(dict.fromkeys(map(fold, spellings)))


DIGITS = "0123456789"
LATIN = "abcdefghijklmnopqrstuvwxyz"
CYRILLIC = "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя"
KIND_OF_PLACE = re.compile(r"^(г|с|пгт)\. *")


def sort_key(name, language):
    """Two letters a–z per character: sorts by the alphabet under any collation of the database.

    A gap between words comes first, then digits, then the letters of the language's own script.
    Kyrgyz and Russian share an alphabet: ё after е, ң after н, ө after о, ү after у.
    """
    order = DIGITS + (LATIN + CYRILLIC if language == "en" else CYRILLIC + LATIN)
    name = KIND_OF_PLACE.sub("", unicodedata.normalize("NFC", name.lower()))
    gaps_joined = SEPARATORS.sub(" ", name).strip()
    return "".join(_two_letters(f" {order}".find(char)) for char in gaps_joined)


def _two_letters(place):
    return LATIN[place // 26] + LATIN[place % 26] if place >= 0 else ""
