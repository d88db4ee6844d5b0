"""As much of Discord, over HTTP and a websocket, as a bot needs to come online and to leave."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

TOKEN = "MTIz.good.token"
APPLICATION_ID = "800000000000000001"
BOT = {
    "id": APPLICATION_ID,
    "username": "fairpoints",
    "discriminator": "0",
    "avatar": None,
    "bot": True,
}
APPLICATION = {
    "id": APPLICATION_ID,
    "name": "fairpoints",
    "description": "",
    "summary": "",
    "icon": None,
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "0" * 64,
    "flags": 0,
    "owner": {**BOT, "bot": False},
}
HELLO = {"op": 10, "d": {"heartbeat_interval": 41_250}}
DISPATCH, HEARTBEAT, IDENTIFY, HEARTBEAT_ACK = 0, 1, 2, 11
ALREADY_ACKNOWLEDGED = {"code": 40060, "message": "Interaction has already been acknowledged."}


@dataclass
class DiscordServer:
    """What the bot said, and what it will hear."""

    refuses_at_the_gateway: bool = False
    refuses_commands: bool = False
    identified: dict[str, Any] = field(default_factory=dict)
    commands: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    """By the id of the interaction, the first answer to it."""
    refused_answers: int = 0
    """Answers to interactions that had theirs."""
    close_code: int | None = None
    left: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""
    _socket: web.WebSocketResponse | None = None
    _sent: int = 0
    _answered: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def say(self, event: str, data: dict[str, Any]) -> None:
        """Send the bot an event."""
        assert self._socket is not None
        self._sent += 1
        await self._socket.send_json({"op": DISPATCH, "t": event, "s": self._sent, "d": data})

    async def hang_up(self, code: int) -> None:
        """Close the bot's connection."""
        assert self._socket is not None
        await self._socket.close(code=code)

    async def answer_to(self, interaction_id: str) -> Any:
        """Wait for the first answer to an interaction."""
        async with self._answered:
            await self._answered.wait_for(lambda: interaction_id in self.answers)
        return self.answers[interaction_id]

    async def me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return _json({"message": "401: Unauthorized", "code": 0}, status=401)
        return _json(BOT)

    async def application(self, _: web.Request) -> web.Response:
        return _json(APPLICATION)

    async def register(self, request: web.Request) -> web.Response:
        if self.refuses_commands:
            return _json({"message": "Maximum reached", "code": 30034}, status=400)
        self.commands = await request.json()
        named = [
            {**one, "id": str(900 + at), "application_id": APPLICATION_ID, "version": "1"}
            for at, one in enumerate(self.commands)
        ]
        return _json(named)

    async def callback(self, request: web.Request) -> web.Response:
        interaction_id = request.match_info["id"]
        if interaction_id in self.answers:
            self.refused_answers += 1
            return _json(ALREADY_ACKNOWLEDGED, status=400)
        async with self._answered:
            self.answers[interaction_id] = await request.json()
            self._answered.notify_all()
        said = {"id": interaction_id, "type": 2}
        return _json({"interaction": said})

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(HELLO)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(json.loads(message.data))
        self.close_code = socket.close_code
        self.left.set()
        return socket

    async def _hear(self, said: dict[str, Any]) -> None:
        assert self._socket is not None
        if said["op"] == HEARTBEAT:
            await self._socket.send_json({"op": HEARTBEAT_ACK})
        elif said["op"] == IDENTIFY and self.refuses_at_the_gateway:
            await self.hang_up(4004)
        elif said["op"] == IDENTIFY:
            self.identified = said["d"]
            await self.say("READY", self._ready())

    def _ready(self) -> dict[str, Any]:
        return {
            "v": 10,
            "user": BOT,
            "guilds": [],
            "session_id": "session",
            "resume_gateway_url": self.address.replace("http", "ws"),
            "application": {"id": APPLICATION_ID, "flags": 0},
        }


def _json(said: Any, status: int = 200) -> web.Response:
    # Discord names no charset, and discord.py reads JSON only then.
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(said).encode(), status=status, headers=headers)


@asynccontextmanager
async def discord_server() -> AsyncIterator[DiscordServer]:
    """Serve on loopback."""
    server = DiscordServer()
    app = web.Application()
    app.router.add_get("/api/users/@me", server.me)
    app.router.add_get("/api/oauth2/applications/@me", server.application)
    app.router.add_put("/api/applications/{id}/commands", server.register)
    app.router.add_post("/api/interactions/{id}/{token}/callback", server.callback)
    app.router.add_get("/gateway", server.gateway)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.address = site.name.rstrip("/")
    try:
        yield server
    finally:
        await runner.cleanup()
