"""Periods and signed reports as people make them: by their forms."""

import datetime as dt
import re

from django.test import Client

from action_plans.models import ReportingPeriod
from reports.models import SignedReport
from tests.factories import ReportTemplateFactory, StaffFactory

TABLES = [{"table": "budget", "rows": "plan"}, {"table": "sources"}, {"table": "changes"}]


def person(**rights):
    """Somebody of the office, signed in and reading English."""
    client = Client()
    client.force_login(StaffFactory(**rights))
    client.cookies["django_language"] = "en"
    return client


def approved_on(plan, *day):
    """A plan of those years: it had been approved then, and only now was it entered."""
    moment = dt.datetime(*day, 6, tzinfo=dt.UTC)
    plan.steps.update(changed_at=moment)
    type(plan).objects.filter(pk=plan.pk).update(approved_at=moment)


def template():
    return ReportTemplateFactory(slug="year", name_en="Yearly report", tables=TABLES)


def add_period(client, plan, first, last):
    form = {"phase": plan.phase_id, "starts_on": first, "ends_on": last}
    response = client.post("/periods/new/", form)
    assert response.status_code == 302, response.context["form"].errors
    return ReportingPeriod.objects.latest("pk")


def close(client, period, *, following=("", "")):
    """following: days of the next period."""
    address = f"/periods/{period.pk}/close/"
    page = client.get(address)
    form = {"accepted": page.context["form"]["accepted"].value(), "read": "on"}
    form |= {"starts_on": following[0], "ends_on": following[1]}
    response = client.post(address, form)
    assert response.status_code == 302, (
        response.context["problems"],
        response.context["form"].errors,
    )
    period.refresh_from_db()
    assert period.status == "closed"


def open_again(client, period, reason):
    response = client.post(f"/periods/{period.pk}/reopen/", {"reason": reason})
    assert response.status_code == 302
    period.refresh_from_db()
    assert period.is_open


def sign(client, period):
    """What the approver's page leads to after the button."""
    address = f"/periods/{period.pk}/sign/"
    page = client.get(address)
    if page.status_code != 200:
        return page
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page.content.decode())[1]
    form = {"template": template().slug, "seen": seen, "name": "A. Asanova", "role": "Director"}
    return client.post(address, form)


def signed(client, period):
    """The newest version."""
    response = sign(client, period)
    report = SignedReport.objects.filter(period=period).latest("version")
    assert response.url == report.get_absolute_url()
    return report


def file_of(client, report, format):
    response = client.get(f"{report.get_absolute_url()}{format}/")
    assert response.status_code == 200
    return b"".join(response.streaming_content)
