"""The workbook's formulas are right, not only the values written beside them."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.factories import (
    DonorFactory,
    MunicipalityFactory,
    PaymentFactory,
    PlanFactory,
    ServiceAreaFactory,
)

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
    parts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            if name.startswith("xl/worksheets/"):
                content = FORMULA.sub(r"\1\2<v>-7</v>", content.decode()).encode()
            archive.writestr(name, content)
    return openpyxl.load_workbook(path, data_only=True)


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
