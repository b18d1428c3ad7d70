"""Asks for each page as its reader would, and looks whether the answer is right and fresh."""

import gzip
import os
import statistics
from typing import NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext

from action_plans.models import ActionPlan

from .changes import ADDED, change_cost
from .data import person
from .pages import Page
from .web import Browser, seconds_of, signed_in, spread

WARM_UP, REQUESTS, DOWNLOADS = 10, 50, 5
ALL_PLANS = "/reports/funding.csv?status="


class PageResult(NamedTuple):
    page: Page
    median: float
    p95: float
    queries: int
    size: int
    compressed: int
    is_right: bool
    is_fresh: bool


class FileResult(NamedTuple):
    seconds: float
    grown_megabytes: float
    rows: int
    size: int
    is_whole: bool


class Yardsticks(NamedTuple):
    """What this machine needs for something simple: figures of two days are compared by these."""

    load: float  # of the last minute; the benchmark itself is about one of it
    healthz: float
    count: float
    keep_totals: float


def measure_page(portal, page):
    with Browser(portal.port, page.user) as browser:
        answers = ask(browser, page.path)
        median, p95 = spread([answer.seconds for answer in answers])
        body = answers[-1].body
        return PageResult(
            page=page,
            median=median,
            p95=p95,
            queries=len(queries_of(page)),
            size=len(body),
            compressed=len(gzip.compress(body, 6)),
            is_right=all(page.shows_its_figure(answer) for answer in answers[-3:]),
            is_fresh=is_fresh(browser, page),
        )


def ask(browser, path):
    for _n in range(WARM_UP):
        browser.get(path)
    return [browser.get(path) for _n in range(REQUESTS)]


def is_fresh(browser, page):
    """Does the next request show what somebody else has changed, and that it was changed back?"""
    before = page.figure()
    with page.change() as difference:
        seen = page.shows_its_figure(browser.get(page.path))
        seen = seen and page.figure() == before + difference
    return seen and page.figure() == before and page.shows_its_figure(browser.get(page.path))


def queries_of(page):
    """[{"sql": …, "time": …}] of one request; counted in this process."""
    client = signed_in(page.user)
    client.get(page.path)  # the first request reads templates and content types
    with CaptureQueriesContext(connection) as queries:
        client.get(page.path)
    return queries.captured_queries


def measure_file(portal):
    """All plans there are, as the project staff downloads them."""
    with Browser(portal.port, person("staff1")) as browser:
        browser.get(f"{ALL_PLANS}&year=2015")  # what a worker loads once
        portal.forget_peaks()
        before = portal.peak_megabytes()
        # One file at a time: Linux counts what this process once held as memory of those that it starts later.
        seconds = [browser.get(ALL_PLANS).seconds for _n in range(DOWNLOADS - 1)]
        last = browser.get(ALL_PLANS)
        after = portal.peak_megabytes()
    rows = last.body.count(b"\n") - 1  # a title is one line
    return FileResult(
        seconds=statistics.median([*seconds, last.seconds]),
        grown_megabytes=max(after[worker] - before[worker] for worker in before),
        rows=rows,
        size=len(last.body),
        is_whole=last.status == 200 and rows == ActionPlan.objects.count(),
    )


def measure_yardsticks(portal, plan):
    with Browser(portal.port) as browser:
        healthz, _p95 = spread([answer.seconds for answer in ask(browser, "/healthz")])
    count, _p95 = spread([seconds_of(count_payments) for _n in range(7)])
    changes = [ADDED, -ADDED] * 10
    kept, _p95 = spread([seconds_of(change_cost, plan, change) for change in changes])
    return Yardsticks(os.getloadavg()[0], healthz, count, kept)


def count_payments():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM action_plans_payment")
