"""A module that loads when it is first used: pandas costs a second that most commands and pages never need."""

from importlib import import_module


class LazyModule:
    """pd = LazyModule("pandas"); pd.DataFrame(…) imports it. Why: docs/decisions/0004-pandas-loading.md."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        return getattr(import_module(self._name), attribute)
