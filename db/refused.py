"""The one exception that a user sees in words."""

from datetime import UTC, datetime


class Term(str):
    """A value that is itself a word of ours, such as a redemption's state: it is translated too."""

    __slots__ = ()


class Sentence(str):
    """A refusal in English, which knows what it was said of: so it can be said in any language.

    As a value of another refusal it is translated too, however it came there: the text of an
    exception stays one.
    """

    __slots__ = ("refused",)

    refused: "Refused"

    def __new__(cls, refused: "Refused") -> "Sentence":
        """Return what is refused, in English."""
        made = super().__new__(cls, refused.english())
        made.refused = refused
        return made

    def __getnewargs__(self) -> tuple["Refused"]:  # type: ignore[override]  # made of a refusal
        """Let a copy be made of what is refused, where a plain string is made of its text."""
        return (self.refused,)

    def __str__(self) -> str:
        """Return itself, where a plain string would forget what it knows."""
        return self


class Refused(Exception):
    """A request that the rules do not allow, said in one clear sentence.

    The sentence names its values in braces (`"{reward} costs {price} points"`), so that a front
    says it in the reader's language with `bot.language.in_words`. Whole numbers and moments are
    given as they are, since languages write them differently, words of ours as a `Term`, and what
    another sentence says as its `reason`. `plural` is the sentence for another `count` than 1,
    which both name `{count}`. Raised anywhere inside a transaction, it rolls the transaction back.
    """

    def __init__(self, text: str, *, plural: str = "", count: int = 1, **values: object) -> None:
        self.text = text
        self.plural = plural
        self.count = count
        self.values = values | ({"count": count} if plural else {})
        super().__init__(self.english())

    @property
    def reason(self) -> Sentence:
        """The sentence in English, which can still be said in any language."""
        return Sentence(self)

    def english(self) -> str:
        """Return the sentence in English, as plain text."""
        text = self.plural if self.plural and self.count != 1 else self.text
        if not self.values:
            return text
        return text.format(**{name: _said(one) for name, one in self.values.items()})


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{value:,}" if isinstance(value, int) else str(value)
