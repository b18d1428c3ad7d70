from django.contrib import admin
from django.urls import include, path

from accounts import views as accounts_views
from reports import views as reports_views

from . import health

urlpatterns = [
    path("", reports_views.home, name="home"),
    path("", include("reports.urls")),
    path("plans/", include("action_plans.urls")),
    path("", include("action_plans.ledger_urls")),
    path("", include("conferences.urls")),
    path("", include("psi_portal.place_urls")),
    path("people/", include("accounts.urls")),
    path("accounts/", include("accounts.login_urls")),
    path("language/", accounts_views.set_language, name="set_language"),
    path("look/", accounts_views.set_theme, name="set_theme"),
    path("healthz", health.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]

handler400 = "psi_portal.errors.bad_request"
handler403 = "psi_portal.errors.permission_denied"
handler404 = "psi_portal.errors.page_not_found"
handler500 = "psi_portal.errors.server_error"
