"""The one exception that a user sees in words."""


class Refused(Exception):
    """A request that the rules do not allow, said in one clear sentence.

    The sentence names its values in braces (`"{reward} costs {price} points"`), so that a front
    says it in the reader's language with `bot.language.in_words`. Whole numbers are given as they
    are, since languages group digits differently. `plural` is the sentence for another `count`
    than 1. Raised anywhere inside a transaction, it rolls the transaction back.
    """

    def __init__(self, text: str, *, plural: str = "", count: int = 1, **values: object) -> None:
        self.text = text
        self.plural = plural
        self.count = count
        self.values = values
        super().__init__(self.reason)

    @property
    def reason(self) -> str:
        """The sentence in English."""
        text = self.plural if self.plural and self.count != 1 else self.text
        if not self.values:
            return text
        return text.format(**{name: _said(one) for name, one in self.values.items()})


def _said(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
