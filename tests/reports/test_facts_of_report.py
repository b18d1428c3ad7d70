"""What a report that is signed reads once is what it would have read for each of its tables."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.canonical import canonical
from reports.facts import Facts, plan_rows
from reports.facts_of_report import OF_THE_REPORT, FactsOfReport
from reports.merging import Kinds
from reports.merging import cell as as_kept
from reports.snapshot_rows import in_order, texts

from .test_facts_hold import AXES, ONCE, PLAN, START, a_world, as_dict

pytestmark = pytest.mark.django_db
WORDS = st.text('ab"\\, :\x7fйЯ\n', max_size=4)
ASKED = [{"returned"}, {"net", "spent"}, {"original", "cancelled", "net"}, {"cost"}, OF_THE_REPORT]


@ONCE
@given(plans=st.lists(PLAN, min_size=1, max_size=3), is_closed=st.booleans())
def test_what_is_added_up_from_one_reading_is_what_is_read_for_itself(plans, is_closed):
    with a_world(plans, is_closed=is_closed) as world:
        for scope in list(world.scopes(START))[2:]:
            at_once = FactsOfReport(scope)
            for only in ASKED:
                for by in AXES:
                    expected = Facts(scope).cells(*by, only=only)
                    found = at_once.cells(*by, only=only)
                    assert as_dict(found, by) == as_dict(expected, by), (scope, by, only)
                    assert len(found) == len(expected), (scope, by, only)


@ONCE
@given(plans=st.lists(PLAN, min_size=1, max_size=3), is_closed=st.booleans())
def test_the_rows_of_a_snapshot_are_written_as_any_json(plans, is_closed):
    with a_world(plans, is_closed=is_closed) as world:
        for scope in list(world.scopes(START))[2:]:
            kinds = Kinds()
            rows = [
                {name: as_kept(value, kinds[name]) for name, value in row.items()}
                for row in plan_rows(Facts(scope))
            ]
            assert sorted(texts(FactsOfReport(scope))) == sorted(map(canonical, rows))


@ONCE
@given(st.lists(st.dictionaries(st.sampled_from("abc"), WORDS | st.none() | st.integers())))
def test_they_stand_in_the_order_that_they_have_always_had(rows):
    expected = sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
    assert sorted(map(canonical, rows), key=in_order) == list(map(canonical, expected))
