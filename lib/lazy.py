"""A module that loads when it is first used: pandas costs a second that most commands and pages never need."""

from importlib import import_module


class LazyModule:
    """pd = LazyModule("pandas"); pd.DataFrame(…) imports it. Why: docs/decisions/0004-pandas-loading.md.

    after: a module to be complete first. plotly looks for pandas in sys.modules and fails over one that
    another thread is still importing; import_module() waits for it.
    """

    def __init__(self, name, *, after=None):
        self._names = [after, name] if after else [name]

    def __getattr__(self, attribute):
        modules = [import_module(name) for name in self._names]
        return getattr(modules[-1], attribute)
