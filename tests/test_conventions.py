"""House rules that nobody has to remember. The lists name exceptions, never cases."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from lib.checks import dates_say_what_they_are

ROOT = Path(__file__).resolve().parent.parent
ORDER = [
    "lib",
    "municipalities",
    "accounts",
    "action_plans",
    "conferences",
    "reports",
    "psi_portal",
]
# Django named these, and they are about the person itself.
ALONE = {"accounts.User.date_joined", "accounts.User.last_login"}
# What the worker does; it is nobody.
ALONE |= {"reports.FileJob.alive_at", "reports.FileJob.finished_at"}
# Its person stands in the history of the plan.
ALONE |= {"action_plans.Contribution.recorded_at"}
# When something takes place; nobody did it then.
ALONE |= {
    f"conferences.{model}.{end}_at"
    for model in ("Session", "Presentation")
    for end in ("starts", "ends")
}
ALONE |= {f"conferences.Event.call_{end}_at" for end in ("opens", "closes")}
# The author of a version created it; its log says who submitted and published it.
ALONE |= {f"conferences.PracticeVersion.{n}_at" for n in ("created", "submitted", "published")}


def our_modules():
    for app in ORDER:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield pytest.param(app, path, id=str(path.relative_to(ROOT)))


MODULES = list(our_modules())


def our_models():
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in ORDER and not model.__name__.startswith("Historical")
    ]


# --- Python -----------------------------------------------------------------------------------


def imported_apps(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)


@pytest.mark.parametrize(("app", "path"), MODULES)
def test_imports_point_one_way(app, path):
    later = set(ORDER[ORDER.index(app) + 1 :])
    assert not later & set(imported_apps(path))


@pytest.mark.parametrize(("app", "path"), MODULES)
def test_file_can_be_read_in_one_go(app, path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize(("app", "path"), MODULES)
def test_file_is_named_for_what_is_in_it(app, path):
    assert path.stem not in {"utils", "helpers", "common", "services", "misc", "signals"}


@pytest.mark.parametrize(("app", "path"), MODULES)
def test_views_are_functions(app, path):
    classes = [c for c in ast.walk(ast.parse(path.read_text())) if isinstance(c, ast.ClassDef)]
    bases = {ast.unparse(base).rpartition(".")[2] for c in classes for base in c.bases}
    assert {base for base in bases if base.endswith("View")} == set()


@pytest.mark.parametrize(("app", "path"), MODULES)
def test_texts_are_called_by_names_that_translators_find(app, path):
    aliases = re.findall(r"\bp?n?p?gettext\w* as (\w+)", path.read_text())
    assert set(aliases) <= {"_"}


# --- Models -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", our_models(), ids=str)
def test_every_moment_names_a_person(model):
    names = {field.name for field in model._meta.fields}
    moments = [f.name for f in model._meta.fields if isinstance(f, models.DateTimeField)]
    lonely = [n for n in moments if n.removesuffix("_at") + "_by" not in names]
    assert {f"{model._meta.label}.{n}" for n in lonely} <= ALONE


def test_names_of_dates_say_what_they_are():
    assert list(dates_say_what_they_are(None)) == []


@pytest.mark.parametrize("model", our_models(), ids=str)
def test_som_are_exact_and_large_enough_for_a_country(model):
    amounts = [field for field in model._meta.fields if field.name.endswith("_kgs")]
    kinds = {(type(f), f.max_digits, f.decimal_places) for f in amounts}
    assert kinds <= {(models.DecimalField, 18, 2)}


@pytest.mark.parametrize("model", our_models(), ids=str)
def test_constraint_is_named_and_speaks_of_one_thing(model):
    names = [constraint.name for constraint in model._meta.constraints]
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]{7,62}", name)] == []


# --- Templates and styles -----------------------------------------------------------------------

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "style element": re.compile(r"<style", re.I),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.I),
    "address of a script": re.compile(r"""=\s*["']?\s*javascript:""", re.I),
    "file of another site": re.compile(
        r"""<(script|link|img|iframe|source|video|audio|object|embed)\b[^>]*["'](https?:)?//""",
        re.I,
    ),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_needs_nothing_that_the_content_policy_forbids(path):
    text = path.read_text()
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_can_be_read_in_one_go(path):
    assert len(path.read_text().splitlines()) <= 150


@pytest.mark.parametrize(
    "path", sorted((ROOT / "static").glob("js/*.js")), ids=lambda path: path.name
)
def test_script_makes_no_code_and_no_markup_from_text(path):
    text = path.read_text()
    assert (
        re.findall(r"\beval\(|new Function|outerHTML|document\.write|insertAdjacentHTML", text)
        == []
    )


def test_dark_by_choice_and_dark_by_device_are_the_same():
    css = (ROOT / "static/css/site.css").read_text()
    chosen = re.search(r'\n\[data-bs-theme="dark"\] \{(.*?)\}', css, re.S)[1]
    device = re.search(r":root:not\(\[data-bs-theme\]\) \{(.*?)\}", css, re.S)[1]
    assert chosen.split() == device.split()
    assert len(chosen.split()) > 50
