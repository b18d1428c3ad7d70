"""What the addresses of psi_portal/urls.py and reports/urls.py name; by audience.

dashboards.py: home, programme, chart. places.py: municipality, region, district.
funding.py: the catalogue and the donor's funding report. ledger.py: the files of a plan's money.
events.py: the programme of an event on paper. practices.py: a practice on two pages.
jobs.py: long files, made by the worker. tables.py, templates.py: donor tables, reports and their templates.
"""

from .dashboards import chart, home, programme
from .events import programme_pdf
from .funding import funding, funding_csv, funding_pdf, funding_xlsx, report_list
from .jobs import job, job_again, job_file, job_list, job_remove
from .ledger import ledger_csv, ledger_xlsx
from .periods import (
    period,
    period_add,
    period_change,
    period_close,
    period_remove,
    period_reopen,
    periods,
)
from .places import district, municipality, region
from .practices import practice_pdf
from .signed import signed, signed_file
from .signing import period_sign
from .tables import table, table_csv, table_pdf, table_xlsx
from .templates import template, template_add, templates
from .verify import verify

__all__ = [
    "chart",
    "district",
    "funding",
    "funding_csv",
    "funding_pdf",
    "funding_xlsx",
    "home",
    "job",
    "job_again",
    "job_file",
    "job_list",
    "job_remove",
    "ledger_csv",
    "ledger_xlsx",
    "municipality",
    "period",
    "period_add",
    "period_change",
    "period_close",
    "period_remove",
    "period_reopen",
    "period_sign",
    "periods",
    "practice_pdf",
    "programme",
    "programme_pdf",
    "region",
    "report_list",
    "signed",
    "signed_file",
    "table",
    "table_csv",
    "table_pdf",
    "table_xlsx",
    "template",
    "template_add",
    "templates",
    "verify",
]
