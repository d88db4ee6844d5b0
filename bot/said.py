"""How amounts and captions are said, in answers and in notices alike."""

from bot.language import _, several


def points(amount: int) -> str:
    """Say an amount of points, such as `1,234 points`."""
    return several("{count} point", "{count} points", amount)


def short(caption: str, length: int = 32) -> str:
    """Cut a caption to one line, at a word where there is one."""
    line = " ".join(caption.split())
    if not line:
        return _("(no caption)")
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > length // 2 else cut) + "…"
