"""The workbook's formulas are right, not only the values written beside them."""

import datetime as dt
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.http import QueryDict
from django.utils.translation import override, pgettext

from action_plans.models import ReportingPeriod
from reports.about import About
from reports.donor_tables.registry import TABLES
from reports.exports.tables_xlsx import shown_columns, to_xlsx
from reports.facts import facts_of
from reports.scope_form import scope_of
from tests.factories import (
    DonorFactory,
    MunicipalityFactory,
    PaymentFactory,
    PlanFactory,
    ServiceAreaFactory,
)
from tests.reports import signing_data
from tests.reports.test_tables_xlsx import a_table, row

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(
    not SOFFICE and not os.environ.get("CI"),
    reason="LibreOffice is not installed: sudo apt install libreoffice-calc",
)
pytestmark = [pytest.mark.django_db, needs_libreoffice]
# 0: recalculate always when a workbook is opened, whatever values stand in it.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""
FORMULA = re.compile(r"(<c [^>]*>)(<f>.*?</f>)<v>.*?</v>")


def test_libreoffice_computes_the_totals_of_the_page(client, tmp_path):
    client.force_login(DonorFactory())
    client.cookies["django_language"] = "en"
    make_plans()
    page = client.get("/reports/funding/").context["report"]
    spoilt = spoil(save(client, tmp_path / "funding.xlsx"))
    assert last_row(spoilt.worksheets[0])["Planned cost"] == -7

    book = recalculated(tmp_path)
    whole = {
        "Planned cost": page.total["cost_kgs"],
        "Own contribution": page.total["own_kgs"],
        "Not covered": page.total["gap_kgs"],
        "Surplus": page.total["surplus_kgs"],
        "Received": page.total["received_kgs"],
        "Own share": page.total["own_share_pct"] / 100,
    }
    for sheet in book.worksheets[:5]:
        row = last_row(sheet)
        assert {name: row[name] for name in whole} == pytest.approx(as_floats(whole)), sheet.title
    assert last_row(book.worksheets[5])["Fulfilment"] == pytest.approx(
        float(page.whole.fulfilment) / 100
    )
    # The plan without a cost: no #DIV/0!
    assert [row["Own share"] for row in rows(book.worksheets[0])][2] == "—"


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_libreoffice_computes_the_stored_figures_of_donor_tables(tmp_path, language):
    rows = [row("a", "500000.00", "575000.10"), row("b", "0.00", "40000.10"), row("c", None, None)]
    with override(language):
        yes = pgettext("check of a workbook", "yes")
        book = spoil(written(tmp_path / "donor.xlsx", a_table(rows, title='O\'sh "&" <Ош>')))
    assert [cell.value for cell in book.worksheets[0][5]][1:] == [-7] * 4
    book = recalculated(tmp_path, "donor.xlsx")
    assert [
        list(line)[1:] for line in book.worksheets[0].iter_rows(min_row=2, values_only=True)
    ] == [
        [500000, pytest.approx(575000.1), pytest.approx(75000.1), pytest.approx(1.1500002)],
        [0, pytest.approx(40000.1), pytest.approx(40000.1), "—"],
        [None, None, None, "—"],
        [500000, pytest.approx(615000.2), pytest.approx(115000.2), pytest.approx(1.2300004)],
    ]
    assert book.worksheets[1]["B2"].value == yes
    assert {line[-1] for line in book["control"].iter_rows(2, values_only=True)} == {0}


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_libreoffice_computes_the_figures_of_every_donor_table(tmp_path, language):
    with override(language):
        tables = donor_tables(signing_data.preparer())
        path = written(tmp_path / "donor.xlsx", *tables)
    shown = openpyxl.load_workbook(path, data_only=True)
    spoil(path)
    book = recalculated(tmp_path, path.name)
    for sheet in shown.worksheets[:-1]:
        found = [list(map(close, line)) for line in book[sheet.title].iter_rows(values_only=True)]
        assert [list(line) for line in sheet.iter_rows(values_only=True)] == found, sheet.title


def test_each_figure_that_is_computed_in_a_donor_table_is_a_formula(tmp_path):
    tables = donor_tables(signing_data.preparer())
    book = openpyxl.load_workbook(written(tmp_path / "donor.xlsx", *tables))
    number = 0
    for table, sheet in zip(tables, book, strict=False):
        columns = [c for c in shown_columns(table) if c.ratio or c.sums]
        heads = [cell.value for cell in sheet[1]]
        for n, row_of in enumerate(table.rows, start=2):
            for column in columns:
                cell = sheet.cell(n, heads.index(str(column.label)) + 1)
                number += 1
                if row_of[column.name] is not None:
                    assert cell.data_type == "f", (table.slug, column.name, cell.value)
    assert number > 20


def donor_tables(user):
    """Every table with each of its kinds of rows, of a period with money before, in and late in it."""
    plan = signing_data.plan_with_money()
    for cost in [{"own": 120_000}, {"cost_kgs": 0}]:
        PlanFactory(status="approved", approved_at=signing_data.at(2017, 2, 1), **cost)
    signing_data.closed_year(user)
    grant = plan.contributions.get(source="grant")
    later = {"contribution": grant, "paid_on": dt.date(2018, 2, 1)}
    PaymentFactory(**later, amount_kgs="50000.00", kind="returned")
    PaymentFactory(**later, amount_kgs="1200000.50", kind="spent")
    period = ReportingPeriod.objects.get(status="open")
    scope = scope_of(QueryDict(f"period={period.pk}"), user=user)
    asked = [(t, scope.with_(rows=rows)) for t in TABLES.values() for rows in t.row_choices or [""]]
    return [table.make(scope, facts_of(scope)) for table, scope in asked]


def close(value):
    return pytest.approx(value) if isinstance(value, float) else value


@pytest.mark.parametrize("figure", ["575000.00", "SUM(C2:C3)", "Ош"])
def test_libreoffice_notices_that_a_figure_was_changed(tmp_path, figure):
    with override("en"):
        path = written(tmp_path / "donor.xlsx", a_table())
    changed(path, figure, {"SUM(C2:C3)": "615000.11", "Ош": ""}.get(figure, "575000.01"))
    assert recalculated(tmp_path, path.name)["Notes"]["B2"].value == (
        "no: a figure was changed after this file was made"
    )


def written(path, *tables):
    with to_xlsx(tables, About(title="Отчёт")) as file:
        path.write_bytes(file.read())
    return path


def changed(path, old, new):
    """As somebody would who opens the first sheet and types."""
    parts = contents(path)
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    typed = f"<v>{new}</v>" if new else ""
    formula, text = f"<f>{re.escape(old)}</f><v>.*?</v>", f' t="inlineStr"><is><t>{old}</t></is>'
    sheet = re.sub(formula, typed, sheet.replace(f"<v>{old}</v>", typed)).replace(text, ">")
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    write(path, parts)


def make_plans():
    plan = PlanFactory(
        status="approved", cost_kgs=1_000_000, own=319_300, grant=600_000, area=ServiceAreaFactory()
    )
    PaymentFactory(contribution=plan.contributions.first(), amount_kgs="100000.10")
    PlanFactory(
        status="approved",
        cost_kgs=2_483_253,
        in_kind=400_000,
        grant=3_083_253,
        lead=MunicipalityFactory(),
    )
    PlanFactory(status="completed", own=120_000)


def save(client, path):
    path.write_bytes(b"".join(client.get("/reports/funding.xlsx").streaming_content))
    return path


def spoil(path):
    """Write a wrong value beside every formula."""
    parts = contents(path)
    for name, content in parts.items():
        if name.startswith("xl/worksheets/"):
            parts[name] = FORMULA.sub(r"\1\2<v>-7</v>", content.decode()).encode()
    write(path, parts)
    return openpyxl.load_workbook(path, data_only=True)


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, parts):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def recalculated(folder, name="funding.xlsx"):
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(PROFILE)
    command = [
        SOFFICE or "soffice",
        f"-env:UserInstallation={profile.parent.as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        folder / "out",
        folder / name,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(Path(folder) / "out" / name, data_only=True)


def rows(sheet):
    head, *found = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in found]


def last_row(sheet):
    return rows(sheet)[-1]


def as_floats(values):
    return {name: float(value) for name, value in values.items()}
