"""What the addresses of psi_portal/urls.py and reports/urls.py name; by audience.

dashboards.py: home, programme, chart. places.py: municipality, region, district.
funding.py: the catalogue and the donor's funding report.
"""

from .dashboards import chart, home, programme
from .funding import funding, funding_csv, funding_xlsx, report_list
from .places import district, municipality, region

__all__ = [
    "chart",
    "district",
    "funding",
    "funding_csv",
    "funding_xlsx",
    "home",
    "municipality",
    "programme",
    "region",
    "report_list",
]
