"""A quarter in which more was given back than came: below zero, without a share; the sum never is."""

import pytest
from lxml import html

from tests.acceptance import signing
from tests.acceptance.steps import enter_plan, money_page, pay, table

pytestmark = pytest.mark.django_db


def test_case_19_a_quarter_below_zero_has_no_share_and_no_stacked_bar(staff):
    plan = enter_plan(staff)
    for kind, amount, day in [
        ("received", "500 000", "10.01.2018"),
        ("received", "200 000", "10.04.2018"),
        ("returned", "350 000", "10.06.2018"),
    ]:
        pay(staff, plan, amount, currency="KGS", kind=kind, paid_on=day)
    page = money_page(staff, plan)
    first, below = table(page, "Quarter")
    assert below["Received, less returned"] == "−150,000.00"
    assert (below["Received"], below["Returned"]) == ("200,000.00", "−350,000.00")
    assert below["From the beginning"] == "350,000.00"
    assert "no share: below zero" in below.values()
    assert first["Received, less returned"] == "500,000.00"
    # One bar that ends at the line of zero, and no parts of it.
    row = html.fromstring(page.content.decode()).find_class("below-zero")[0]
    zero = 150 * 100 / (500 + 150)
    bars = [
        rect.attrib for rect in row.iter("rect") if rect.get("class") not in ("track", "f-mark")
    ]
    assert [bar["class"] for bar in bars] == ["f-all"]
    assert (bars[0]["x"], bars[0]["width"]) == ("0%", f"{zero:.2f}%")
    assert [r.get("x") for r in row.iter("rect") if r.get("class") == "f-mark"] == [f"{zero:.2f}%"]


def test_case_19_the_report_of_that_quarter_is_below_zero_without_a_share(staff):
    plan = enter_plan(staff)
    signing.approved_on(plan, 2018, 1, 5)
    for kind, amount, day in [
        ("received", "500 000", "10.01.2018"),
        ("received", "200 000", "10.04.2018"),
        ("returned", "350 000", "10.06.2018"),
    ]:
        pay(staff, plan, amount, currency="KGS", kind=kind, paid_on=day)
    quarter = signing.add_period(staff, plan, "01.04.2018", "30.06.2018")
    total = table(staff.get(f"/reports/budget/?period={quarter.pk}"), "Service area")[-1]
    assert "−150,000.00" in total.values()
    assert total["Cumulative"] == "350,000.00"
    [grant, *_others] = table(staff.get(f"/reports/sources/?period={quarter.pk}"), "Source")
    assert "−150,000.00" in grant.values()
    assert any("no share: below zero" in cell for cell in grant.values())
