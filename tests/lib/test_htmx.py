import pytest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from lib.htmx import render_page_or_partial

PAGE = "{% load partials %}page {% partialdef results inline %}rows{% endpartialdef %}"
LOADERS = [
    (
        "template_partials.loader.Loader",
        [("django.template.loaders.locmem.Loader", {"page.html": PAGE})],
    )
]
BACKEND = "django.template.backends.django.DjangoTemplates"


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({}, b"page rows"),
        ({"hx-request": "true"}, b"rows"),
        ({"hx-request": "true", "hx-history-restore-request": "true"}, b"page rows"),
    ],
)
def test_htmx_gets_the_partial_and_everybody_else_the_page(settings, headers, content):
    settings.TEMPLATES = [{"BACKEND": BACKEND, "OPTIONS": {"loaders": LOADERS}}]
    request = RequestFactory().get("/", headers=headers)
    request.htmx = HtmxDetails(request)
    response = render_page_or_partial(request, "page.html", {}, partial="results")
    assert response.content == content
    assert response["Vary"] == "HX-Request"
