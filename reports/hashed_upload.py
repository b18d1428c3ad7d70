"""An uploaded file of which only its SHA-256 is wanted: counted as it comes in, never written to the disk.

JSON is kept as well, because it may have been indented or sorted anew: then its canonical form is looked up.
"""

import hashlib
import time

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MAX_BYTES = 50 * 1024 * 1024
MAX_JSON_BYTES = 32 * 1024 * 1024
# A browser that is answered before it has sent everything shows no answer; a patient one is heard out.
HEAR_OUT_SECONDS = 20
CHUNK = 64 * 1024


class HashedUpload(UploadedFile):
    """sha256 of what was sent; content: of JSON, else None."""

    def __init__(self, name, size, sha256, content):
        super().__init__(name=name, size=size)
        self.sha256, self.content = sha256, content


class Hashing(FileUploadHandler):
    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.digest, self.size, self.parts = hashlib.sha256(), 0, []

    def receive_data_chunk(self, raw_data, start):
        self.size += len(raw_data)
        if self.size > MAX_BYTES:
            raise StopUpload(connection_reset=True)
        self.digest.update(raw_data)
        if self.parts is not None:
            self._keep(raw_data)

    def _keep(self, raw_data):
        self.parts.append(raw_data)
        head = self.parts[0].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if head != b"{" or self.size > MAX_JSON_BYTES:
            self.parts = None

    def file_complete(self, file_size):
        content = None if self.parts is None else b"".join(self.parts)
        return HashedUpload(self.file_name, file_size, self.digest.hexdigest(), content)


def is_too_large(request):
    """By what its head says, before a byte of it is read; a form has some bytes besides its file."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES + CHUNK
    except ValueError:
        return True


def hear_out(request):
    """Take in and forget what is still being sent, for a while."""
    until = time.monotonic() + HEAR_OUT_SECONDS
    while time.monotonic() < until and request.read(CHUNK):
        pass
