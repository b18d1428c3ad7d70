"""The views by subject; each address list names its module."""
