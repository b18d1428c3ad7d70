from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("programme/", views.programme, name="programme"),
    path("reports/", views.report_list, name="list"),
    path("reports/funding/", views.funding, name="funding"),
    path("reports/funding.csv", views.funding_csv, name="funding_csv"),
    path("reports/funding.pdf", views.funding_pdf, name="funding_pdf"),
    path("reports/funding.xlsx", views.funding_xlsx, name="funding_xlsx"),
    path("reports/files/", views.job_list, name="jobs"),
    path("reports/files/<int:pk>/", views.job, name="job"),
    path("reports/files/<int:pk>/file/", views.job_file, name="job_file"),
    path("reports/files/<int:pk>/again/", views.job_again, name="job_again"),
    path("reports/files/<int:pk>/remove/", views.job_remove, name="job_remove"),
    path("reports/verify/", views.verify, name="verify"),
    path("reports/signed/<int:pk>/", views.signed, name="signed"),
    path("reports/signed/<int:pk>/<str:format>/", views.signed_file, name="signed_file"),
    path("periods/", views.periods, name="periods"),
    path("periods/new/", views.period_add, name="period_add"),
    path("periods/<int:pk>/", views.period, name="period"),
    path("periods/<int:pk>/days/", views.period_change, name="period_change"),
    path("periods/<int:pk>/remove/", views.period_remove, name="period_remove"),
    path("periods/<int:pk>/close/", views.period_close, name="period_close"),
    path("periods/<int:pk>/reopen/", views.period_reopen, name="period_reopen"),
    path("periods/<int:pk>/sign/", views.period_sign, name="period_sign"),
    path("reports/templates/", views.templates, name="templates"),
    path("reports/templates/new/", views.template_add, name="template_add"),
    path("reports/templates/<slug:slug>/", views.template, name="template"),
    # A table of reports.donor_tables.registry by its slug, or "donor": after all fixed addresses
    path("reports/<slug:slug>/", views.table, name="table"),
    path("reports/<slug:slug>.csv", views.table_csv, name="table_csv"),
    path("reports/<slug:slug>.xlsx", views.table_xlsx, name="table_xlsx"),
    path("reports/<slug:slug>.pdf", views.table_pdf, name="table_pdf"),
    path("plans/<slug:reference>/money.csv", views.ledger_csv, name="ledger_csv"),
    path("plans/<slug:reference>/money.xlsx", views.ledger_xlsx, name="ledger_xlsx"),
    path("conferences/<slug:slug>/programme.pdf", views.programme_pdf, name="programme_pdf"),
    path("practices/<slug:slug>.pdf", views.practice_pdf, name="practice_pdf"),
    path("charts/<slug:slug>.json", views.chart, name="chart"),
]
