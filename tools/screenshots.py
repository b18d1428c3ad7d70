"""The pictures of the README: starts a portal to try out in a folder of its own and photographs it.

`.venv/bin/python tools/screenshots.py` writes docs/img/; needs Chromium and what `make test` installs.
"""

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "img"
MOST_BYTES = 200_000
# name: (who, language, address, width, height)
PICTURES = {
    "overview": ("donor", "en", "/programme/", 1440, 1040),
    "plan-form": ("staff", "ru", "/plans/new/", 1440, 1720),
    "municipality": ("head.toktogul", "ky", "/", 360, 1300),
    "funding": ("donor", "en", "/reports/funding/", 1440, 980),
    "budget": ("donor", "ru", "/reports/budget/?phase=i", 1440, 900),
    "event": ("staff", "ru", "/conferences/sample-forum-of-practices/", 1440, 1230),
    "practice": ("donor", "en", "/practices/toktogul-municipal-enterprise-for-waste/", 1440, 900),
    "money": ("donor", "en", "/plans/Y-2018-001/money/", 1440, 1150),
}


def main():
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, portal(Path(folder)) as url:
        passwords = read_passwords(Path(folder))
        with sync_playwright() as playwright:
            sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=chromium(), args=sandbox)
            for name in PICTURES:
                path = IMAGES / f"{name}.png"
                path.write_bytes(smaller(photograph(browser, url, passwords, name)))
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
                if path.stat().st_size > MOST_BYTES:
                    sys.exit(f"{path.name} is too large for a README; make the picture lower")


def chromium():
    names = ["chromium", "chromium-browser", "google-chrome"]
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return found or sys.exit("No Chromium: sudo apt install chromium (or set CHROMIUM=/path)")


@contextmanager
def portal(folder):
    """A trial portal with sample data, kept in the folder; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    others = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    settings = {"DATA_DIR": str(folder), "PORT": port, "HOST": "127.0.0.1", "TRIAL": "1"}
    command = [sys.executable, str(ROOT / "tools" / "run.py")]
    log = folder / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, env=others | settings, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(address, server, log, seconds=180):
    for _i in range(seconds * 2):
        if server.poll() is not None:
            sys.exit(f"The portal did not start:\n{log.read_text()}")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.5)
    sys.exit(f"The portal did not answer within {seconds} seconds.")


def read_passwords(folder):
    people = json.loads((folder / "sample-users.json").read_text(encoding="utf-8"))
    return {person["email"]: person["password"] for person in people}


def photograph(browser, url, passwords, name):
    who, language, address, width, height = PICTURES[name]
    size = {"width": width, "height": height}
    context = browser.new_context(base_url=url, viewport=size, locale=language)
    context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("#id_login", f"{who}@example.org")
    page.fill("#id_password", passwords[f"{who}@example.org"])
    page.press("#id_password", "Enter")
    page.locator("details.menu").wait_for()
    page.goto(address)
    if name == "plan-form":
        fill_plan(page)
    page.wait_for_timeout(1500)  # until charts in view are drawn
    picture = page.screenshot()
    context.close()
    return picture


def fill_plan(page):
    """Three contributions, with a gap and a share under the minimum: what the form answers is seen."""
    page.fill("#id_text-title", "Энергосберегающее освещение улиц в селе Бостери")
    page.locator(".filter-of-select").first.fill("бостери")
    page.fill("#id_cost_kgs", "1 900 000")
    rows = [
        ("grant", "cash", "1 710 000,00"),
        ("municipality", "cash", "150 000"),
        ("municipality", "in_kind", "30 000,00"),
    ]
    for i, (source, form, amount) in enumerate(rows):
        if i:
            page.click('[name=add][value="money"]')
        page.select_option(f"#id_money-{i}-source", source)
        page.select_option(f"#id_money-{i}-form", form)
        page.fill(f"#id_money-{i}-amount_kgs", amount)
    page.locator("#id_money-2-amount_kgs").blur()
    page.evaluate("scrollTo(0, 0)")


# --- PNG ------------------------------------------------------------------------------------------


def smaller(png):
    """The same picture with its data packed as tightly as zlib can; text chunks are left out."""
    chunks, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    head = next(data for kind, data in chunks if kind == b"IHDR")
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    packed = png[:8] + b"".join(chunk(kind, data) for kind, data in parts)
    return min(packed, png, key=len)


def chunk(kind, data):
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


if __name__ == "__main__":
    main()
