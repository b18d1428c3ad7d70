"""Data → PDF, by typst, in a process of its own: typst keeps what it laid out, hundreds of megabytes after some reports."""

import json
import re
import subprocess
import sys
from pathlib import Path

import typst

HERE = Path(__file__).resolve()
TEMPLATES = HERE.parent / "typst"
SECONDS = 300  # 5,000 rows take ten
USUAL = re.compile("[\n\t -~\u00a0-\u017f\u0400-\u0482\u048a-\u04ff\u2010-\u2027]")
MOST_TRIED = 200  # one takes some milliseconds
ONE_LETTER = b'#set document(title: "a")\n#sys.inputs.data'


def typeset(data, *, timestamp, template="report"):
    """data: what typst/<template>.typ reads. The same data give the same bytes."""
    command = [sys.executable, "-I", str(HERE), str(timestamp), template]
    text = json.dumps(data, ensure_ascii=False).encode()
    done = subprocess.run(command, input=text, capture_output=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout


def compiled(text, timestamp, template):
    """A letter for which there is no font (an emoji, a Chinese sign) is "�": the rest of the report stands."""
    try:
        return pdf(TEMPLATES / f"{template}.typ", text, timestamp)
    except typst.TypstError:
        data = json.loads(text)
        if not (missing := without_font(set("".join(texts(data))))):
            raise
    replaced = json.dumps(with_letters(data, dict.fromkeys(map(ord, missing), "\ufffd")))
    return pdf(TEMPLATES / f"{template}.typ", replaced, timestamp)


def pdf(source, text, timestamp):
    return typst.compile(
        source,
        root=TEMPLATES,
        ignore_system_fonts=True,  # those inside typst: the same bytes on every machine
        sys_inputs={"data": text},
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=timestamp,
    )


# --- Letters without a font, which a tagged PDF must not have -----------------------------------------


def without_font(letters):
    unusual = sorted(letter for letter in letters if not USUAL.match(letter))
    return unusual if len(unusual) > MOST_TRIED else [x for x in unusual if not is_shown(x)]


def is_shown(letter):
    try:
        pdf(ONE_LETTER, f"a{letter}a", 0)
    except typst.TypstError:
        return False
    return True


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def with_letters(value, others):
    if isinstance(value, str):
        return value.translate(others)
    if isinstance(value, dict):
        return {name: with_letters(each, others) for name, each in value.items()}
    return [with_letters(each, others) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    timestamp, template = sys.argv[1:]
    sys.stdout.buffer.write(compiled(sys.stdin.buffer.read().decode(), int(timestamp), template))
