"""The files of a plan's ledger: every row, and sums that are those of the page."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings

from action_plans import corrections
from reports.exports.ledger_csv import COLUMNS
from tests.acceptance.steps import content, csv_rows, sheet_rows, workbook
from tests.action_plans.ledger import book, paid_plan
from tests.factories import DonorFactory, StaffFactory

pytestmark = pytest.mark.django_db
SHEETS = ["Ledger", "By contribution", "By currency", "Notes", "control"]


@pytest.fixture
def donor(client):
    client.force_login(DonorFactory())
    client.cookies["django_language"] = "en"
    return client


def file(plan, ending, query=""):
    return f"{plan.get_absolute_url()}money.{ending}{query}"


def notes(book):
    return dict(row[:2] for row in book["Notes"].iter_rows(values_only=True))


def test_the_columns_are_the_documented_ones(donor):
    head = content(donor.get(file(paid_plan(), "csv"))).decode("utf-8-sig").splitlines()[0]
    assert head.split(",") == list(COLUMNS)
    documented = Path(settings.BASE_DIR / "docs/ledger-csv.md").read_text(encoding="utf-8")
    assert [name for name in COLUMNS if f"`{name}`" not in documented] == []


def test_a_row_is_raw_whatever_the_reader_reads(donor):
    plan = paid_plan(reference="J-2018-007")
    payment = book(plan, "500.00", document_number="PO 1, 2")
    donor.cookies["django_language"] = "ru"
    [row] = csv_rows(donor.get(file(plan, "csv")))
    found = {name: row[name] for name in ["plan", "row", "paid_on", "kind", "source", "form"]}
    assert found == {
        "plan": "J-2018-007",
        "row": str(payment.pk),
        "paid_on": "2018-06-01",
        "kind": "received",
        "source": "grant",
        "form": "cash",
    }
    assert (row["amount"], row["amount_kgs"], row["rate_value"]) == ("500.00", "500.00", "1")
    assert (row["document_number"], row["state"], row["is_sample"]) == ("PO 1, 2", "booked", "0")


def test_a_row_taken_back_stands_beside_the_row_that_takes_it_back(donor):
    plan = paid_plan()
    payment = book(plan, "500.00")
    corrections.reverse(payment=payment, reason="Twice, by mistake", by=StaffFactory())
    first, second = csv_rows(donor.get(file(plan, "csv")))
    assert (second["reverses"], second["amount_kgs"]) == (first["row"], "-500.00")
    assert second["reason"] == "Twice, by mistake"
    total = sheet_rows(workbook(donor.get(file(plan, "xlsx")))["Ledger"])[-1]
    assert total["Received, som"] == 0


def test_a_row_that_waits_has_no_som_and_is_in_no_sum(donor):
    plan = paid_plan()
    book(plan, "500.00")
    book(plan, "10.00", currency="CHF")
    waiting = csv_rows(donor.get(file(plan, "csv")))[-1]
    assert (waiting["state"], waiting["amount"]) == ("waiting", "10.00")
    names = ["amount_kgs", "rate_value", "rate_nominal", "rate_on", "rate_source", "booked_at"]
    assert [waiting[name] for name in names] == [""] * 6
    book_ = workbook(donor.get(file(plan, "xlsx")))
    _first, row, total = sheet_rows(book_["Ledger"])
    assert (row["Amount in its currency"], row["Received, som"]) == (10, None)
    assert total["Received, som"] == 500
    assert notes(book_)["Waiting for an exchange rate"] == "1"


def test_the_workbook_adds_up_as_the_page_does(donor):
    plan = paid_plan()
    book(plan, "500.00")
    book(plan, "200.50", source="municipality")
    book(plan, "50.00", kind="returned")
    book(plan, "100.00", kind="spent")
    figures = donor.get(f"{plan.get_absolute_url()}money/").context["figures"]
    response = workbook(donor.get(file(plan, "xlsx")))
    assert response.sheetnames == SHEETS
    total = sheet_rows(response["By contribution"])[-1]
    assert {name: total[name] for name in ["Promised", "Received, net", "Outstanding"]} == {
        "Promised": figures.promised_kgs,
        "Received, net": pytest.approx(float(figures.received_kgs)),
        "Outstanding": figures.outstanding_kgs,
    }
    assert total["Fulfilment"] == pytest.approx(float(figures.fulfilment) / 100)
    assert response["Ledger"].freeze_panes == "B2"


def test_an_empty_ledger_is_a_file_too(donor):
    plan = paid_plan()
    assert csv_rows(donor.get(file(plan, "csv"))) == []
    assert sheet_rows(workbook(donor.get(file(plan, "xlsx")))["Ledger"])[-1]["Date"] == "Total"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_what_somebody_typed_never_becomes_a_formula(donor, sign):
    plan = paid_plan()
    typed = f'{sign}HYPERLINK("http://x")'
    payment = book(plan, "500.00", document_number=typed)
    corrections.reverse(payment=payment, reason=typed, by=StaffFactory(name="=1+1"))
    rows = csv_rows(donor.get(file(plan, "csv")))
    texts = [rows[0]["document_number"], rows[1]["reason"], rows[1]["booked_by"]]
    assert [text for text in texts if text.startswith(tuple("=+-@\t\r"))] == []
    sheet = workbook(donor.get(file(plan, "xlsx")), data_only=False)["Ledger"]
    cells = [cell for row in sheet.iter_rows(max_row=3) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}


def test_a_past_day_leaves_later_rows_out_and_is_named(donor):
    plan = paid_plan()
    book(plan, "500.00", paid_on=dt.date(2018, 6, 1))
    book(plan, "200.00", paid_on=dt.date(2018, 6, 2))
    assert len(csv_rows(donor.get(file(plan, "csv", "?on=2018-06-01")))) == 1
    response = donor.get(file(plan, "xlsx", "?on=2018-06-01"))
    assert "money-2018-06-01.xlsx" in response["Content-Disposition"]
    found = notes(workbook(response))
    assert found["As of"].startswith("1 Jun 2018")
    assert "money/?on=2018-06-01" in found["Address"]
    assert str(plan.phase.get_fx_policy_display()) in found["Exchange rate policy"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_day_that_cannot_be_leads_to_the_page_that_says_so(donor, ending):
    plan = paid_plan()
    response = donor.get(file(plan, ending, "?on=2999-01-01"))
    assert (response.status_code, response.url) == (
        302,
        f"{plan.get_absolute_url()}money/?on=2999-01-01",
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_files_are_only_read_and_kept_by_nobody(donor, ending):
    plan = paid_plan()
    assert donor.post(file(plan, ending)).status_code == 405
    response = donor.get(file(plan, ending))
    assert response["Cache-Control"] == "private, no-store"
    content(response)


def test_sample_rows_are_named_in_notes_and_rows(donor):
    plan = paid_plan()
    payment = book(plan, "500.00")
    type(payment).objects.filter(pk=payment.pk).update(is_sample=True)
    assert csv_rows(donor.get(file(plan, "csv")))[0]["is_sample"] == "1"
    found = workbook(donor.get(file(plan, "xlsx")))
    assert sheet_rows(found["Ledger"])[0]["Sample values"] == "sample"
    assert "contains sample data" in notes(found)["Sample data"]
