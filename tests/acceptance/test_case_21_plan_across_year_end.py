"""A plan across the end of a year: its planned money by days, or by yearly amounts that win."""

import pytest

from tests.acceptance.steps import enter_draft, enter_line, enter_plan, money_page, table
from tests.action_plans.form_data import money

pytestmark = pytest.mark.django_db
ACROSS = {
    "cost_kgs": "2 400 000",
    "starts_on": "01.09.2016",
    "ends_on": "31.10.2017",
    **money(("grant", "cash", "2 000 000"), ("municipality", "cash", "400 000")),
}


def by_year(client, plan, column):
    rows = table(money_page(client, plan), "Year")
    return {row["Year"]: row[column] for row in rows}


def test_case_21_the_planned_cost_is_split_by_days_and_the_last_slice_takes_the_rest(staff):
    plan = enter_plan(staff, **ACROSS)
    assert by_year(staff, plan, "Planned") == {
        "2016": "687,323.94",
        "2017": "1,712,676.06",
        "Total": "2,400,000.00",
    }


def test_case_21_yearly_amounts_win_over_the_split_by_days(staff):
    plan = enter_draft(staff, **ACROSS)
    enter_line(staff, plan, "Design", "1", "400 000", year="2016")
    enter_line(staff, plan, "Building", "1", "2 000 000", year="2017")
    assert by_year(staff, plan, "Planned") == {
        "2016": "400,000.00",
        "2017": "2,000,000.00",
        "Total": "2,400,000.00",
    }
