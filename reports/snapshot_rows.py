"""The rows of facts.plan_rows() as canonical JSON, each in one go: a period of 10,000 plans has 60,000 of them."""

import json
from json.encoder import JSONEncoder, encode_basestring

from . import facts, facts_lines
from .canonical import canonical
from .merging import Kinds, cell

NAMES = sorted([*facts.AXES, "source", *facts.OF_A_ROW])
# The order has always been that of this text, in which letters of other alphabets are escapes.
IN_ORDER = JSONEncoder(sort_keys=True, separators=(",", ":")).encode
UNUSUAL = "\x7f"


def texts(known):
    """Sorted: the same for equal rows, whatever order the database answers in."""
    return sorted([*_cells(known), *_lines(known)], key=in_order)


def in_order(text):
    is_usual = text.isascii() and UNUSUAL not in text
    return text if is_usual else IN_ORDER(json.loads(text))


def _cells(known):
    said = _Said()
    for key, sums in known.tyiyn(facts.AXES, {"cost"}):
        yield _cell(key, "", sums, facts.MEASURES["cost"], said)
    only = {name for name in facts.ALL if name not in ("cost", "later")}
    names = [name for group in facts.MEASURES if group in only for name in facts.MEASURES[group]]
    for (*key, source), sums in known.tyiyn([*facts.AXES, "source"], only):
        yield _cell(key, source, sums, names, said)


def _cell(key, source, sums, names, said):
    parts = dict(zip(facts.AXES, map(said.__getitem__, key), strict=True))
    parts["source"] = said[source]
    for name in names:
        if tyiyn := sums.get(name):
            som, rest = divmod(abs(tyiyn), 100)
            parts[name] = f'"{"-" if tyiyn < 0 else ""}{som}.{rest:02}"'
    return f"{{{','.join([f'{NAMED[name]}{parts[name]}' for name in sorted(parts)])}}}"


NAMED = {name: f'"{name}":' for name in NAMES}


class _Said(dict):
    """Codes as JSON has them, each put in quotes once."""

    def __missing__(self, code):
        self[code] = "null" if code is None else encode_basestring(code)
        return self[code]


def _lines(known):
    kinds = Kinds()
    for row in facts_lines.kept(known.lines()):
        yield canonical({name: cell(value, kinds[name]) for name, value in row.items()})
