"""Data → PDF, by typst, in a process of its own: typst keeps what it laid out, hundreds of megabytes after some reports."""

import json
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import typst

HERE = Path(__file__).resolve()
TEMPLATES = HERE.parent / "typst"
SECONDS = 300  # 1,000 rows take one or two
USUAL = re.compile("[\n\t -~\u00a0-\u017f\u0400-\u0482\u048a-\u04ff\u2010-\u2027]")
MOST_TRIED = 200  # one takes some milliseconds
ONE_LETTER = '#set document(title: "a")\n#"a{}a"'


def typeset(data, *, timestamp, template="report"):
    """data: what typst/<template>.typ reads. The same data give the same bytes."""
    with Typesetter(template) as typesetter:
        return typesetter.finish(data, timestamp=timestamp)


class Typesetter:
    """Sets one report. Long tables may be laid out before all is known that stands around them."""

    def __init__(self, template="report"):
        self.template = template

    def __enter__(self):
        pipes = dict.fromkeys(["stdin", "stdout", "stderr"], subprocess.PIPE)
        command = [sys.executable, "-I", str(HERE), self.template]
        self.process = subprocess.Popen(command, **pipes)
        return self

    def __exit__(self, *_error):
        with suppress(BrokenPipeError), self.process:
            self.process.kill()

    def begin(self, data):
        """Nothing of it is kept, but what is equal in the final data need not be laid out again."""
        with suppress(BrokenPipeError):  # finish() tells why it has ended
            self.process.stdin.write(_line(data, 0))
            self.process.stdin.flush()

    def finish(self, data, *, timestamp):
        """bytes"""
        content, errors = self.process.communicate(_line(data, timestamp), timeout=SECONDS)
        if self.process.returncode:
            raise RuntimeError(errors.decode(errors="replace"))
        return content


def _line(data, timestamp):
    return f"{timestamp} {json.dumps(data, ensure_ascii=False)}\n".encode()


def last_pdf(lines, template):
    """That of the last line; typst remembers what it laid out for those before."""
    content = b""
    for line in lines:
        timestamp, _space, data = line.decode().partition(" ")
        content = compiled(data, int(timestamp), template)
    return content


def compiled(text, timestamp, template):
    """A letter for which there is no font (an emoji, a Chinese sign) is "�": the rest of the report stands."""
    try:
        return pdf(files_of(template, text), timestamp)
    except typst.TypstError:
        data = json.loads(text)
        if not (missing := without_font(set("".join(texts(data))))):
            raise
    replaced = json.dumps(with_letters(data, dict.fromkeys(map(ord, missing), "\ufffd")))
    return pdf(files_of(template, replaced), timestamp)


def files_of(template, text):
    """The files that typst reads. As an input, data that differ anywhere would make typst forget everything."""
    files = {path.name: path.read_bytes() for path in TEMPLATES.glob("*.typ")}
    return files | {"main": files.pop(f"{template}.typ"), "data.json": text.encode()}


def pdf(source, timestamp):
    return typst.compile(
        source,
        ignore_system_fonts=True,  # those inside typst: the same bytes on every machine
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
        pdf(ONE_LETTER.replace("{}", f"\\u{{{ord(letter):x}}}").encode(), 0)
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
    sys.stdout.buffer.write(last_pdf(sys.stdin.buffer, sys.argv[1]))
