"""All tests: on SQLite, on PostgreSQL, then the stories in a browser. Arguments go on to pytest."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from postgres import NoPostgresError, temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() in ("true", "1")
NO_TESTS = 5  # pytest's exit code when it finds none
# A developer's own settings must not decide how the tests end.
OURS = [
    "DATABASE_URL",
    "DEBUG",
    "TRIAL",
    "HTTPS",
    "EMAIL_URL",
    "ALLOWED_HOSTS",
    "SECRET_KEY",
    "CSRF_TRUSTED_ORIGINS",
]
NO_CHROMIUM = "Browser stories were NOT run: no Chromium. To run them: sudo apt install chromium (or set CHROMIUM=/path)"


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that PostgreSQL is stopped, too
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(folder), arguments)
        runs.run("SQLite", "not e2e")
        try:
            with temporary_postgres() as url:
                runs.run("PostgreSQL", "not e2e", DATABASE_URL=url)
                run_browser_stories(runs, url)
        except NoPostgresError as error:
            runs.leave_out(f"PostgreSQL and browser stories were NOT run. {error}")
        return runs.report()


def run_browser_stories(runs, url):
    chromium = find_chromium()
    if chromium:
        runs.run("browser", "e2e", DATABASE_URL=url, CHROMIUM=chromium)
    else:
        runs.leave_out(NO_CHROMIUM)


def find_chromium():
    names = ["chromium", "chromium-browser", "google-chrome"]
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


class Runs:
    def __init__(self, folder, arguments):
        self.folder, self.arguments = folder, arguments
        self.counts, self.codes, self.left_out = {}, {}, []

    def run(self, name, marker, **environment):
        print(f"\n=== Tests: {name} ===", flush=True)
        base = {key: value for key, value in os.environ.items() if key not in OURS}
        environment = {**base, "DATA_DIR": str(self.folder / "data"), **environment}
        report = self.folder / f"{name}.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-m",
            marker,
            f"--junitxml={report}",
            *self.arguments,
        ]
        self.codes[name] = subprocess.run(command, cwd=ROOT, env=environment).returncode
        self.counts[name] = count(report)

    def leave_out(self, reason):
        self.left_out.append(reason)

    def report(self):
        print("\n=== Summary ===")
        for name, (passed, failed, skipped) in self.counts.items():
            print(f"{name}: {passed} passed, {failed} failed, {skipped} skipped")
        print(*self.left_out, sep="\n", end="\n" if self.left_out else "")
        passed, failed = (sum(numbers[i] for numbers in self.counts.values()) for i in (0, 1))
        print(f"{passed} passed, {failed} failed", flush=True)
        broken = any(code not in (0, NO_TESTS) for code in self.codes.values())
        return int(broken or passed == 0 or (IN_CI and bool(self.left_out)))


def count(report):
    """(passed, failed, skipped) of a JUnit file; a test whose tear-down fails as well counts once."""
    if not report.exists():
        return 0, 0, 0
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = sum(
        case.find("failure") is not None or case.find("error") is not None for case in cases
    )
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
