"""How the fields of a video are called and said."""

from bot.language import N_, _, number, written

NAMES = {
    "views": N_("Views"),
    "likes": N_("Likes"),
    "shares": N_("Shares"),
    "bookmarks": N_("Bookmarks"),
    "comments": N_("Comments"),
    "engagement_rate": N_("Engagement"),
    "sentiment": N_("Sentiment"),
}


def named(field: str) -> str:
    """Return what people call a field."""
    return _(NAMES[field])


def figure(field: str, value: float | None) -> str:
    """Say a figure as it is kept; the engagement rate follows from the counts."""
    if value is None:
        return _("not told")
    if field == "engagement_rate":
        return written(f"{value:.2%}")
    return sentiment(value) if field == "sentiment" else number(int(value))


def sentiment(value: float) -> str:
    """Say a sentiment with four decimals, or with all that it was kept with."""
    text = f"{value:.4f}"
    return written(text if float(text) == value else repr(value))
