"""Telegram calling a webhook: each update is posted until it is taken, in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp

from tests.fakes.bot_api import Server
from tests.fakes.bot_api_basics import Json

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PAUSE_SECONDS = 0.05
"""Between two tries to deliver; the real pauses are longer."""


class Hook:
    """Stands for Telegram and for the proxy in front of the bot, which listens on `port`."""

    def __init__(self, server: Server, port: int, session: aiohttp.ClientSession) -> None:
        self._server = server
        self._port = port
        self._session = session
        self.answers: list[int] = []
        """What each delivery was answered."""

    async def post(self, update: Json, secret: str | None) -> int:
        """Deliver an update; the status of the answer, 0 where there is none."""
        path = urlsplit(self._server.updates.webhook_url).path
        headers = {} if secret is None else {SECRET_HEADER: secret}
        address = f"http://127.0.0.1:{self._port}{path}"
        try:
            async with self._session.post(address, json=update, headers=headers) as answer:
                return answer.status
        except aiohttp.ClientError:
            return 0

    async def run(self) -> None:
        """Deliver what waits, each until it is taken."""
        updates = self._server.updates
        while True:
            await self._server.bell.until(
                lambda: self._server.webhook and updates.pending, seconds=600
            )
            first = updates.pending[0]
            status = await self.post(first, self._server.webhook.get("secret_token"))
            self.answers.append(status)
            if status == 200:
                updates.pending.remove(first)
            else:
                await asyncio.sleep(PAUSE_SECONDS)


@asynccontextmanager
async def calling(server: Server, port: int) -> AsyncIterator[Hook]:
    """Call the webhook that is set, at a port of this machine, until the end."""
    patience = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=patience) as session:
        hook = Hook(server, port, session)
        running = asyncio.create_task(hook.run())
        try:
            yield hook
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
