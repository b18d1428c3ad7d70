"""Whether this process can serve: asked by load balancers, so without a session and without words."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@never_cache
@require_safe
def healthz(request):
    problem = trouble()
    return HttpResponse(problem or "ok", content_type="text/plain", status=503 if problem else 200)


def trouble():
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return "database"
    return "migrations" if waiting else ""
