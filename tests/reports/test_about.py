import datetime as dt

import pytest
from django.http import QueryDict
from django.utils.translation import override

from reports.about import about_of
from reports.scope_form import scope_of
from tests import factories
from tests.reports import signing_data

pytestmark = pytest.mark.django_db
AT = dt.datetime(2018, 7, 1, 8, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def about(query="", **options):
    user = factories.DonorFactory(name="Айгүл")
    return about_of(scope_of(QueryDict(query), user=user), at=AT, address="https://x/", **options)


def test_a_report_says_what_it_covers_when_and_by_whom_it_was_made():
    plan = signing_data.plan_with_money()
    lines = dict(about(f"phase={plan.phase.code}&area=none&source=grant", title="Budget").lines)
    assert (lines["Report"], lines["Made by"]) == ("Budget", "Айгүл")
    assert lines["Phase"] == plan.phase.name
    assert lines["Filter"] == "Service area: Not specified; Source: Programme grant"
    assert lines["Made at"] == "1 Jul 2018, 14:30"
    assert lines["Status"] == "Draft, not signed"
    assert lines["Currency"] == "KGS, Kyrgyz som"
    assert {"Covers", "Basis", "Rounding", "Exchange rate policy", "Address"} < lines.keys()
    assert {"Sample data", "Snapshot", "SHA-256", "Period"}.isdisjoint(lines)


def test_a_report_with_sample_values_of_its_phases_says_so():
    plan = signing_data.plan_with_money(sample_fields=["cost_kgs"])
    assert about().has_sample
    assert "sample data" in dict(about().lines)["Sample data"]
    other = factories.PhaseFactory(code="ii")
    assert not about(f"phase={other.code}").has_sample
    type(plan).objects.update(status="draft")
    assert not about().has_sample


def test_a_signed_report_names_its_snapshot_and_no_clock():
    signing_data.plan_with_money()
    period = signing_data.closed_year()
    signed = signing_data.sign(period)
    found = about(f"period={period.pk}", signed=signed)
    assert (found.made_at, found.made_by) == (None, "")
    assert found.mark == f"{signed.code} · {signed.sha256[:12]}"
    lines = dict(found.lines)
    assert (lines["Snapshot"], lines["SHA-256"]) == (signed.code, signed.sha256)
    assert lines["Status"] == "Signed, version 1"
    assert lines["Period"] == "1 Jan 2017 – 31 Dec 2017"


def test_equivalents_in_another_currency_are_called_so():
    assert dict(about("currency=CHF").lines)["Currency"] == (
        "Amounts in som; equivalents in CHF, which nobody booked, by the official rate of the last day."
    )
