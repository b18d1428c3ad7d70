"""The models by concept; everything else imports them from here."""

from .job import FileJob
from .published_figure import PublishedFigure
from .signed import SignedFile, SignedReport
from .template import ReportTemplate

__all__ = ["FileJob", "PublishedFigure", "ReportTemplate", "SignedFile", "SignedReport"]
