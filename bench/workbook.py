"""The workbook of all plans, made in a process of its own, as the worker makes it beside the server."""

import json
import os
import re
import subprocess
import sys
import zipfile
from time import perf_counter
from typing import NamedTuple

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from reports.exports.xlsx import to_xlsx
from reports.funding import FundingReport

from .data import person
from .web import ROOT, megabytes

ALONE = "import django; django.setup(); from bench.workbook import tell; tell()"
ADDRESS = "https://portal.example/reports/funding/?status="


class WorkbookResult(NamedTuple):
    seconds: float
    megabytes: float  # of memory, of the whole process
    rows: int
    size: int
    is_right: bool  # every plan has a row, and the total is that of the report


def measure_workbook(database):
    found = subprocess.run(
        [sys.executable, "-c", ALONE],
        env={**os.environ, "DATABASE_URL": database},
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    return WorkbookResult(*json.loads(found.stdout))


def tell():
    report = FundingReport(QueryDict("status="), user=person("staff1"))
    started = perf_counter()
    with override("ru"):
        file = to_xlsx(report, at=timezone.now(), address=ADDRESS)
    seconds = perf_counter() - started
    peak = megabytes("self")
    rows, total = plans_of(file)
    is_right = rows == report.plans.count() and total == str(report.total["cost_kgs"])
    print(json.dumps([seconds, peak, rows, file.seek(0, 2), is_right]))


def plans_of(file):
    """(number of rows, the total of the planned costs) of the first sheet."""
    rows, last = -2, b""  # without the heads and the totals
    with zipfile.ZipFile(file) as archive, archive.open("xl/worksheets/sheet1.xml") as sheet:
        while part := sheet.read(1 << 20):
            rows += part.count(b"<row ") + (last[-4:] + part[:4]).count(b"<row ")
            last = last[-4096:] + part
    sums = re.findall(rb"<f>SUM\(J2:J\d+\)</f><v>(.*?)</v>", last)
    return rows, sums[0].decode() if sums else ""
