"""The same figures are the same bytes; docs/verify.md says how anyone recomputes the hash."""

import datetime as dt
import hashlib
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reports.canonical import NotSignedError, canonical, canonical_of, sha256_of

DOCS = Path(__file__).parents[2] / "docs" / "verify.md"
NOON = dt.datetime(2018, 2, 1, 12, tzinfo=ZoneInfo("Asia/Bishkek"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": "Ң"}, '{"a":"Ң","b":1}'),
        (Decimal("2400000.00"), '"2400000.00"'),
        (Decimal("1E+2"), '"100"'),
        (Decimal("-0.00"), '"0.00"'),
        (Decimal("-50000.00"), '"-50000.00"'),
        (dt.date(2017, 12, 31), '"2017-12-31"'),
        (NOON, '"2018-02-01T06:00:00+00:00"'),
        (NOON.astimezone(dt.UTC), '"2018-02-01T06:00:00+00:00"'),
        ([True, None, 3, ("x",)], '[true,null,3,["x"]]'),
    ],
)
def test_each_value_has_one_form(value, text):
    assert canonical(value) == text


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), {1: "a"}, {"a"}, object()])
def test_what_has_no_certain_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_the_form_is_its_own_form():
    text = canonical({"total": Decimal("1.10"), "of": {"ky": "Ө", "ru": "ё"}})
    assert canonical_of(text.encode()) == text
    assert canonical_of(json.dumps(json.loads(text), indent=4).encode()) == text


@pytest.mark.parametrize("content", [b'{"a":1,"a":1}', b'{"a":1.0}', b"", b"[", b'"\\udc00"'])
def test_other_json_is_none_of_ours(content):
    with pytest.raises(NotSignedError):
        canonical_of(content)


def test_brackets_without_end_are_refused_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr("reports.canonical.json.loads", lambda *_, **__: pytest.fail("was read"))
    with pytest.raises(NotSignedError):
        canonical_of(b'{"a":[' + b"[]," * 600_000 + b"[]]}")


def docs_code(language):
    [code] = re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(), re.DOTALL)
    return code


@pytest.mark.parametrize("indent", [None, 2])
def test_the_lines_of_the_docs_compute_the_hash(tmp_path, indent):
    text = canonical({"total": "2400000.00", "of": {"ky": "Өзгөн", "ru": "Узген", "en": "Uzgen"}})
    written = text if indent is None else json.dumps(json.loads(text), indent=indent)
    (tmp_path / "report.json").write_text(written, encoding="utf-8")
    (tmp_path / "check.py").write_text(docs_code("python"))
    run = {"cwd": tmp_path, "capture_output": True, "text": True, "check": True}
    found = subprocess.run([sys.executable, "check.py", "report.json"], **run).stdout
    assert found.strip() == sha256_of(text)


def test_the_command_of_the_docs_computes_the_hash_of_the_file(tmp_path):
    (tmp_path / "report.json").write_text('{"a":1}')
    run = {"cwd": tmp_path, "capture_output": True, "text": True, "check": True, "shell": True}
    found = subprocess.run(docs_code("sh"), **run).stdout
    assert found.split()[0] == hashlib.sha256(b'{"a":1}').hexdigest()


def test_the_lines_of_the_docs_are_ten():
    assert len([line for line in docs_code("python").splitlines() if line.strip()]) <= 10
