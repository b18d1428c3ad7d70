import datetime as dt
import json

import pytest
from django.conf import settings
from django.urls import reverse

from reports import charts, frames
from reports.overview import Overview
from tests.factories import DonorFactory, MunicipalityFactory, ServiceAreaFactory
from tests.reports.programme import awkward_programme, counted

pytestmark = pytest.mark.django_db
# What static/vendor/plotly-basic.min.js can draw; anything else would be drawn as nothing.
IN_THE_BUNDLE = {"bar", "pie", "scatter"}


def frame(slug):
    return frames.FRAMES[slug](Overview(phase=None, phases=[], on=dt.date(2026, 11, 22)))


def drawn(slug):
    return json.loads(charts.figure_of(frame(slug)).to_json())


@pytest.mark.parametrize("slug", frames.FRAMES)
def test_the_browser_can_draw_every_trace(slug):
    awkward_programme()
    assert {trace["type"] for trace in drawn(slug)["data"]} <= IN_THE_BUNDLE


def test_the_bundle_has_the_trace_types_we_draw():
    bundle = settings.BASE_DIR / "static/vendor/plotly-basic.min.js"
    text = bundle.read_text(encoding="utf-8")
    assert all(f'name:"{kind}"' in text or f'name="{kind}"' in text for kind in IN_THE_BUNDLE)


@pytest.mark.parametrize("slug", frames.FRAMES)
def test_every_chart_has_a_drawing_and_each_row_its_place(slug):
    awkward_programme()
    assert set(charts.DRAWINGS) == set(frames.FRAMES)
    axis = drawn(slug)["layout"]["xaxis" if slug == "years" else "yaxis"]
    assert axis["tickvals"] == list(range(len(axis["ticktext"])))


def test_chart_and_table_have_the_same_rows():
    awkward_programme()
    shown = frame("areas")
    figure = drawn("areas")
    assert figure["layout"]["yaxis"]["ticktext"] == [bar.row.name for bar in shown.bars]
    assert figure["data"][0]["x"] == [float(bar.row.cost_kgs) for bar in shown.bars]
    assert {bar.row.key for bar in shown.bars} == {row.key for row in shown.table.rows}


def test_a_value_stands_beside_its_own_bar():
    for own in [10, 30, 20]:
        counted(area=ServiceAreaFactory(), cost_kgs=100, own=own)
    notes = drawn("share-by-area")["layout"]["annotations"]
    assert [(note["y"], note["text"]) for note in notes] == [
        (0, "30,0\u00a0%"),
        (1, "20,0\u00a0%"),
        (2, "10,0\u00a0%"),
    ]


def test_a_name_is_text_never_markup():
    counted(lead=MunicipalityFactory(name_ru="<b>Токтогул</b>"), cost_kgs=100, own=10)
    assert drawn("municipalities")["layout"]["yaxis"]["ticktext"] == ["&lt;b&gt;Токтогул&lt;/b&gt;"]


def test_no_colours_or_templates_travel_with_the_figure():
    counted(cost_kgs=100, own=10)
    figure = drawn("share-by-area")
    assert figure["layout"]["template"] == {}
    assert [trace["meta"] for trace in figure["data"]] == ["own", "grant"]


def test_numbers_are_written_as_the_reader_writes_them(client):
    counted(cost_kgs=100, own=10)
    client.force_login(DonorFactory(language="ru"))
    layout = client.get(reverse("reports:chart", args=["areas"])).json()["layout"]
    assert layout["separators"] == ",\u00a0"
    layout = client.get(reverse("reports:chart", args=["municipalities"])).json()["layout"]
    assert layout["xaxis"]["ticksuffix"] == "\u00a0%"


@pytest.mark.parametrize("address", ["/charts/nothing.json", "/charts/areas.json?phase=nothing"])
def test_a_chart_that_does_not_exist_is_not_found(client, address):
    client.force_login(DonorFactory())
    assert client.get(address).status_code == 404


def test_a_programme_without_plans_can_be_drawn():
    assert all(drawn(slug) for slug in frames.FRAMES)


def test_a_chart_follows_the_phase(client):
    counted(cost_kgs=100, area=ServiceAreaFactory())
    client.force_login(DonorFactory())
    figure = client.get("/charts/areas.json?phase=i").json()
    assert figure["data"][0]["customdata"][0].endswith("&phase=i")
