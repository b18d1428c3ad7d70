"""Facts of a report that is signed: read once by all axes; what its tables ask for is added up from that."""

from collections import Counter, defaultdict
from functools import cached_property
from operator import itemgetter

from . import facts
from .facts_read import sums_of

OF_THE_REPORT = set(facts.ALL) - {"later"}
# Where one of them is asked for every plan has a row, with or without money.
OF_EVERY_PLAN = {"original", "promised", "cost"}


class FactsOfReport(facts.Facts):
    """The same rows and figures as of Facts; what it cannot know from one reading it asks for itself."""

    def tyiyn(self, by, only):
        if not (only <= OF_THE_REPORT and only & OF_EVERY_PLAN):
            return super().tyiyn(by, only)
        wanted = self._wanted(only | OF_EVERY_PLAN)
        if "source" not in by:
            return self._added_up(by, wanted)
        # Whether a source has a row depends on all that is read with what is asked for.
        return self._by_source(by, wanted) if "original" in only else super().tyiyn(by, only)

    def read_all(self):
        """From then on another thread may ask for the figures and lines of the report: nobody asks the database."""
        return self._finest, self.lines()

    @cached_property
    def _finest(self):
        """[({axis: code}, {(measure, pot): tyiyn})], without what is 0."""
        found = sums_of(self.then, facts.AXES, OF_THE_REPORT)
        names, rows = facts.Names(found, facts.AXES), []
        for key, sums in found.items():
            codes = names.of(key)
            codes["top_area"] = names.tops.get(codes["area"])
            rows.append((codes, {column: sums[column] for column in sums if sums[column]}))
        return rows

    def _wanted(self, read):
        """{measure: its name} of what is read with these."""
        return {
            measure: facts.named(measure)
            for measure in self._measures
            if facts.groups(measure) <= read
        }

    @cached_property
    def _measures(self):
        columns = set().union(*(sums.keys() for _codes, sums in self._finest))
        return {measure for measure, _pot in columns}

    def _added_up(self, by, wanted):
        found, key_of = defaultdict(Counter), _key_of(by)
        for codes, sums in self._finest:
            at = found[key_of(codes)]
            for (measure, _pot), amount in sums.items():
                if measure in wanted:
                    at[wanted[measure]] += amount
        return found.items()

    def _by_source(self, by, wanted):
        found, key_of = defaultdict(Counter), _key_of(by)
        for codes, sums in self._finest:
            groups = {}
            for (measure, pot), amount in sums.items():
                if not pot or measure not in wanted:
                    continue
                if pot not in groups:
                    groups[pot] = found[key_of(codes | {"source": pot})]
                groups[pot][wanted[measure]] += amount
        return found.items()


def _key_of(by):
    if len(by) > 1:
        return itemgetter(*by)
    return (lambda codes: (codes[by[0]],)) if by else lambda _codes: ()
