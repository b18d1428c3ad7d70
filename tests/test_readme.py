"""What the README promises stands in the code."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def test_every_setting_is_in_the_readmes_table_and_nothing_else_is():
    code = (ROOT / "psi_portal" / "settings.py").read_text()
    in_code = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code))
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)) == in_code


def test_every_file_and_folder_the_readme_names_exists():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    folders = set(re.findall(r"`([a-z_/]+/)`", README)) - {"var/"}  # made by the first run
    assert [name for name in [*links, *folders] if not (ROOT / name).exists()] == []


def test_the_readmes_commands_are_those_of_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^    |PORT=8001 )make ([a-z]+)", README, re.MULTILINE)) <= targets
