"""A bot that calls the fake Telegram directly, without a library's manners."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.fakes.bot_api import TOKEN, Server
from tests.fakes.bot_api_world import User

# The smallest PNG there is: one transparent pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@dataclass
class RawBot:
    """The server with one person on it, Ann (7), who has started the bot."""

    server: Server
    ann: User
    session: aiohttp.ClientSession

    async def ok(self, method: str, **given: Any) -> Any:
        """Calls a method as JSON; the result."""
        return _result(*await self._ask(method, TOKEN, given))

    async def refused(self, method: str, token: str = TOKEN, **given: Any) -> str:
        """Calls a method as JSON; the code and the description of its refusal."""
        return _refusal(*await self._ask(method, token, given))

    async def upload(self, method: str, files: dict[str, bytes], **given: Any) -> Any:
        """Calls a method as multipart form data, as for files; the result."""
        return _result(*await self._send(method, files, given))

    async def refused_upload(self, method: str, files: dict[str, bytes], **given: Any) -> str:
        return _refusal(*await self._send(method, files, given))

    async def _ask(self, method: str, token: str, given: Any) -> tuple[int, Any]:
        address = f"{self.server.base_url}{token}/{method}"
        async with self.session.post(address, json=given) as answer:
            return answer.status, await answer.json()

    async def _send(self, method: str, files: dict[str, bytes], given: Any) -> tuple[int, Any]:
        form = aiohttp.FormData({name: str(value) for name, value in given.items()})
        for name, content in files.items():
            form.add_field(name, content, filename=f"{name}.png", content_type="image/png")
        address = f"{self.server.base_url}{TOKEN}/{method}"
        async with self.session.post(address, data=form) as answer:
            return answer.status, await answer.json()


def _result(code: int, answer: Any) -> Any:
    assert (code, answer["ok"]) == (200, True), answer
    return answer["result"]


def _refusal(code: int, answer: Any) -> str:
    assert (answer["ok"], answer["error_code"]) == (False, code), answer
    return f"{code} {answer['description']}"


@asynccontextmanager
async def raw_bot() -> AsyncIterator[RawBot]:
    patience = aiohttp.ClientTimeout(total=10)
    async with Server() as server, aiohttp.ClientSession(timeout=patience) as session:
        ann = server.user(7, "ann")
        await ann.say(ann.chat, "/start")
        server.updates.drop()
        yield RawBot(server, ann, session)
