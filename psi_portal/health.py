"""Whether this process can serve: asked by load balancers, so without a session and in one word.

A missing worker is said, too, with status 200: the pages do not need it.
"""

from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.upkeep import is_worker_missing


@login_not_required
@never_cache
@require_safe
def healthz(request):
    problem = trouble()
    words = problem or ("ok, no worker" if is_worker_missing() else "ok")
    return HttpResponse(words, status=503 if problem else 200, content_type="text/plain")


def trouble():
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error:
        return "database"
    return "migrations" if needed_migrations() - set(applied) else ""


@cache
def needed_migrations():
    """Read from the disk once: a process serves the code it was started with."""
    return frozenset(MigrationLoader(None).graph.nodes)
