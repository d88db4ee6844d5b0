"""As much of Discord, over HTTP and a websocket, as a bot needs: strict in what it takes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.discord_gateway import PATIENCE_SECONDS, Gateway
from tests.fakes.discord_payloads import (
    APPLICATION,
    APPLICATION_ID,
    BOT,
    CHOICES,
    DEFERRED,
    DEFERRED_UPDATE,
    TOKEN,
    message,
    person,
    wrong_in_callback,
    wrong_in_message,
)

__all__ = ["APPLICATION_ID", "TOKEN", "DiscordServer", "Fault", "discord_server"]

ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
TOKEN_EXPIRED = (401, 50027, "Invalid Webhook Token")
CANNOT_WRITE = (403, 50007, "Cannot send messages to this user")
BUCKET = {
    "X-RateLimit-Bucket": "messages",
    "X-RateLimit-Limit": "5",
    "X-RateLimit-Remaining": "4",
    "X-RateLimit-Reset-After": "1.0",
}


@dataclass
class Fault:
    """One request goes wrong: before it was heard, or only its answer is lost."""

    path: str
    """A part of the request's path."""
    status: int
    retry_after: float = 0
    was_heard: bool = False
    code: int = 0
    """Discord's own code of what is wrong."""


@dataclass
class DiscordServer:
    """What the bot said, and what goes wrong."""

    wrong: list[str] = field(default_factory=list)
    gateway: Gateway = None  # type: ignore[assignment]  # made with `wrong`, below
    address: str = ""
    gateway_url: str = ""
    refuses_commands: bool = False
    commands: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    """By the id of the interaction, the first answer to it."""
    shown: dict[str, Any] = field(default_factory=dict)
    """By the id of the interaction, the message that it ended in."""
    refused_answers: int = 0
    """Answers to interactions that had theirs."""
    notices: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Direct messages, and to whom they went."""
    posts: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """What stands in channels: by channel and message, as it was sent or edited last."""
    closed_to: set[str] = field(default_factory=set)
    """People who take no messages of the bot."""
    late: set[str] = field(default_factory=set)
    """Interactions whose time is over."""
    faults: list[Fault] = field(default_factory=list)
    _nonces: dict[tuple[str, str], Any] = field(default_factory=dict)
    _answered: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.gateway = Gateway(self.wrong)

    @property
    def api_url(self) -> str:
        """What the bot's settings name."""
        return f"{self.address}/api/v10"

    async def answer_to(self, interaction_id: str) -> Any:
        """Wait for the message in which an interaction ends."""
        await self._until(lambda: interaction_id in self.shown)
        return self.shown[interaction_id]

    async def asked(self, interaction_id: str) -> None:
        """Wait until the bot has tried to answer an interaction."""
        await self._until(lambda: any(f"/{interaction_id}/" in one for one in self.requests))

    async def told_under(self, nonce: str) -> tuple[str, dict[str, Any]]:
        """Wait for the direct message that carries a nonce."""
        await self._until(lambda: any(one["nonce"] == nonce for _, one in self.notices))
        return next(told for told in self.notices if told[1]["nonce"] == nonce)

    async def _until(self, there: Any) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._answered:
            await self._answered.wait_for(there)

    async def _note(self, kept: dict[str, Any], interaction_id: str, said: Any) -> None:
        async with self._answered:
            kept[interaction_id] = said
            self._answered.notify_all()

    async def me(self, _: web.Request) -> web.Response:
        return _json(BOT)

    async def application(self, _: web.Request) -> web.Response:
        return _json(APPLICATION)

    async def where(self, _: web.Request) -> web.Response:
        limits = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        return _json({"url": self.gateway_url, "shards": 1, "session_start_limit": limits})

    async def register(self, request: web.Request) -> web.Response:
        if self.refuses_commands:
            return _refused(400, 30034, "Maximum reached")
        self.commands = await request.json()
        named = [
            {
                "description": "",
                **one,
                "id": str(900 + at),
                "application_id": APPLICATION_ID,
                "version": "1",
            }
            for at, one in enumerate(self.commands)
        ]
        return _json(named)

    async def callback(self, request: web.Request) -> web.Response:
        interaction_id, body = request.match_info["id"], (await _body(request))
        if request.match_info["token"] != f"token-of-{interaction_id}":
            return _refused(*UNKNOWN_INTERACTION)
        if interaction_id in self.answers:
            self.refused_answers += 1
            return _refused(*ALREADY_ACKNOWLEDGED)
        if interaction_id in self.late:
            return _refused(*UNKNOWN_INTERACTION)
        self.wrong += wrong_in_callback(body)
        await self._note(self.answers, interaction_id, body)
        if body["type"] not in {DEFERRED, DEFERRED_UPDATE, CHOICES}:
            await self._note(self.shown, interaction_id, body["data"])
        return _json({"interaction": {"id": interaction_id, "type": 2}})

    async def edit(self, request: web.Request) -> web.Response:
        return await self._later(request)

    async def follow_up(self, request: web.Request) -> web.Response:
        return await self._later(request)

    async def _later(self, request: web.Request) -> web.Response:
        interaction_id = request.match_info["token"].removeprefix("token-of-")
        if interaction_id in self.late:
            return _refused(*TOKEN_EXPIRED)
        if interaction_id not in self.answers:
            return _refused(*UNKNOWN_WEBHOOK)
        body = await _body(request)
        self.wrong += wrong_in_message(body)
        await self._note(self.shown, interaction_id, body)
        return _json(message("5000", "77", body))

    async def open_chat(self, request: web.Request) -> web.Response:
        user_id = str((await request.json())["recipient_id"])
        recipients = [person(user_id)]
        return _json({"id": f"9{user_id}", "type": 1, "recipients": recipients})

    async def send(self, request: web.Request) -> web.Response:
        channel_id, body = request.match_info["id"], await _body(request)
        user_id = channel_id.removeprefix("9")
        if user_id in self.closed_to:
            return _refused(*CANNOT_WRITE)
        self.wrong += wrong_in_message(body)
        known = (channel_id, body["nonce"])
        if body.get("enforce_nonce") and known in self._nonces:
            return _json(self._nonces[known], headers=BUCKET)
        message_id = str(6000 + len(self._nonces))
        self._nonces[known] = message(message_id, channel_id, body)
        self.posts[channel_id, message_id] = body
        async with self._answered:
            self.notices.append((user_id, body))
            self._answered.notify_all()
        return _json(self._nonces[known], headers=BUCKET)

    async def edit_message(self, request: web.Request) -> web.Response:
        known = (request.match_info["id"], request.match_info["message"])
        if known not in self.posts:
            return _refused(*UNKNOWN_MESSAGE)
        body = await _body(request)
        self.wrong += wrong_in_message(body)
        self.posts[known] = self.posts[known] | body
        return _json(message(known[1], known[0], self.posts[known]), headers=BUCKET)

    @web.middleware
    async def guarded(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Ask for the token where Discord does, and let go wrong what is to go wrong."""
        async with self._answered:
            self.requests.append(f"{request.method} {request.path}")
            self._answered.notify_all()
        open_to_all = any(
            one in request.path for one in ("/gateway-", "/interactions/", "/webhooks/")
        )
        if not open_to_all and request.headers.get("Authorization") != f"Bot {TOKEN}":
            return _refused(401, 0, "401: Unauthorized")
        fault = next((one for one in self.faults if one.path in request.path), None)
        if fault is None:
            return await handler(request)
        self.faults.remove(fault)
        if fault.was_heard:
            await handler(request)
        return _fault(fault)


def _fault(fault: Fault) -> web.Response:
    if fault.status != 429:
        return _refused(fault.status, fault.code, "Internal Server Error")
    headers = {"Via": "1.1 google", "Retry-After": str(fault.retry_after)}
    said = {"message": "You are being rate limited.", "retry_after": fault.retry_after}
    return _json(said | {"global": False}, 429, headers)


async def _body(request: web.Request) -> dict[str, Any]:
    """Read a message, with or without files."""
    if request.content_type == "application/json":
        return await request.json()
    form = await request.post()
    return json.loads(str(form["payload_json"]))


def _refused(status: int, code: int, text: str) -> web.Response:
    return _json({"message": text, "code": code}, status)


def _json(said: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Discord names no charset, and discord.py reads JSON only then.
    named = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(said).encode(), status=status, headers=named)


def _routes(server: DiscordServer) -> list[web.RouteDef]:
    api = "/api/v10"
    return [
        web.get(f"{api}/users/@me", server.me),
        web.get(f"{api}/oauth2/applications/@me", server.application),
        web.get(f"{api}/gateway/bot", server.where),
        web.put(f"{api}/applications/{{id}}/commands", server.register),
        web.post(f"{api}/interactions/{{id}}/{{token}}/callback", server.callback),
        web.patch(f"{api}/webhooks/{{id}}/{{token}}/messages/@original", server.edit),
        web.post(f"{api}/webhooks/{{id}}/{{token}}", server.follow_up),
        web.post(f"{api}/users/@me/channels", server.open_chat),
        web.post(f"{api}/channels/{{id}}/messages", server.send),
        web.patch(f"{api}/channels/{{id}}/messages/{{message}}", server.edit_message),
        web.get("/gateway-1/", server.gateway.connection),
    ]


@asynccontextmanager
async def discord_server() -> AsyncIterator[DiscordServer]:
    """Serve on loopback; at the end nothing may have been wrong."""
    server = DiscordServer()
    app = web.Application(middlewares=[server.guarded], client_max_size=30_000_000)
    app.add_routes(_routes(server))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.address = site.name.rstrip("/")
    server.gateway_url = server.address.replace("http", "ws") + "/gateway-1/"
    server.gateway.address = server.gateway_url
    try:
        yield server
    finally:
        await runner.cleanup()
    assert server.wrong == []
