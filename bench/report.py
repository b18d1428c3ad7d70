"""The figures as a table, on the screen and in docs/performance.md."""

import datetime as dt
import os
import platform
import re
import sys
from pathlib import Path
from typing import NamedTuple

import django
from django.db import connection

from .measure import REQUESTS, FileResult, Yardsticks
from .paper import PaperResult
from .verbs import TIMES, CheckResult
from .web import ROOT, WORKERS
from .workbook import WorkbookResult

DOCUMENT = ROOT / "docs" / "performance.md"
MARKED = re.compile(r"(<!-- bench -->\n).*(<!-- /bench -->)", re.DOTALL)
MOST_QUERIES, FILE_SECONDS, FILE_MEGABYTES = 20, 2, 20
CHECK_SECONDS = 30
WORKBOOK_SECONDS, WORKBOOK_MEGABYTES = 15, 250
PAPER_SECONDS = 1
SIGNING_SECONDS, SIGNING_ROWS = 5, 10_000
HEAD = """
| page | as | median, ms | p95, ms | at most, ms | queries | kB | gzip, kB | |
|---|---|--:|--:|--:|--:|--:|--:|---|
"""
VERBS = """
| recorded | median, ms | p95, ms | at most, ms | queries | |
|---|--:|--:|--:|--:|---|
"""


class Run(NamedTuple):
    pages: list
    verbs: list
    file: FileResult
    workbook: WorkbookResult
    paper: PaperResult
    signings: list
    check: CheckResult
    yardsticks: Yardsticks


def as_text(number, run):
    lines = [f"\n### {number:,} plans, {number * 10:,} payments\n{HEAD.rstrip()}"]
    lines += [page_row(result) for result in run.pages]
    lines += [VERBS.rstrip(), *[verb_row(result) for result in run.verbs]]
    lines += ["", file_line(run.file), workbook_line(run.workbook), paper_line(run.paper)]
    lines += [signing_line(signed) for signed in run.signings]
    lines += [check_line(run.check), yardstick_line(run.yardsticks)]
    return "\n".join(lines) + "\n"


def page_row(result):
    page = result.page
    cells = [page.name, page.user.role, f"{result.median:.0f}", f"{result.p95:.0f}"]
    cells += [str(page.target or ""), str(result.queries)]
    cells += [f"{result.size / 1000:.0f}", f"{result.compressed / 1000:.0f}", verdict(result)]
    return f"| {' | '.join(cells)} |"


def verb_row(result):
    verb = result.verb
    cells = [verb.name, f"{result.median:.1f}", f"{result.p95:.1f}", str(verb.target or "")]
    faults = {
        "wrong sum": not result.is_right,
        "over": verb.target and result.median > verb.target,
    }
    return f"| {' | '.join([*cells, str(result.queries), words(faults)])} |"


def verdict(result):
    """ok, or everything that is not."""
    target = result.page.target
    faults = {
        "wrong figure": not result.is_right,
        "old figure after a write": result.is_right and not result.is_fresh,
        "over": target and result.median > target,
        "too many queries": target and result.queries > MOST_QUERIES,
    }
    return words(faults)


def file_line(file):
    faults = {
        "not all plans": not file.is_whole,
        "over": file.seconds > FILE_SECONDS,
        "memory grows": file.grown_megabytes > FILE_MEGABYTES,
    }
    return (
        f"CSV of all plans: {file.seconds:.2f} s (at most {FILE_SECONDS}) for {file.rows:,} rows, "
        f"{file.size / 1e6:.1f} MB; the worker grew by {file.grown_megabytes:.0f} MB: {words(faults)}."
    )


def workbook_line(workbook):
    faults = {
        "wrong": not workbook.is_right,
        "over": workbook.seconds > WORKBOOK_SECONDS or workbook.megabytes > WORKBOOK_MEGABYTES,
    }
    return (
        f"Workbook of all plans: {workbook.seconds:.1f} s (at most {WORKBOOK_SECONDS}) for "
        f"{workbook.rows:,} rows, {workbook.size / 1e6:.1f} MB; at its peak {workbook.megabytes:.0f} MB "
        f"of memory (at most {WORKBOOK_MEGABYTES}): {words(faults)}."
    )


def paper_line(paper):
    faults = {"wrong": not paper.is_right, "over": paper.seconds > PAPER_SECONDS}
    return (
        f"PDF of the budget against actual, a row per plan: {paper.seconds:.2f} s (at most "
        f"{PAPER_SECONDS}) for {paper.plans} plans, {paper.size / 1e3:.0f} kB: {words(faults)}."
    )


def signing_line(signed):
    """The target is that of a report of so many rows; a longer one is only told."""
    has_target = signed.rows <= SIGNING_ROWS * 1.1
    is_over = has_target and signed.seconds > SIGNING_SECONDS
    target = f"at most {SIGNING_SECONDS} for {SIGNING_ROWS:,} rows" if has_target else "no target"
    return (
        f"Signing a half-year of {signed.plans:,} plans, a row each: {signed.seconds:.1f} s ({target}) "
        f"for {signed.rows:,} rows of tables and {signed.figures:,} rows of figures, "
        f"{signed.size / 1e6:.1f} MB of JSON, with its CSV, XLSX and PDF: "
        f"{words({'wrong': not signed.is_right, 'over': is_over})}."
    )


def check_line(check):
    faults = {"differences": not check.is_right, "over": check.seconds > CHECK_SECONDS}
    return (
        f"`manage.py check_totals`: {check.seconds:.1f} s (at most {CHECK_SECONDS}), "
        f"at its peak {check.megabytes:.0f} MB of memory: {words(faults)}."
    )


def yardstick_line(yardsticks):
    return (
        f"Beside it: /healthz {yardsticks.healthz:.1f} ms, `SELECT count(*)` of the payments "
        f"{yardsticks.count:.1f} ms, a changed cost with its totals {yardsticks.keep_totals:.1f} ms; "
        f"load of the machine {yardsticks.load:.1f}."
    )


def words(faults):
    return ", ".join(name for name, is_so in faults.items() if is_so) or "ok"


def comparison(runs):
    """Does any page or verb ask more queries when there is more to read?"""
    counted = {}
    for run in runs.values():
        for result in run.pages:
            page = f"{result.page.name} ({result.page.user.role})"
            counted.setdefault(page, set()).add(result.queries)
        for result in run.verbs:
            counted.setdefault(result.verb.name, set()).add(result.queries)
    growing = [page for page, numbers in counted.items() if len(numbers) > 1]
    if growing:
        return f"The number of queries grows with the data: {', '.join(growing)}."
    return "The number of queries of each page and verb is the same for every size of data."


def machine():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    return (
        f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}: {processor()}, {os.cpu_count()} cores; Python "
        f"{platform.python_version()}, Django {django.__version__}, PostgreSQL {postgres.split()[0]}, "
        f"gunicorn with {WORKERS} workers; {REQUESTS} warm requests one after the other, "
        f"{TIMES} plans to record something."
    )


def processor():
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.+)", info.read_text()) if info.exists() else []
    return names[0] if names else platform.machine()


def queries_as_text(page, queries):
    lines = [f"\n{page.name} as {page.user.role}, {page.path}: {len(queries)} queries"]
    lines += [f"{float(query['time']) * 1000:7.1f} ms  {query['sql'][:400]}" for query in queries]
    return "\n".join(lines)


def write(runs):
    text = DOCUMENT.read_text()
    tables = "".join(as_text(number, run) for number, run in runs.items())
    figures = f"{machine()} {comparison(runs)}\n{tables}"
    new, found = MARKED.subn(lambda marks: f"{marks[1]}{figures}{marks[2]}", text)
    if not found:
        sys.exit(f"{DOCUMENT} has no place for the figures: <!-- bench --> … <!-- /bench -->")
    DOCUMENT.write_text(new)
    print(f"Written to {DOCUMENT.relative_to(ROOT)}")
