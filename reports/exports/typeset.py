"""Data → PDF, by typst, in a process of its own: typst keeps what it laid out, hundreds of megabytes after some reports."""

import json
import subprocess
import sys
from pathlib import Path

import typst

HERE = Path(__file__).resolve()
TEMPLATES = HERE.parent / "typst"
SECONDS = 300  # 5,000 rows take ten


def typeset(data, *, timestamp):
    """data: what typst/report.typ reads. The same data give the same bytes."""
    command = [sys.executable, "-I", str(HERE), str(timestamp)]
    text = json.dumps(data, ensure_ascii=False).encode()
    done = subprocess.run(command, input=text, capture_output=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout


def compiled(text, timestamp):
    return typst.compile(
        TEMPLATES / "report.typ",
        root=TEMPLATES,
        ignore_system_fonts=True,  # those inside typst: the same bytes on every machine
        sys_inputs={"data": text},
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=timestamp,
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(compiled(sys.stdin.buffer.read().decode(), int(sys.argv[1])))
