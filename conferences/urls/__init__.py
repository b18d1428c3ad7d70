"""The addresses of events, presentations, practices and their files; each part has its own module."""

from . import (
    documents,
    events,
    places,
    practices,
    presentations,
    programme,
    recommendations,
    take_overs,
    writing,
)

app_name = "conferences"
# Fixed words come before <slug>: no event or practice has such an address.
urlpatterns = [
    *documents.urlpatterns,
    *places.urlpatterns,
    *presentations.urlpatterns,
    *take_overs.urlpatterns,
    *writing.urlpatterns,
    *practices.urlpatterns,
    *recommendations.urlpatterns,
    *programme.urlpatterns,
    *events.urlpatterns,
]
