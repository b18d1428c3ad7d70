"""The models by concept; everything else imports them from here."""

from .job import FileJob, JobStatus
from .published_figure import PublishedFigure
from .signed import FileFormat, SignedFile, SignedReport
from .template import ReportTemplate

__all__ = [
    "FileFormat",
    "FileJob",
    "JobStatus",
    "PublishedFigure",
    "ReportTemplate",
    "SignedFile",
    "SignedReport",
]
