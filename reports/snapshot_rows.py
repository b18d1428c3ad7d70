"""The rows of facts.plan_rows() as canonical JSON, each in one go: a period of 10,000 plans has 60,000 of them."""

import json
import re
from json.encoder import JSONEncoder, encode_basestring

from . import facts, facts_lines
from .canonical import canonical
from .merging import Kinds, cell

PLACED = [*facts.AXES, "source"]
# The order has always been that of this text, in which letters of other alphabets are escapes.
IN_ORDER = JSONEncoder(sort_keys=True, separators=(",", ":")).encode
# Letters whose escape Python writes as JSON does, and those that need none.
USUAL = re.compile("[\x00-\x7e\u0100-\uffff]*").fullmatch


def texts(known):
    """Sorted: the same for equal rows, whatever order the database answers in."""
    return sorted([*_cells(known), *_lines(known)], key=in_order)


def in_order(text):
    if USUAL(text):
        return text if text.isascii() else text.encode("ascii", "backslashreplace").decode()
    return IN_ORDER(json.loads(text))


def _cells(known):
    said = _Said()
    for key, sums in known.tyiyn(facts.AXES, {"cost"}):
        yield _cell(key, "", sums, facts.MEASURES["cost"], said)
    only = {name for name in facts.ALL if name not in ("cost", "later")}
    names = [name for group in facts.MEASURES if group in only for name in facts.MEASURES[group]]
    for (*key, source), sums in known.tyiyn([*facts.AXES, "source"], only):
        yield _cell(key, source, sums, names, said)


def _cell(key, source, sums, names, said):
    parts = [said[pair] for pair in zip(PLACED, (*key, source), strict=True)]
    for name in names:
        if tyiyn := sums.get(name):
            som, rest = divmod(abs(tyiyn), 100)
            parts.append(f'"{name}":"{"-" if tyiyn < 0 else ""}{som}.{rest:02}"')
    parts.sort()  # as their names sort: no name has a sign before the quote that ends it
    return f"{{{','.join(parts)}}}"


class _Said(dict):
    """Names with codes as JSON has them, each put in quotes once."""

    def __missing__(self, pair):
        name, code = pair
        self[pair] = f'"{name}":{"null" if code is None else encode_basestring(code)}'
        return self[pair]


def _lines(known):
    kinds = Kinds()
    for row in facts_lines.kept(known.lines()):
        yield canonical({name: cell(value, kinds[name]) for name, value in row.items()})
