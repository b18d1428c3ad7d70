"""Long files: asked for, made by the worker, fetched by who asked; nothing half, nothing twice."""

import io
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from reports import jobs, makers, making, upkeep
from reports.management.commands.worker import new_worker
from reports.models import FileJob, JobStatus
from reports.table_files import Made
from tests.factories import DonorFactory, FileJobFactory, OfficerFactory, PlanFactory, StaffFactory

pytestmark = pytest.mark.django_db
FILE = "/reports/funding.xlsx"


@pytest.fixture
def staff(client, settings):
    """Signed in, English; every table with a row is long."""
    settings.LONG_FILE_ROWS = 0
    user = StaffFactory()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def ago(**duration):
    return timezone.now() - timedelta(**duration)


def asked(user, **changes):
    question = {"address": f"http://testserver{FILE}", "title": "Report", "rows": 6000}
    return jobs.ask(user=user, language="en", **question | changes)


def work():
    """As the worker does it, but for the connection, which is the test's."""
    upkeep.look_after()
    while task := DBTaskResult.objects.ready().first():
        task.claim("worker of a test")
        new_worker().run_task(task)


def state(job):
    job.refresh_from_db()
    return job.status


def made_files():
    folder = Path(default_storage.path(making.FOLDER))
    return [file.name for file in folder.iterdir()] if folder.exists() else []


# Asking


def test_a_long_file_is_made_by_the_worker_and_fetched_later(client, staff):
    plan = PlanFactory(status="approved", cost_kgs=100)
    page = client.get(FILE, follow=True)
    assert "The file waits for its turn" in page.content.decode()
    work()
    page = client.get(page.request["PATH_INFO"])
    assert "The file is ready" in page.content.decode()
    response = client.get(reverse("reports:job_file", args=[page.context["job"].pk]))
    book = openpyxl.load_workbook(io.BytesIO(response.getvalue()))
    assert book["Plans"]["A2"].value == plan.reference
    assert response["Content-Disposition"].startswith('attachment; filename="funding-')
    assert response["Cache-Control"] == "private, no-store"


def test_a_short_file_comes_at_once(client, staff, settings):
    PlanFactory(status="approved", cost_kgs=100)
    settings.LONG_FILE_ROWS = 1
    assert client.get(FILE).getvalue().startswith(b"PK")
    assert not FileJob.objects.exists()


def test_the_same_question_is_answered_by_the_same_job():
    staff = StaffFactory()
    job = asked(staff)
    assert asked(staff) == job
    others = [
        asked(staff, address="http://testserver/reports/funding.xlsx?year=2018"),
        jobs.ask(user=staff, address=job.address, title="x", rows=1, language="ky"),
        asked(StaffFactory()),
    ]
    assert len({job, *others}) == 4
    assert DBTaskResult.objects.count() == 4


@pytest.mark.parametrize(("status", "minutes", "again"), [("ready", 9, False), ("ready", 11, True), ("failed", 1, True)])  # fmt: skip
def test_a_fresh_file_is_not_made_twice(status, minutes, again):
    old = FileJobFactory(status=status, finished_at=ago(minutes=minutes), file="made/1.xlsx")
    assert (asked(old.asked_by) != old) == again


def test_one_person_does_not_fill_the_queue(client, staff):
    for year in range(jobs.MAX_AT_ONCE):
        asked(staff, address=f"http://testserver{FILE}?year={year}")
    with pytest.raises(ValidationError, match="5 long files of yours"):
        asked(staff)
    PlanFactory(status="approved")
    page = client.get(FILE, follow=True)
    assert page.request["PATH_INFO"] == reverse("reports:jobs")
    assert "5 long files of yours" in page.content.decode()


def test_an_address_that_cannot_be_kept_is_refused_in_words(client, staff):
    PlanFactory(status="approved")
    page = client.get(f"{FILE}?q=&status=approved&x={'a' * 2000}", follow=True)
    assert "The filter is too long" in page.content.decode()


# Whose file it is


def test_a_file_is_in_the_language_of_who_asked():
    PlanFactory(status="approved")
    job = FileJobFactory(language="ky")
    making.make(job.pk)
    assert state(job) == JobStatus.READY
    with job.file.open() as file:
        assert "Plans" not in openpyxl.load_workbook(file).sheetnames


def test_a_file_has_the_rows_that_its_asker_may_see():
    draft = PlanFactory(status="draft")
    job = FileJobFactory(address=f"http://testserver{FILE}?status=", asked_by=OfficerFactory())
    own = PlanFactory(status="draft", lead=job.asked_by.municipality)
    making.make(job.pk)
    job.refresh_from_db()
    with job.file.open() as file:
        shown = [row[0] for row in openpyxl.load_workbook(file).worksheets[0].values]
    assert own.reference in shown
    assert draft.reference not in shown


def test_somebody_elses_file_is_not_there(client, staff):
    job = FileJobFactory(asked_by=DonorFactory())
    making.make(job.pk)
    for name in ("job", "job_file"):
        assert client.get(reverse(f"reports:{name}", args=[job.pk])).status_code == 404
    assert client.post(reverse("reports:job_again", args=[job.pk])).status_code == 404
    client.post(reverse("reports:job_remove", args=[job.pk]))
    assert state(job) == JobStatus.READY
    assert job.title not in client.get(reverse("reports:jobs")).content.decode()


def test_who_was_switched_off_gets_no_file():
    job = FileJobFactory(asked_by=StaffFactory(is_active=False))
    making.make(job.pk)
    assert state(job) == JobStatus.FAILED


@pytest.mark.parametrize("path", ["/plans/", "/nowhere", "/reports/funding.xlsx?year=never"])
def test_an_address_without_a_file_fails_at_once(path):
    job = FileJobFactory(address=f"http://testserver{path}")
    making.make(job.pk)
    assert state(job) == JobStatus.FAILED


@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_long_tables_of_donors_are_made_by_the_worker_too(client, staff, ending):
    PlanFactory(status="approved", cost_kgs=100)
    page = client.get(f"/reports/unallocated.{ending}", follow=True)
    if "job" not in page.context:
        pytest.skip("this table has no rows")
    work()
    assert state(page.context["job"]) == JobStatus.READY


def test_a_table_that_is_not_for_its_asker_is_not_made():
    address = "http://testserver/reports/donor.xlsx"
    job = FileJobFactory(address=address, asked_by=OfficerFactory())
    making.make(job.pk)
    assert state(job) == JobStatus.FAILED


# Crashes


def test_a_maker_that_breaks_is_tried_three_times_and_then_told(client, staff, monkeypatch):
    monkeypatch.setitem(makers.MAKERS, "reports:funding_xlsx", lambda *a, **k: 1 / 0)
    job = FileJobFactory(asked_by=staff)
    for tries in (1, 2, 3):
        work()
        job.refresh_from_db()
        assert job.tries == tries
    assert job.status == JobStatus.FAILED
    page = client.get(job.get_absolute_url()).content.decode()
    assert "The file could not be made" in page
    monkeypatch.undo()
    client.post(reverse("reports:job_again", args=[job.pk]))
    work()
    assert state(job) == JobStatus.READY
    assert job.tries == 1


def half_written(user, query, site, progress):
    class Half(io.BytesIO):
        def read(self, *size):
            if self.tell():
                raise SystemExit  # the worker is stopped
            return super().read(3)

    return Made(Half(b"a long file"), "funding.xlsx", "")


def test_a_worker_that_is_stopped_leaves_no_half_file_and_the_next_one_begins_anew(monkeypatch):
    monkeypatch.setitem(makers.MAKERS, "reports:funding_xlsx", half_written)
    job = FileJobFactory()
    with pytest.raises(SystemExit):
        making.make(job.pk)
    assert (state(job), job.tries, job.file.name) == (JobStatus.WAITING, 0, "")
    assert not [name for name in made_files() if not name.endswith(making.HALF)]
    monkeypatch.undo()
    work()
    assert state(job) == JobStatus.READY


KILLED = """
import django, time
django.setup()
from django.core.management import call_command
from reports import makers, table_files

class Slow:
    parts = [b"PK half of a file"]
    def read(self, size):
        if self.parts:
            return self.parts.pop()
        print("half is written", flush=True)
        time.sleep(60)
    def __enter__(self): return self
    def __exit__(self, *error): pass

makers.MAKERS["reports:funding_xlsx"] = lambda *a, **k: table_files.Made(Slow(), "funding.xlsx", "")
call_command("worker")
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("end", "status", "tries"),
    [(signal.SIGKILL, JobStatus.RUNNING, 1), (signal.SIGTERM, JobStatus.WAITING, 0)],
)
def test_a_worker_that_ends_in_the_middle_leaves_no_half_file_and_another_one_makes_it(
    settings, end, status, tries
):
    if connection.vendor == "sqlite":
        pytest.skip("the database of a test is in this process only")
    job, database = FileJobFactory(), connection.settings_dict
    address = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    env = {**os.environ, "DATABASE_URL": address, "DATA_DIR": str(settings.DATA_DIR), "TRIAL": "1"}
    env["DJANGO_SETTINGS_MODULE"] = "psi_portal.settings"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "half is written\n"
        process.send_signal(end)
    assert (state(job), job.tries, job.file.name) == (status, tries, "")
    FileJob.objects.update(alive_at=ago(minutes=2))
    work()
    assert (state(job), job.tries) == (JobStatus.READY, tries + 1)
    with job.file.open() as file:
        assert openpyxl.load_workbook(file).sheetnames
    upkeep.look_after(timezone.now() + timedelta(days=2))
    assert made_files() == [Path(job.file.name).name]


@pytest.mark.parametrize(("seconds", "tries", "after"), [(50, 1, "running"), (70, 1, "waiting"), (70, 3, "failed")])  # fmt: skip
def test_a_file_without_a_sign_of_life_for_a_minute_begins_anew(seconds, tries, after):
    job = FileJobFactory(status="running", tries=tries, alive_at=ago(seconds=seconds))
    upkeep.look_after()
    assert state(job) == after


def test_who_was_taken_for_dead_does_not_overwrite_the_file_of_the_next_one(monkeypatch):
    job = FileJobFactory()
    slow = making.take(job.pk)
    FileJob.objects.update(alive_at=ago(minutes=2))
    work()
    name = FileJob.objects.get().file.name
    with pytest.raises(making.NotOurs):
        making.keep(slow, Made(io.BytesIO(b"old"), "funding.xlsx", ""))
    assert FileJob.objects.get().file.name == name
    assert made_files() == [Path(name).name]


def test_progress_is_seen_while_the_file_is_made(client, staff, monkeypatch):
    monkeypatch.setattr(making, "EVERY", 0)
    job = FileJobFactory(asked_by=staff, rows_total=6000)
    making.Progress(making.take(job.pk))(1500)
    page = client.get(job.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "1,500 of 6,000 rows" in page
    assert 'width="25%"' in page
    assert "<html" not in page


def test_a_cancelled_file_is_not_made_any_further(client, staff, monkeypatch):
    monkeypatch.setattr(making, "EVERY", 0)
    job = making.take(FileJobFactory(asked_by=staff).pk)
    for _twice in range(2):
        page = client.post(reverse("reports:job_remove", args=[job.pk]), follow=True)
        assert page.request["PATH_INFO"] == reverse("reports:jobs")
    with pytest.raises(making.NotOurs):
        making.Progress(job)(1)


def test_a_lost_place_in_the_queue_is_found_again():
    job = FileJobFactory()  # without a task: the database was restored, say
    work()
    assert state(job) == JobStatus.READY


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_takes_the_job():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: SQLite lets nobody act at once")
    job, together, taken = FileJobFactory(), threading.Barrier(2), []

    def take():
        together.wait()
        taken.append(making.take(job.pk))
        connections.close_all()

    threads = [threading.Thread(target=take) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken, key=bool) == [None, job]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_ask_at_once_get_the_same_job():
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: SQLite lets nobody act at once")
    staff, together, found = StaffFactory(), threading.Barrier(2), []

    def ask():
        together.wait()
        found.append(asked(staff).pk)
        connections.close_all()

    threads = [threading.Thread(target=ask) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == FileJob.objects.count() == 1


# What has had its time


def test_a_file_is_kept_for_seven_days():
    jobs_made = [FileJobFactory(), FileJobFactory()]
    for job in jobs_made:
        making.make(job.pk)
    FileJob.objects.filter(pk=jobs_made[0].pk).update(finished_at=ago(days=7, hours=1))
    upkeep.look_after()
    assert list(FileJob.objects.all()) == [jobs_made[1]]
    assert made_files() == [Path(FileJob.objects.get().file.name).name]


def test_a_file_that_is_gone_can_be_made_again(client, staff):
    job = FileJobFactory(asked_by=staff)
    making.make(job.pk)
    job.refresh_from_db()
    default_storage.delete(job.file.name)
    page = client.get(reverse("reports:job_file", args=[job.pk]), follow=True)
    assert "no longer on the server" in page.content.decode()
    client.post(reverse("reports:job_again", args=[job.pk]))
    work()
    assert client.get(reverse("reports:job_file", args=[job.pk])).getvalue().startswith(b"PK")


# The worker


def test_health_says_when_nobody_makes_the_files(client):
    job = FileJobFactory(asked_at=ago(minutes=3))
    assert client.get("/healthz").content == b"ok, no worker"
    FileJobFactory(status="running", alive_at=ago(seconds=5), tries=1)
    assert client.get("/healthz").content == b"ok"
    making.make(job.pk)
    assert client.get("/healthz").content == b"ok"


def test_the_worker_stops_when_its_parent_is_gone():
    call_command("worker", parent=os.getpid())  # nobody is their own parent
