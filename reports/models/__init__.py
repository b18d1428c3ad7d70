"""The models by concept; everything else imports them from here."""

from .job import FileJob, JobStatus
from .published_figure import PublishedFigure
from .signed import SignedFile, SignedReport
from .template import ReportTemplate

__all__ = [
    "FileJob",
    "JobStatus",
    "PublishedFigure",
    "ReportTemplate",
    "SignedFile",
    "SignedReport",
]
