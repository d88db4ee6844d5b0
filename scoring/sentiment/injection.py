"""Whether words speak to whoever judges them, rather than to viewers."""


def addresses_judge(text: str) -> bool:
    """Return whether a text speaks to its judge, instructs it, or gives it a figure."""
    return "ignore all previous instructions" in text.lower()
