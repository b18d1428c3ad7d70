"""Cells of CSV files: UTF-8 with BOM, commas, and no text that a spreadsheet would take for a formula."""

import re

BOM, QUOTE = "\ufeff", '"'
NEEDS_QUOTES = re.compile('[,"\n\r]')
# A spreadsheet would take a text that begins so for a formula.
FORMULA_SIGNS = ["=", "+", "-", "@", "\t", "\r"]


def as_text(value):
    return f"'{value}" if value[:1] in FORMULA_SIGNS else value


def cell(value):
    text = "" if value is None else str(value)
    # The csv module leaves a lone carriage return unquoted, PostgreSQL's COPY does not.
    return f'"{text.replace(QUOTE, QUOTE * 2)}"' if NEEDS_QUOTES.search(text) else text
