"""The years in which something was presented, for filters."""

from django.db import connection

BEGIN_OF_YEAR = {
    "postgresql": "date_trunc('year', day)::date",
    "sqlite": "date(day, 'start of year')",
}
NEWEST = (
    "SELECT starts_on FROM conferences_event WHERE published_at IS NOT NULL AND EXISTS "
    "(SELECT 1 FROM conferences_presentation WHERE event_id = conferences_event.id "
    "AND status = 'accepted') {earlier} ORDER BY starts_on DESC, conferences_event.id DESC LIMIT 1"
)
DAYS = (
    f"WITH RECURSIVE newest(day) AS (SELECT ({NEWEST.format(earlier='')}) UNION ALL "
    f"SELECT ({NEWEST.format(earlier='AND starts_on < {begin}')}) FROM newest WHERE day IS NOT NULL) "
    "SELECT day FROM newest WHERE day IS NOT NULL"
)


def years_of_presentations():
    """Of published events, newest first. From year to year in the index: events are many, years are few."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS.format(begin=BEGIN_OF_YEAR[connection.vendor]))
        return [int(str(day)[:4]) for (day,) in cursor]
