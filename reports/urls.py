from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("programme/", views.programme, name="programme"),
    path("reports/", views.report_list, name="list"),
    path("reports/funding/", views.funding, name="funding"),
    path("reports/funding.csv", views.funding_csv, name="funding_csv"),
    path("reports/funding.xlsx", views.funding_xlsx, name="funding_xlsx"),
    path("reports/files/", views.job_list, name="jobs"),
    path("reports/files/<int:pk>/", views.job, name="job"),
    path("reports/files/<int:pk>/file/", views.job_file, name="job_file"),
    path("reports/files/<int:pk>/again/", views.job_again, name="job_again"),
    path("reports/files/<int:pk>/remove/", views.job_remove, name="job_remove"),
    path("reports/verify/", views.verify, name="verify"),
    path("plans/<slug:reference>/money.csv", views.ledger_csv, name="ledger_csv"),
    path("plans/<slug:reference>/money.xlsx", views.ledger_xlsx, name="ledger_xlsx"),
    path("charts/<slug:slug>.json", views.chart, name="chart"),
]
