"""Data → PDF, by typst. A long one in a process of its own: typst keeps what it laid out, hundreds of megabytes."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import typst

HERE = Path(__file__).resolve()
TEMPLATES = HERE.parent / "typst"
kept = threading.local()


def typeset(data, *, timestamp, is_long=False):
    """data: what typst/report.typ reads. The same data give the same bytes."""
    text = json.dumps(data, ensure_ascii=False)
    return _in_a_process(text, timestamp) if is_long else compiled(text, timestamp)


def compiled(text, timestamp):
    if not hasattr(kept, "compiler"):
        # The fonts inside typst only: the same bytes on every machine.
        kept.compiler = typst.Compiler(
            TEMPLATES / "report.typ", root=TEMPLATES, ignore_system_fonts=True
        )
    return kept.compiler.compile(
        sys_inputs={"data": text}, format="pdf", pdf_standards=["ua-1"], timestamp=timestamp
    )


def _in_a_process(text, timestamp):
    command = [sys.executable, "-I", str(HERE), str(timestamp)]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(compiled(sys.stdin.buffer.read().decode(), int(sys.argv[1])))
