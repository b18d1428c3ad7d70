from .views import _soon as invitation  # noqa: F401
