"""The one exception that a user sees in words."""

from datetime import UTC, datetime


class Term(str):
    """A value that is itself a word of ours, such as a redemption's state: it is translated too."""

    __slots__ = ()


class Refused(Exception):
    """A request that the rules do not allow, said in one clear sentence.

    The sentence names its values in braces (`"{reward} costs {price} points"`), so that a front
    says it in the reader's language with `bot.language.in_words`. Whole numbers and moments are
    given as they are, since languages write them differently, and words of ours as a `Term`.
    `plural` is the sentence for another `count` than 1, which both name `{count}`. Raised anywhere
    inside a transaction, it rolls the transaction back.
    """

    def __init__(self, text: str, *, plural: str = "", count: int = 1, **values: object) -> None:
        self.text = text
        self.plural = plural
        self.count = count
        self.values = values | ({"count": count} if plural else {})
        super().__init__(self.reason)

    @property
    def reason(self) -> str:
        """The sentence in English."""
        text = self.plural if self.plural and self.count != 1 else self.text
        if not self.values:
            return text
        return text.format(**{name: _said(one) for name, one in self.values.items()})


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{value:,}" if isinstance(value, int) else str(value)
