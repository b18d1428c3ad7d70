from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django_htmx.http import HttpResponseClientRedirect

LANGUAGE_SESSION_KEY = "language"
CODES = [code for code, _name in settings.LANGUAGES]


class PersonLocaleMiddleware(LocaleMiddleware):
    """The language: session, cookie, Accept-Language, in that order. Addresses do not change with it."""

    def process_request(self, request):
        super().process_request(request)
        chosen = request.session.get(LANGUAGE_SESSION_KEY)
        if chosen in CODES:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen


class LoginRequired(LoginRequiredMiddleware):
    """Signing in is the default; htmx goes to the log-in page as a whole page, not into the partial."""

    def handle_no_permission(self, request, view_func):
        response = super().handle_no_permission(request, view_func)
        page = _page_sent_from(request)
        if page and (request.method == "POST" or _asks_for_a_part_of_another(page, request)):
            response = redirect_to_login(page)
        return HttpResponseClientRedirect(response.url) if request.htmx else response


def _asks_for_a_part_of_another(page, request):
    return request.htmx and urlsplit(page).path != request.path


def _page_sent_from(request):
    """Where the button was pressed: many send to an address that is no page to come back to."""
    page = urlsplit(request.headers.get("Referer", ""))
    if (page.scheme, page.netloc) == (request.scheme, request.get_host()):
        return page._replace(scheme="", netloc="", fragment="").geturl()
    return ""
