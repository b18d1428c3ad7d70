"""Where a long Cyrillic word may be parted: typst knows the syllables of Russian, not those of Kyrgyz.

A Kyrgyz syllable begins with the consonant before its vowel; at least two letters stay on each line.
"""

import re

SOFT_HYPHEN = "\u00ad"
VOWELS = "аэыуоиөүеёюя"
CONSONANTS = "бвгджзйклмнңпрстфхцчшщ"
WORD = re.compile(r"[^\W\d_]+")
SYLLABLE = re.compile(rf"(?<=\w\w)(?=[{CONSONANTS}][{VOWELS}]\w)", re.IGNORECASE)
# What has no syllables is parted somewhere rather than written across the next column.
ENDLESS = re.compile(rf"[^\s{SOFT_HYPHEN}/-]{{24}}(?=[^\s{SOFT_HYPHEN}/-]{{4}})")
BREAKS = re.compile(r"[ \n/-]")


def parted(text, *, from_letters):
    """The text with soft hyphens in words of so many letters and more."""

    def part(match):
        word = match[0]
        return word if len(word) < from_letters else SYLLABLE.sub(SOFT_HYPHEN, word)

    return ENDLESS.sub(rf"\g<0>{SOFT_HYPHEN}", WORD.sub(part, text))


def longest_word(texts, *, letters):
    """What needs its width in a narrow column; of a longer word, which is parted, so many letters."""
    words = (word for text in texts for word in BREAKS.split(text.replace(SOFT_HYPHEN, "")))
    longest = max(words, key=len, default="")
    return longest if len(longest) <= letters else f"{longest[:letters]}-"
