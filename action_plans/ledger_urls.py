"""Money of the programme, not of one plan: rates, tranches, what does not add up."""

from django.urls import path

from .views import quality, rates, tranches

app_name = "ledger"
urlpatterns = [
    path("rates/", rates.rate_list, name="rates"),
    path("rates/new/", rates.rate_add, name="rate_add"),
    path("rates/import/", rates.rate_import, name="rate_import"),
    path("data-quality/", quality.quality, name="quality"),
    path("evidence/<int:pk>/", rates.evidence_file, name="evidence"),
    path("tranches/", tranches.tranche_list, name="tranches"),
    path("tranches/new/", tranches.tranche_add, name="tranche_add"),
    path("tranches/<int:pk>/reverse/", tranches.tranche_reverse, name="tranche_reverse"),
    path("phases/<slug:code>/", tranches.phase_settings, name="phase"),
]
