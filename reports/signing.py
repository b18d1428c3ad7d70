"""Signing: the figures of a closed period are frozen, with the files made from them and two persons' names.

All of it or nothing: the row, its files and the step of the period stand together or not at all. A file without
its row, as a crash may leave it behind, is no report: nothing leads to it, and no later file takes its place.
"""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from action_plans.models import PeriodStatus
from lib.memory import uncollected

from . import closing, snapshots
from .about import about_of, has_sample
from .exports.beside import Beside
from .exports.pdf import Signature, begin_pdf, to_pdf
from .exports.tables_csv import figures_csv
from .exports.tables_xlsx import to_xlsx
from .exports.typeset import Typesetter
from .models import SignedFile, SignedReport
from .models.signed import FileFormat

NAMES = ["name_ky", "name_ru", "name_en"]
# Rows of tables whose CSV and XLSX take no longer than a process needs to begin.
SOON_MADE = 5_000


def sign(*, period, template, name, role, by, seen="", site=""):
    """The new SignedReport. seen: SHA-256 of the figures that the approver read; site: where the portal is."""
    with uncollected(), _no_file_without_its_row() as written, transaction.atomic():
        period = _locked(period)
        refuse(period, template, by)
        report = _unsigned(period, template, name.strip(), role.strip(), by)
        with EarlyFiles(report) as early:
            data, text = snapshots.written(period, template, report.version, early=early)
            _freeze(report, text, seen)
            for format, content in _files(report, data, site, early):
                _keep(report, format, content, written)
        signed = PeriodStatus.SIGNED
        closing.step(period, signed, by=by, role=report.approved_role, at=report.approved_at)
    return report


def refuse(period, template, by):
    """ValidationError saying why this person cannot sign this period now."""
    if not by.may_sign:
        raise ValidationError(_("Only an approver signs reports."))
    if period.is_open:
        raise ValidationError(_("The period is still open. It is closed first, then signed."))
    if period.is_signed:
        raise ValidationError(_("The period is signed already."), code="signed")
    if period.closed_by_id == by.pk:
        raise ValidationError(
            _(
                "You closed this period, so you prepared the report. Two persons answer for it: "
                "another approver signs."
            ),
            code="preparer",
        )
    if template and not template.certificate:
        raise ValidationError(_("The template has no certificate to sign. Write one first."))


def next_version(period):
    newest = period.reports.order_by("-version").values_list("version", flat=True).first()
    return (newest or 0) + 1


def proposed(period, template):
    """(data, SHA-256) of what would be signed."""
    data, text = snapshots.written(period, template, next_version(period))
    return data, snapshots.sha256_of(text)


def _locked(period):
    """Nobody books in the phase, closes or signs the period until this is through."""
    _phase, periods = closing.lock(period.phase_id)
    found = next((each for each in periods if each.pk == period.pk), None)
    if found is None:
        raise ValidationError(_("Meanwhile somebody removed this period."), code="removed")
    return found


def _unsigned(period, template, name, role, by):
    """All that is known of the report before its figures."""
    prepared = period.closed_by
    with translation.override(template.language):
        return SignedReport(
            period=period,
            version=next_version(period),
            template=template,
            **{name: getattr(template, name) for name in NAMES},
            language=template.language,
            certificate=template.certificate,
            prepared_at=period.closed_at,
            prepared_by=prepared,
            prepared_name=str(prepared),
            prepared_role=str(prepared.get_role_display()),
            approved_at=timezone.now(),
            approved_by=by,
            approved_name=name,
            approved_role=role,
            has_sample=has_sample(snapshots.scope_of_period(period, template)),
        )


def _freeze(report, text, seen):
    report.snapshot, report.sha256 = text, snapshots.sha256_of(text)
    if seen and seen != report.sha256:
        raise ValidationError(
            _(
                "The figures changed since you opened the page, so nothing was signed. "
                "Here they are as they are now."
            ),
            code="changed",
        )
    _number(report)


def _number(report):
    """Its files print it. PostgreSQL gives one before the row is there, which is long and is written meanwhile."""
    if connection.vendor != "postgresql":
        report.save(force_insert=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [report._meta.db_table])
        [report.pk] = cursor.fetchone()


class EarlyFiles:
    """What takes long is begun while the figures are put together; of what is signed the files are made."""

    def __init__(self, report):
        self.report = report

    def __enter__(self):
        with ExitStack() as stack:
            self.typesetter = stack.enter_context(Typesetter())
            self.beside = stack.enter_context(Beside())
            self.stack = stack.pop_all()
        if self.report.period.phase.plans.count() > SOON_MADE:
            self.beside.start()  # as many rows are to come, and a core is idle now
        return self

    def __exit__(self, *error):
        return self.stack.__exit__(*error)

    def with_tables(self, tables):
        """Typst lays the long tables out."""
        if sum(len(table.rows) for table in tables) > SOON_MADE and not self.beside.process:
            self.beside.start()
        with translation.override(self.report.language):
            begin_pdf(self.typesetter, tables, self.about(), signature_of(self.report))

    def with_text(self, tables):
        if self.beside.process:
            with translation.override(self.report.language):
                self.beside.begin(self.report.language, self.about(), tables)

    def about(self, address=""):
        return about_of(
            snapshots.scope_of_period(self.report.period, self.report.template),
            at=self.report.approved_at,
            address=address,
            signed=self.report,
            title=self.report.name,
        )

    def tables(self, tables, about):
        """[(format, bytes)]"""
        made = self.beside.finish(about) if self.beside.process else None
        csv, xlsx = made or (_bytes(figures_csv(tables)), _bytes(to_xlsx(tables, about)))
        return [(FileFormat.CSV, csv), (FileFormat.XLSX, xlsx)]


def _files(report, data, site, early):
    """[(format, bytes)], all made from the snapshot, in the language of the template."""
    with translation.override(report.language):
        tables = snapshots.tables_from(data, report.language)
        about = early.about(site.rstrip("/") + report.get_absolute_url())
        # A process of its own sets the pages, so the other files are made meanwhile.
        with ThreadPoolExecutor(max_workers=1) as beside:
            paper = beside.submit(
                _paper, tables, about, signature_of(report), report.language, early.typesetter
            )
            if report._state.adding:
                report.save(force_insert=True)
            yield FileFormat.JSON, report.snapshot.encode()
            yield from early.tables(tables, about)
            yield FileFormat.PDF, paper.result()


def _paper(tables, about, signature, language, typesetter):
    """It asks the database nothing: this thread would have a connection of its own."""
    with translation.override(language):
        return to_pdf(tables, about, signature, typesetter=typesetter)


def signature_of(report):
    return Signature(
        prepared_name=report.prepared_name,
        prepared_role=report.prepared_role,
        prepared_at=report.prepared_at,
        approved_name=report.approved_name,
        approved_role=report.approved_role,
        approved_at=report.approved_at,
        certificate=report.certificate,
    )


def _bytes(file):
    with file:
        return file.read()


def _keep(report, format, content, written):
    row = SignedFile(
        report=report,
        format=format,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    storage, name = row.file.storage, f"{report.code}.{format}"
    name = storage.get_available_name(row.file.field.generate_filename(row, name))
    written.append((storage, name))  # a full disk leaves half of it
    row.file = storage.save(name, ContentFile(content))
    _to_disk(row.file)
    row.save()


def _to_disk(file):
    """Before the row says that it is there."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


@contextmanager
def _no_file_without_its_row():
    written = []
    try:
        yield written
    except BaseException:
        for storage, name in written:
            with suppress(OSError):  # the others, and why it went wrong, are not lost
                storage.delete(name)
        raise


def figures_of(report):
    """The signed data; ValidationError when they are not those that were signed."""
    if snapshots.sha256_of(report.snapshot) != report.sha256:
        raise ValidationError(_("The figures are damaged: they are not those that were signed."))
    return json.loads(report.snapshot)
