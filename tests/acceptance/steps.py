"""What the acceptance cases share: how people enter things, and what they read then."""

import csv
import io
import uuid

import openpyxl
from lxml import html

from action_plans.models import ActionPlan, InKindItem, Payment
from tests.action_plans import ledger
from tests.action_plans.form_data import new_plan
from tests.action_plans.rate_data import paper, uploaded

# Plans by their form, and the pages and files that tell of them


def enter_plan(client, **changes):
    """A plan by the form; staff submit and approve it. changes: as in form_data.new_plan()."""
    plan = enter_draft(client, **changes)
    approve(client, plan)
    return plan


def enter_draft(client, **changes):
    response = client.post("/plans/new/", new_plan(**changes))
    assert response.status_code == 302
    return ActionPlan.objects.order_by("pk").last()


def approve(client, plan):
    for step in ("submit", "approve"):
        client.post(f"{plan.get_absolute_url()}{step}/")
    plan.refresh_from_db()
    assert plan.status == "approved"


def words(response):
    """The page as it is read: text only, with single spaces."""
    assert response.status_code == 200
    page = html.fromstring(response.content.decode())
    return " ".join(page.text_content().split())


def table(response, first_column):
    """[{heading: cell}] of the table whose first column is called so, the row of totals last."""
    assert response.status_code == 200
    page = html.fromstring(response.content.decode())
    for found in page.iter("table"):
        head, *rows = [
            [" ".join(cell.text_content().split()) for cell in row.iter("th", "td")]
            for row in found.iter("tr")
        ]
        if head[0] == first_column:
            return [dict(zip(head, row, strict=False)) for row in rows]
    raise AssertionError(f"no table {first_column}")


def column(rows, name):
    """The cells of a column without the total, and the total."""
    *cells, last = [row[name] for row in rows]
    return cells, last


def content(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def csv_rows(response):
    text = content(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def workbook(response, *, data_only=True):
    """Its values, or with data_only=False its formulas."""
    return openpyxl.load_workbook(io.BytesIO(content(response)), data_only=data_only)


def sheet_rows(sheet):
    """[{heading: value}], the row of totals last."""
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


# Money in other currencies


def import_rates(client, data, name="weekly.xml"):
    """A file of the National Bank by its form; the page that follows."""
    return client.post("/rates/import/", {"file": uploaded(data, name)}, follow=True)


def enter_rate(client, currency, value, day, **changes):
    """A rate by its form, with a paper; where another one is stored, it is confirmed."""
    form = {"currency": currency, "value": value, "applies_on": day}
    form |= {"nominal": "1", "evidence": paper()} | changes
    response = client.post("/rates/new/", form)
    if response.status_code == 200:
        sure = response.context["form"].doubt_key
        response = client.post("/rates/new/", form | {"evidence": paper(), "sure": sure})
    assert response.status_code == 302


def pay(client, plan, amount, *, currency, paid_on, source="grant", **changes):
    """A payment by its form; the row of the ledger and the page that follows."""
    form = ledger.typed(plan, amount, source=source, currency=currency, paid_on=paid_on, **changes)
    response = client.post(ledger.new_payment(plan), form, follow=True)
    if not response.redirect_chain and response.context["form"].twins:  # three equal invoices
        form["sure"] = response.context["form"].twins_key
        response = client.post(ledger.new_payment(plan), form, follow=True)
    assert response.redirect_chain, response.context["form"].errors
    return Payment.objects.order_by("pk").last(), response


# The budget of a plan


def enter_line(client, plan, title, quantity, unit_cost, *, source="grant", **changes):
    """A budget line by its form; after approval with its day and reason."""
    address = f"{plan.get_absolute_url()}budget/new/"
    offered = client.get(address).context["form"]["position"].value()
    form = {"title": title, "quantity": quantity, "unit_cost": unit_cost, "source": source}
    response = client.post(address, form | {"position": offered} | changes)
    assert response.status_code == 302, response.context["form"].errors
    return plan.budget_lines.get(position=offered)


def spend(client, plan, amount, *, line=None, paid_on="01.06.2018", source="grant"):
    """Money spent by the form of a payment, on a budget line."""
    chosen = {f"budget_line_{ledger.source_of(plan, source).pk}": line.pk} if line else {}
    paid = {"kind": "spent", "currency": "KGS", "paid_on": paid_on}
    return pay(client, plan, amount, source=source, **paid, **chosen)


def money_page(client, plan, **query):
    return client.get(f"{plan.get_absolute_url()}money/", query)


# Contributions in kind


def claim_in_kind(client, plan, what, quantity, unit, unit_value, *, evidence=None, **changes):
    """A claim by its form; evidence: the content of a PDF."""
    form = {
        "contribution": plan.contributions.get(form="in_kind").pk,
        "given_on": "10.05.2018",
        "what": what,
        "quantity": quantity,
        "unit": unit,
        "unit_value": unit_value,
        "valuation": "market",
        "claim_key": uuid.uuid4(),
    } | changes
    if evidence:
        form["evidence"] = paper(evidence, "акт.pdf")
    response = client.post(f"{plan.get_absolute_url()}in-kind/new/", form)
    assert response.status_code == 302, response.context["form"].errors
    return InKindItem.objects.order_by("pk").last()


def verify_in_kind(client, plan, item, accepted=None, note=""):
    """By its form; what is preset there is the claim."""
    page = f"{plan.get_absolute_url()}in-kind/{item.pk}/verify/"
    form = client.get(page).context["form"]
    typed = {name: form[name].value() for name in ["accepted", "version"]} | {"note": note}
    if accepted is not None:
        typed["accepted"] = accepted
    return client.post(page, typed, follow=True)
