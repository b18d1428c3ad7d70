import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.urls import reverse

from action_plans import documents
from action_plans.models import Attachment
from tests.factories import (
    DonorFactory,
    HeadFactory,
    PaymentFactory,
    PlanFactory,
    StaffFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def files(settings):
    return settings.MEDIA_ROOT


def upload(name="Постановление № 12.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def add(plan, **changes):
    return documents.add(
        **{"plan": plan, "file": upload(), "kind": "decision", "by": StaffFactory()} | changes
    )


def opened(client, document):
    response = client.get(document.get_absolute_url())
    if response.streaming:
        response.content_read = b"".join(response.streaming_content)  # which closes the file
    return response


def post(client, plan, file, **data):
    address = reverse("action_plans:document_add", args=[plan.reference])
    return client.post(address, {"file": file, "kind": "act", "title": "Акт"} | data, follow=True)


def test_a_file_is_stored_apart_from_its_own_name(files):
    document = add(PlanFactory(), file=upload("../../etc/Акт\u202efdp.pdf"))
    assert document.filename == "Актfdp.pdf"
    assert [path.name for path in files.rglob("*") if path.is_file()] == [document.sha256]


def test_a_document_comes_back_under_its_own_name(client):
    document = add(PlanFactory(status="approved"))
    client.force_login(DonorFactory())
    response = opened(client, document)
    assert response.content_read == PDF
    assert "filename*=utf-8''%D0%9F%D0%BE%D1%81" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content", "disposition"), [("a.pdf", PDF, "attachment"), ("a.png", PNG, "inline")]
)
def test_only_what_cannot_run_is_shown_in_the_browser(client, name, content, disposition):
    document = add(PlanFactory(), file=upload(name, content))
    client.force_login(StaffFactory())
    response = opened(client, document)
    assert response["Content-Disposition"] == f'{disposition}; filename="{name}"'
    assert response["Content-Security-Policy"].endswith("sandbox")
    Attachment.objects.update(content_type="application/vnd.openxmlformats-officedocument")
    assert opened(client, document)["Content-Disposition"].startswith("attachment")


def test_a_document_is_seen_by_who_sees_the_plan(client):
    head = HeadFactory()
    draft = add(PlanFactory(lead=head.municipality))
    for person, status in [(head, 200), (StaffFactory(), 200), (DonorFactory(), 404)]:
        client.force_login(person)
        assert opened(client, draft).status_code == status
    other = PlanFactory(lead=head.municipality)
    address = reverse("action_plans:document", args=[other.reference, draft.pk])
    assert client.get(address).status_code == 404


def test_a_document_is_added_on_the_plan_page(client):
    head = HeadFactory()
    plan = PlanFactory(lead=head.municipality, status="completed")
    client.force_login(head)
    assert "“Акт” was added." in post(client, plan, upload()).text
    document = plan.attachments.get()
    assert (document.kind, document.size, document.uploaded_by) == ("act", len(PDF), head)


def test_only_who_works_on_the_plan_adds_and_removes(client):
    plan = PlanFactory(status="approved")
    document = add(plan)
    for person in [HeadFactory(), DonorFactory()]:
        client.force_login(person)
        assert post(client, plan, upload()).status_code == 404
        assert remove(client, document).status_code == 404


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (upload("счёт.pdf", b"MZ\x90\x00" * 9), "This kind of file cannot be uploaded."),
        (upload("счёт.exe", PDF), "The name of the file does not fit its content"),
        (upload("пусто.pdf", b""), "file is empty"),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_and_the_title_stays(client, file, message):
    plan = PlanFactory()
    client.force_login(StaffFactory())
    response = post(client, plan, file)
    assert response.status_code == 200
    assert message in response.text
    assert 'value="Акт"' in response.text
    assert not Attachment.objects.exists()


def test_a_file_of_50_mb_is_refused_with_its_size(client):
    plan = PlanFactory()
    client.force_login(StaffFactory())
    response = post(client, plan, upload(content=PDF + b"\0" * 50 * 1024 * 1024))
    assert "at most 20.0\u00a0MB can be uploaded" in response.text
    assert 'value="Акт"' in response.text


def test_the_same_file_is_kept_once(client):
    plan = PlanFactory()
    add(plan, title="Первый")
    client.force_login(StaffFactory())
    assert (
        "already among the documents of the plan, as “Первый”" in post(client, plan, upload()).text
    )
    assert add(PlanFactory()).pk


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_is_kept_once():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    plan, staff = PlanFactory(), StaffFactory()
    together = threading.Barrier(2)

    def click(_number):
        together.wait()
        try:
            return add(plan, by=staff).plan == plan
        except ValidationError as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert {*threads.map(click, range(2))} == {True, "known"}
    assert Attachment.objects.count() == 1


def remove(client, document):
    args = [document.plan.reference, document.pk]
    return client.post(reverse("action_plans:document_remove", args=args), follow=True)


def test_a_document_of_a_draft_is_removed_with_its_file(
    client, files, django_capture_on_commit_callbacks
):
    document = add(PlanFactory())
    client.force_login(StaffFactory())
    with django_capture_on_commit_callbacks(execute=True):
        assert "was removed." in remove(client, document).text
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_a_document_of_a_submitted_plan_stays(client):
    document = add(PlanFactory(status="submitted"))
    client.force_login(StaffFactory())
    assert "only while the plan is a draft or returned" in remove(client, document).text
    assert Attachment.objects.filter(pk=document.pk).exists()


def test_the_evidence_of_a_payment_stays():
    plan = PlanFactory(own=100)
    document = add(plan)
    PaymentFactory(contribution=plan.contributions.get(), evidence=document)
    with pytest.raises(ValidationError, match="as its evidence"):
        documents.remove(attachment=document, by=StaffFactory())


def test_a_file_that_was_lost_is_not_found(client, files):
    document = add(PlanFactory())
    (files / document.file.name).unlink()
    client.force_login(StaffFactory())
    assert opened(client, document).status_code == 404
