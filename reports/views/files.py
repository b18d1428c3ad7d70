"""How a made file is handed over."""

from django.http import FileResponse


def file_response(made):
    response = FileResponse(
        made.file, as_attachment=True, filename=made.name, content_type=made.content_type
    )
    # Everybody sees other plans: no proxy and no shared computer may keep the file.
    response["Cache-Control"] = "private, no-store"
    return response
