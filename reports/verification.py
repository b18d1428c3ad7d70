"""Whether a file or a hash is that of a signed report: which one, and whether something came after it."""

import re
import threading
from typing import NamedTuple

from .canonical import NotSignedError, canonical_of, sha256_of
from .models import SignedFile, SignedReport
from .signed_reports import has_corrections

HEX = re.compile("[0-9a-f]{64}")
BETWEEN = re.compile(r"[\s\u00a0\u202f:.-]")
# One large JSON at a time: reading it takes several times its size.
READING = threading.Lock()


class Found(NamedTuple):
    report: SignedReport
    format: str  # of the file whose hash it is; "json" also for the hash of the figures
    next: SignedReport | None  # the version after it

    @property
    def is_superseded(self):
        return self.next is not None

    @property
    def has_corrections(self):
        return has_corrections(self.report)


def hash_in(text):
    """64 hexadecimal digits as people copy them: capitals, spaces, the name of the file behind; else None."""
    text = text.strip().lower().removeprefix("sha256:").removeprefix("sha-256:")
    words = [BETWEEN.sub("", text), *text.split()[:1]]
    return next((word for word in words if HEX.fullmatch(word)), None)


def find(sha256):
    """Found of a file or of the figures with this hash, or None."""
    file = SignedFile.objects.filter(sha256=sha256).order_by("pk").first()
    reports = _reports().filter(pk=file.report_id) if file else _reports().filter(sha256=sha256)
    report = reports.first()
    if report is None:
        return None
    later = _reports().filter(period=report.period_id, version__gt=report.version)
    return Found(report, file.format if file else "json", later.order_by("version").first())


def find_upload(upload):
    """As find(), of a HashedUpload; JSON that was only written differently counts as the same."""
    if found := find(upload.sha256):
        return found
    return find_json(upload.content) if upload.content else None


def find_json(content):
    try:
        with READING:
            sha256 = sha256_of(canonical_of(content))
    except NotSignedError:
        return None
    return find(sha256)


def _reports():
    reports = SignedReport.objects.defer("snapshot").order_by("pk")
    return reports.select_related("template", "period__phase__programme")
