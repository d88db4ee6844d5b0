"""The updates that wait for the bot, and getUpdates as the real server answers it."""

from collections.abc import Sequence

from tests.fakes.bot_api_basics import Bell, Json, Refusal

# Chat member changes, reactions and the like come only to bots that ask for them.
_DEFAULT_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")


class Updates:
    """Kept until a later offset confirms them, so an unconfirmed one is delivered again."""

    def __init__(self, bell: Bell) -> None:
        self.webhook_url = ""
        self.pending: list[Json] = []
        self.polls = 0
        self._bell = bell
        self._next_id = 1001
        self._last: Json = {}
        self._kinds: Sequence[str] = _DEFAULT_KINDS
        self._is_closed = False

    def add(self, kind: str, content: Json) -> None:
        if kind not in self._kinds:
            return
        self._last = {"update_id": self._next_id, kind: content}
        self.pending.append(self._last)
        self._next_id += 1
        self._bell.ring()

    def repeat_last(self) -> Json:
        """Delivers the last update once more, as Telegram does where a confirmation got lost."""
        self.pending.append(self._last)
        self._bell.ring()
        return self._last

    def allow(self, kinds: Sequence[str] | None) -> None:
        """None keeps the last choice, an empty list is the default one."""
        if kinds is not None:
            self._kinds = kinds or _DEFAULT_KINDS

    async def get(self, offset: int, limit: int, seconds: int) -> list[Json]:
        """Long polling; a newer poller ends this one with 409."""
        if self.webhook_url:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self.interrupt()
        self._confirm(offset)
        await self._wait(self.polls, seconds)
        return self.pending[:limit]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [u for u in self.pending if u["update_id"] >= offset]

    async def _wait(self, poll: int, seconds: int) -> None:
        def ready() -> bool:
            return bool(self.pending) or self.polls != poll or self._is_closed

        if not seconds:
            return
        try:
            await self._bell.until(ready, seconds)
        except TimeoutError:
            return
        if self.polls != poll:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )

    def interrupt(self) -> None:
        """What a new poller does to the one that waits."""
        self.polls += 1
        self._bell.ring()

    def drop(self) -> None:
        self.pending.clear()

    def close(self) -> None:
        """Lets the pollers go, so that the server can stop."""
        self._is_closed = True
        self._bell.ring()
