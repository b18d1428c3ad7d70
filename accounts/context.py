def page(request):
    """What the frame of every page needs: the chosen look. What waits is in action_plans.context."""
    return {"theme": theme_of(request)}


def theme_of(request):
    theme = request.COOKIES.get("theme")
    return theme if theme in ("light", "dark") else ""
