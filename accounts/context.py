def page(request):
    """What the frame of every page needs: the chosen look and how many plans wait for this person."""
    return {"theme": theme_of(request), "inbox_count": 0}


def theme_of(request):
    theme = request.COOKIES.get("theme")
    return theme if theme in ("light", "dark") else ""
