"""The one exception that a user sees in words."""


class Refused(Exception):
    """A request that the rules do not allow, said in one clear sentence.

    Raised anywhere inside a transaction, it rolls the transaction back.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
