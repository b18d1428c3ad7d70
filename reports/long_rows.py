"""Rows of a table that may be a hundred thousand: counted at once, read only as far as somebody looks."""

from collections.abc import Sequence
from functools import cached_property

AT_ONCE = 2000


class LongRows(Sequence):
    """keys: an ordered queryset, the same each time it is read; rows_of: a piece of it → its rows."""

    def __init__(self, keys, rows_of):
        self.keys, self.rows_of = keys, rows_of

    @cached_property
    def number(self):
        return self.keys.count()

    def __len__(self):
        return len(self._few) if "_few" in self.__dict__ else self.number

    def __getitem__(self, place):
        if self.number <= AT_ONCE:
            return self._few[place]
        if isinstance(place, slice):
            start, stop, step = place.indices(self.number)
            rows = list(self._read(start, stop))
            return rows[::step] if step > 0 else [self[n] for n in range(start, stop, step)]
        if not -self.number <= place < self.number:
            raise IndexError(place)
        place %= self.number
        return next(self._read(place, place + 1))

    def __iter__(self):
        """Whoever reads all of them need not have them counted."""
        if "_few" in self.__dict__:
            yield from self._few
            return
        keys = list(self.keys)
        self.number = len(keys)
        if self.number <= AT_ONCE:
            self._few = self.rows_of(keys) if keys else []
            yield from self._few
        else:
            yield from self._pieces(keys)

    @cached_property
    def _few(self):
        return list(self._read(0, self.number)) if self.number else []

    def _read(self, start, stop):
        """The keys in one question, which has to sort all of them; their rows piece by piece."""
        return self._pieces(list(self.keys[start:stop]) if start < stop else [])

    def _pieces(self, keys):
        for first in range(0, len(keys), AT_ONCE):
            yield from self.rows_of(keys[first : first + AT_ONCE])
