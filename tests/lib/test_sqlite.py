import pytest
from django.db import connection

from lib.sqlite import like


@pytest.mark.parametrize(
    ("pattern", "value", "found"),
    [("%өЗГ%", "Өзгөн", True), ("%OSH%", "Osh", True), ("_ш", "Ош", True), ("_ш", "Таш", False), (r"%5\%%", "15%", True), (r"%5\%%", "155", False)],
)  # fmt: skip
def test_like_folds_case_in_every_script_and_keeps_its_wildcards(pattern, value, found):
    assert like(pattern, value, "\\") is found


def test_like_of_nothing_is_nothing():
    assert like(None, "a") is None
    assert like("a", None) is None


@pytest.mark.django_db
def test_a_search_in_kyrgyz_ignores_case_in_the_database():
    operator = "LIKE" if connection.vendor == "sqlite" else "ILIKE"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s {operator} %s", ["Өзгөн", "%өЗГ%"])
        assert cursor.fetchone()[0]
