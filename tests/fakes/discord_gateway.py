"""Discord's gateway: a session that outlives its connections, and keeps what was not heard."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord_payloads import APPLICATION_ID, BOT, TOKEN

DISPATCH, HEARTBEAT, IDENTIFY, RESUME = 0, 1, 2, 6
RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 9, 10, 11
PATIENCE_SECONDS = 20
"""After so long, what is waited for does not come any more."""


@dataclass
class Gateway:
    """What the bot said at the gateway, and what it is told there."""

    wrong: list[str]
    """What the bot did that Discord does not take."""
    address: str = ""
    heartbeat_seconds: float = 41.25
    refuses: bool = False
    """Whether it closes each connection for its token."""
    answers_heartbeats: bool = True
    identified: list[dict[str, Any]] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)
    """Up to which event the bot had heard, each time that it resumed."""
    close_codes: list[int | None] = field(default_factory=list)
    _events: list[dict[str, Any]] = field(default_factory=list)
    _socket: web.WebSocketResponse | None = None
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def say(self, event: str, data: dict[str, Any]) -> None:
        """Send an event."""
        await self._send(self._kept(event, data))

    def keep(self, event: str, data: dict[str, Any]) -> None:
        """Let an event be lost with the connection: only who resumes hears it."""
        self._kept(event, data)

    async def repeat(self) -> None:
        """Send the last event once more."""
        await self._send(self._events[-1])

    async def hang_up(self, code: int) -> None:
        """Close the connection."""
        assert self._socket is not None
        await self._socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """Tell the bot to come again."""
        await self._send({"op": RECONNECT, "d": None})

    async def invalidate(self) -> None:
        """End the session: it can't be resumed."""
        self._events.clear()
        await self._send({"op": INVALID_SESSION, "d": False})

    async def until(self, *, identified: int = 1, resumed: int = 0, left: int = 0) -> None:
        """Wait until the bot came, came back and left so many times."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
            await self._changed.wait_for(
                lambda: (
                    len(self.identified) >= identified
                    and len(self.resumed) >= resumed
                    and len(self.close_codes) >= left
                )
            )

    async def connection(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        if (request.query.get("v"), request.query.get("encoding")) != ("10", "json"):
            self.wrong.append(f"the gateway was asked for {dict(request.query)}")
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = {"heartbeat_interval": round(self.heartbeat_seconds * 1000)}
        await socket.send_json({"op": HELLO, "d": hello})
        async for said in socket:
            if said.type is WSMsgType.TEXT:
                await self._hear(json.loads(said.data))
        async with self._changed:
            self.close_codes.append(socket.close_code)
            self._changed.notify_all()
        return socket

    async def _hear(self, said: dict[str, Any]) -> None:
        op, data = said["op"], said["d"]
        if op == HEARTBEAT:
            await self._beat(data)
        elif op in {IDENTIFY, RESUME} and (self.refuses or data["token"] != TOKEN):
            await self.hang_up(4004)
        elif op == IDENTIFY:
            self._events.clear()
            await self.say("READY", self._ready())
            await self._note(self.identified, data)
        elif op == RESUME and (data["session_id"] != "session" or not self._events):
            await self._send({"op": INVALID_SESSION, "d": False})
        elif op == RESUME:
            for one in self._events[data["seq"] :]:
                await self._send(one)
            await self.say("RESUMED", {})
            await self._note(self.resumed, data["seq"])
        else:
            self.wrong.append(f"the gateway was told {said}")

    async def _beat(self, heard: int | None) -> None:
        if heard is not None and not 0 < heard <= len(self._events):
            self.wrong.append(f"a heartbeat with {heard}")
        if self.answers_heartbeats:
            await self._send({"op": HEARTBEAT_ACK})

    async def _note(self, kept: list[Any], data: Any) -> None:
        async with self._changed:
            kept.append(data)
            self._changed.notify_all()

    def _kept(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        said = {"op": DISPATCH, "t": event, "s": len(self._events) + 1, "d": data}
        self._events.append(said)
        return said

    async def _send(self, said: dict[str, Any]) -> None:
        assert self._socket is not None
        await self._socket.send_json(said)

    def _ready(self) -> dict[str, Any]:
        return {
            "v": 10,
            "user": BOT,
            "guilds": [],
            "session_id": "session",
            "resume_gateway_url": self.address,
            "application": {"id": APPLICATION_ID, "flags": 0},
        }
