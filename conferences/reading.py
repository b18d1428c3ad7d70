"""Public pages and files in the language that their address names: ?language=ky."""

from functools import wraps

from django.conf import settings
from django.utils import translation

CODES = [code for code, _name in settings.LANGUAGES]


def language_of(request):
    """ "Empty when the address names none that there is."""
    code = request.GET.get("language", "")
    return code if code in CODES else ""


def in_language(view):
    """Else in the reader's own."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if not (code := language_of(request)):
            return view(request, *args, **kwargs)
        with translation.override(code):
            request.LANGUAGE_CODE = code
            return view(request, *args, **kwargs)

    return wrapped
