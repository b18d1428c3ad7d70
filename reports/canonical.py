"""JSON that is the same bytes for the same figures, and its SHA-256: what is signed and what anyone can check.

Keys sorted by code point, no spaces, UTF-8, amounts as text; no floats, so no program writes them differently.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import itemgetter

# A signed report has one of "[", "{" and "," per 24 bytes, so this is one of 24 MB. Brackets and commas alone
# would take a hundred times their size in memory.
MOST_PARTS = 1_000_000


class NotSignedError(ValueError):
    """Not JSON of the kind that is signed here."""


def canonical(data):
    return text_of(plain(data))


def text_of(data):
    """The canonical text of what plain() gave."""
    return json.dumps(
        data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def object_of(parts):
    """The canonical text of an object; parts: {name: canonical text}, of plain names."""
    return f"{{{','.join([f'{text_of(name)}:{parts[name]}' for name in sorted(parts)])}}}"


def sha256_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def plain_decimal(value):
    """2350000.00, never 2.35E+6 and never -0.00; the places stay as they are."""
    if not value.is_finite():
        raise TypeError("not a number")
    return format(abs(value) if value == 0 else value, "f")


def canonical_of(content):
    """Canonical text of JSON that was only indented or sorted anew; NotSignedError for everything else.

    A name that stands twice is refused: people would read the one, programs the other.
    """
    if sum(content.count(sign) for sign in (b"[", b"{", b",")) > MOST_PARTS:
        raise NotSignedError
    options = {"object_pairs_hook": _once, "parse_float": _refuse, "parse_constant": _refuse}
    try:
        text = canonical(json.loads(content.removeprefix(b"\xef\xbb\xbf"), **options))
        text.encode()  # half of a letter is no text
    except (ValueError, RecursionError, MemoryError, TypeError) as error:
        raise NotSignedError from error
    return text


PLAIN = {str, int, bool, type(None)}


def plain(value):
    """As it is read from its JSON, with its names in order."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {
            (key if type(key) is str else _name(key)): (
                each if type(each) in PLAIN else plain(each)
            )
            for key, each in sorted(value.items(), key=itemgetter(0))
        }
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _name(key):
    if not isinstance(key, str):
        raise TypeError("names are text")
    return str(key)


def _once(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotSignedError
    return found


def _refuse(text):
    raise NotSignedError
