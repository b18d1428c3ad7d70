"""Handing out what people uploaded: under its own name, and so that it cannot do anything."""

import unicodedata
from pathlib import PurePosixPath

from django.http import FileResponse, Http404

# A PDF is downloaded: Chromium's viewer would need inline styles, and nothing here allows them.
SHOWN_IN_BROWSER = {"image/jpeg", "image/png"}
# A stranger's file runs nothing, loads nothing and stands in no frame.
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def serve(stored, *, filename, content_type):
    """The stored file under its original name; only what cannot run is shown inside the browser."""
    try:
        file = stored.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        file,
        as_attachment=content_type not in SHOWN_IN_BROWSER,
        filename=filename,
        content_type=content_type,
    )
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response


def plain_name(name):
    """The person's own name for the file, without a folder and without invisible letters."""
    name = PurePosixPath(name.replace("\\", "/")).name
    letters = (char for char in name if unicodedata.category(char) not in ("Cc", "Cf"))
    stem, dot, ending = "".join(letters).strip().rpartition(".")
    return f"{stem[: 199 - len(ending)]}{dot}{ending}"[:200]
