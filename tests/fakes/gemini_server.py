"""Gemini on loopback, both the Developer API and Vertex: strict, and it remembers everything."""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes import gemini_files, gemini_strict
from tests.fakes.gemini_files import Files, StoredFile
from tests.fakes.gemini_replies import Fault, Reply, error, reason

__all__ = ["TOKEN", "Answered", "Asked", "GeminiServer", "Mind", "Request", "gemini_server"]

KEY = "a-key-of-the-tests-0123456789"
TOKEN = "a-token-of-the-tests"  # no secret
MODELS = ("gemini-2.5-flash-lite", "gemini-3.5-flash-lite")
MOST_READ = 128 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire."""

    method: str
    path: str
    """With its query."""
    headers: dict[str, str]
    """Names in small letters."""
    content: bytes


@dataclass(frozen=True)
class Asked:
    """One question, taken apart."""

    model: str
    system: str
    texts: tuple[str, ...]
    """The text parts, in order."""
    clip_bytes: bytes | None
    """Inline, of the upload, or of the object in a bucket, where the server knows it."""
    clip_uri: str | None
    media_type: str
    config: dict[str, Any]
    raw: dict[str, Any]
    """The whole of it, its fields in the documented spelling."""
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    is_clip_first: bool = True


Answered = dict[str, Any] | Reply | Fault
Mind = Callable[[Asked], Answered | Awaitable[Answered]]


@dataclass
class GeminiServer:
    """What it was asked, what it keeps, and what it was asked in a wrong way."""

    mind: Mind
    key: str = KEY
    address: str = ""
    models: set[str] = field(default_factory=lambda: set(MODELS))
    asked: list[Asked] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """What it refused because the request itself was wrong."""
    store: Files = field(default_factory=Files)
    objects: dict[str, bytes] = field(default_factory=dict)
    """By gs:// address, what lies in buckets (Vertex reads them)."""
    remembers: bool = True
    """False where so many are asked that they would fill the memory."""
    at_once: int = 0
    most_at_once: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def files(self) -> dict[str, StoredFile]:
        """The uploads that it has, by name."""
        return self.store.stored

    @property
    def deleted(self) -> list[str]:
        """The names of uploads that were deleted."""
        return self.store.deleted

    def refuse(self, status: int, why: str, *details: dict[str, Any]) -> Reply:
        """Return an error, and remember it as the client's fault."""
        self.wrong.append(why)
        return error(status, why, *details)

    async def answer(
        self,
        body: dict[str, Any],
        model: str,
        *,
        on_vertex: bool = False,
        path: str = "",
        headers: dict[str, str] | None = None,
        size: int = 0,
    ) -> Answered:
        """Answer one question, from a request of its own or a line of a batch."""
        body = gemini_strict.named(body)
        if model not in self.models:
            return self.refuse(404, f"models/{model} is not found for API version v1beta")
        if why := gemini_strict.wrong(body, on_vertex=on_vertex, size=size):
            return self.refuse(400, why)
        asked = self._asked(body, model, path, headers or {})
        if refusal := self._unready(asked):
            return refusal
        if self.remembers:
            self.asked.append(asked)
        answered = self.mind(asked)
        return await answered if inspect.isawaitable(answered) else answered

    def _asked(self, body: dict[str, Any], model: str, path: str, headers: dict[str, str]) -> Asked:
        parts = [part for content in body["contents"] for part in content["parts"]]
        clip: dict[str, Any] = next((part for part in parts if "text" not in part), {})
        inline, file = clip.get("inlineData", {}), clip.get("fileData", {})
        uri = file.get("fileUri")
        return Asked(
            model=model,
            system="".join(
                one["text"] for one in body.get("systemInstruction", {}).get("parts", ())
            ),
            texts=tuple(part["text"] for part in parts if "text" in part),
            clip_bytes=gemini_strict.decoded(inline["data"]) if inline else self._content(uri),
            clip_uri=uri,
            media_type=(inline or file).get("mimeType", ""),
            config=body.get("generationConfig", {}),
            raw=body,
            path=path,
            headers=headers,
            is_clip_first=bool(parts) and "text" not in parts[0],
        )

    def _content(self, uri: str | None) -> bytes | None:
        if uri is None or uri.startswith("gs://"):
            return self.objects.get(uri or "")
        one = self.store.by_uri(uri)
        return None if one is None else one.content

    def _unready(self, asked: Asked) -> Reply | None:
        if asked.clip_uri is None or asked.clip_uri.startswith("gs://"):
            return None
        one = self.store.by_uri(asked.clip_uri)
        if one is None:
            return self.refuse(
                403,
                f"You do not have permission to access the File {asked.clip_uri} or it may not"
                " exist.",
            )
        if one.state != "ACTIVE":
            return self.refuse(
                400, f"The File {one.name} is not in an ACTIVE state and usage is not allowed."
            )
        return None

    def not_let_in(self, request: Request, *, on_vertex: bool) -> Reply | None:
        """Refuse who brings no key, the wrong one, or shows it where logs would keep it."""
        if "key=" in request.path or self.key in request.path:
            return self.refuse(400, "A key in the address.")
        given = request.headers.get("x-goog-api-key")
        if on_vertex:
            if given is not None or request.headers.get("authorization") != f"Bearer {TOKEN}":
                return self.refuse(401, "Request had invalid authentication credentials.")
            return None
        if given is None:
            return self.refuse(403, "Method doesn't allow unregistered callers.")
        if given != self.key:
            return self.refuse(
                400,
                "API key not valid. Please pass a valid API key.",
                reason("API_KEY_INVALID"),
            )
        return None


class _Doors:
    """The routes of one server."""

    def __init__(self, server: GeminiServer) -> None:
        self._server = server

    def routes(self) -> list[web.RouteDef]:
        vertex = "/{version}/projects/{project}/locations/{location}/publishers/google/models/"
        return [
            web.post("/v1beta/models/{model}:generateContent", self._developer),
            web.post(vertex + "{model}:generateContent", self._vertex),
            web.post("/upload/v1beta/files", self._files),
            web.get("/v1beta/files", self._files),
            web.get("/v1beta/files/{name}", self._files),
            web.delete("/v1beta/files/{name}", self._files),
            web.post("/token", self._token),
        ]

    async def _developer(self, request: web.Request) -> web.StreamResponse:
        return await self._generate(request, on_vertex=False)

    async def _vertex(self, request: web.Request) -> web.StreamResponse:
        return await self._generate(request, on_vertex=True)

    async def _generate(self, request: web.Request, *, on_vertex: bool) -> web.StreamResponse:
        server, came = self._server, await remember(self._server, request)
        if refusal := server.not_let_in(came, on_vertex=on_vertex):
            return drawn(refusal)
        server.at_once += 1
        server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            answered = await server.answer(
                json.loads(came.content),
                request.match_info["model"],
                on_vertex=on_vertex,
                path=came.path,
                headers=came.headers,
                size=len(came.content),
            )
            return await self._sent(request, answered)
        finally:
            server.at_once -= 1

    async def _sent(self, request: web.Request, answered: Answered) -> web.StreamResponse:
        if answered is Fault.HANG:
            await self._server.stopping.wait()
        if isinstance(answered, Fault):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return drawn(answered if isinstance(answered, Reply) else Reply(answered))

    async def _files(self, request: web.Request) -> web.StreamResponse:
        came = await remember(self._server, request)
        is_part = "upload_id" in request.query
        if not is_part and (refusal := self._server.not_let_in(came, on_vertex=False)):
            return drawn(refusal)
        body = json.loads(came.content) if came.content and not is_part else {}
        return drawn(await gemini_files.reply(self._server.store, request, came.content, body))

    async def _token(self, request: web.Request) -> web.StreamResponse:
        await remember(self._server, request)
        told = {"access_token": TOKEN, "expires_in": 3_600, "token_type": "Bearer"}
        return web.json_response(told)


async def remember(server: GeminiServer, request: web.Request) -> Request:
    """Keep a request as it came, before anything else."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    came = Request(request.method, request.path_qs, headers, await request.read())
    if server.remembers:
        server.requests.append(came)
    return came


def drawn(reply: Reply) -> web.Response:
    """Return a reply as HTTP."""
    body = reply.body
    content = json.dumps(body).encode() if isinstance(body, dict) else body
    content = content.encode() if isinstance(content, str) else content
    headers = {"Content-Type": "application/json; charset=UTF-8", **reply.headers}
    return web.Response(status=reply.status, body=content, headers=headers)


@asynccontextmanager
async def gemini_server(
    mind: Mind,
    routes: Callable[[GeminiServer], Iterable[web.RouteDef]] | None = None,
    key: str = KEY,
) -> AsyncIterator[GeminiServer]:
    """Run one on a port of its own; `routes` makes more of them."""
    server = GeminiServer(mind, key=key)
    app = web.Application(client_max_size=MOST_READ)
    app.add_routes([*(routes(server) if routes else ()), *_Doors(server).routes()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    server.store.address = server.address
    try:
        yield server
    finally:
        server.stopping.set()
        await runner.cleanup()
