"""Papers of the programme, of which a rate or a tranche rests on one. Each content is kept once, for good."""

from lib.files import plain_name
from lib.uploads import check_upload, sha256_of

from .documents import serve
from .models import Evidence

__all__ = ["check_upload", "find_or_add", "serve"]


def find_or_add(*, file, by, content_type=None):
    """The Evidence with this content, kept now unless it was known.

    content_type: of a file whose content the caller has checked already, such as the bank's rates.
    """
    content_type, sha256 = content_type or check_upload(file), sha256_of(file)
    known = Evidence.objects.filter(sha256=sha256).first()
    return known or Evidence.objects.create(
        file=file,
        filename=plain_name(file.name),
        content_type=content_type,
        size=file.size,
        sha256=sha256,
        uploaded_by=by,
    )
