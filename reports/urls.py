from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("programme/", views.programme, name="programme"),
    path("reports/", views.report_list, name="list"),
    path("reports/funding/", views.funding, name="funding"),
    path("reports/funding.csv", views.funding_csv, name="funding_csv"),
    path("reports/funding.xlsx", views.funding_xlsx, name="funding_xlsx"),
    path("reports/verify/", views.verify, name="verify"),
    path("plans/<slug:reference>/money.csv", views.ledger_csv, name="ledger_csv"),
    path("plans/<slug:reference>/money.xlsx", views.ledger_xlsx, name="ledger_xlsx"),
    path("charts/<slug:slug>.json", views.chart, name="chart"),
]
