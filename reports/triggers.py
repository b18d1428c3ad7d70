"""What was signed is never changed and never deleted, by no way in (lib/triggers.py)."""

from django.utils.translation import gettext_lazy as _

from lib.triggers import Guard, Guards

from .models import SignedFile, SignedReport

WORDS = {
    "signed": _("What was signed is never changed. Sign again: that makes the next version."),
    "replaced": _("There is such a row already, and it is not replaced."),
    "emptied": _("This table holds what was signed. It is not emptied."),
}
MODELS = [SignedReport, SignedFile]


def rules(vendor):
    for model in MODELS:
        table = model._meta.db_table
        for event in ("UPDATE", "DELETE"):
            yield Guard(f"{table}_{event.lower()}d", table, event, "TRUE", "signed")


GUARDS = Guards(label="signed", words=WORDS, rules=rules, tables=lambda: MODELS)
