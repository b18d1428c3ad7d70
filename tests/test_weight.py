"""A slow line: the first page of everybody weighs less than 100 kB, the chart library left out."""

import gzip
import io
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from accounts.models import User

LIMIT = 100_000
LINKED = re.compile(r'<(?:link [^>]*href|script [^>]*src)="/static/([^"]+)"')


def compressed(data):
    """As WhiteNoise and a web server in front send it to a browser that knows no brotli."""
    return len(gzip.compress(data, compresslevel=9))


def weight(client, path, language):
    """{what is loaded: bytes on the line}"""
    html = client.get(path, headers={"accept-language": language}).content
    files = {name: Path(finders.find(name)).read_bytes() for name in LINKED.findall(html.decode())}
    return {name: compressed(data) for name, data in {path: html, **files}.items()}


@pytest.mark.django_db
def test_the_first_page_of_everybody_is_light(client, settings):
    settings.TRIAL = True
    call_command("load_first_run", stdout=io.StringIO())
    for person in User.objects.all():
        client.force_login(person)
        parts = weight(client, "/", "ky")
        assert {"/", "vendor/bootstrap.min.css", "css/site.css", "js/site.js"} <= parts.keys()
        assert sum(parts.values()) < LIMIT, (person.email, parts)


@pytest.mark.django_db
def test_the_sign_in_page_is_lighter_still(client):
    assert sum(weight(client, "/accounts/login/", "ky").values()) < LIMIT / 2


@pytest.mark.django_db
def test_the_chart_library_is_only_named_for_later(client):
    """static/js/charts.js loads it when a chart comes into view."""
    client.force_login(User.objects.create_user(email="a@example.org", role="donor"))
    html = client.get("/programme/").content.decode()
    assert "plotly" not in "".join(LINKED.findall(html))
