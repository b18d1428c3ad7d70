"""From fixtures/: published figures, contradictions included, and the templates of reports to begin with."""

from collections import Counter

from lib.fixtures import read, upsert

from .models import PublishedFigure, ReportTemplate


def load_published_figures():
    rows = read("published_figures.json")
    return {
        PublishedFigure: upsert(PublishedFigure, rows, key=["said_on", "measure", "source_name"])
    }


def load_report_templates():
    """Only those that are not there: afterwards they belong to the office, which changes and retires them."""
    done = Counter()
    for row in read("report_templates.json"):
        _template, is_new = ReportTemplate.objects.get_or_create(slug=row["slug"], defaults=row)
        done["new" if is_new else "unchanged"] += 1
    return {ReportTemplate: done}
