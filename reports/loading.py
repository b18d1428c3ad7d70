"""Published figures from fixtures/: what a source printed, contradictions included."""

from lib.fixtures import read, upsert

from .models import PublishedFigure


def load_published_figures():
    rows = read("published_figures.json")
    return {
        PublishedFigure: upsert(PublishedFigure, rows, key=["said_on", "measure", "source_name"])
    }
