"""What the worker does when it is asked to (manage.py worker)."""

from django_tasks import task

from . import making


@task()
def make_file(job_id):
    making.make(job_id)
