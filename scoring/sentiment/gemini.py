"""Gemini, by a key or through a project on Vertex: one question, one request, one answer.

The SDK is imported when the first question is asked. It does nothing by itself: it repeats no
request, follows no address that an answer names, and asks nobody but `api_url`.
"""

import asyncio
import io
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from db.judges import Named
from db.refused import Refused
from scoring.sentiment import answer, refusal, request
from scoring.sentiment.asking import (
    Answer,
    Door,
    NotAllowed,
    Question,
    Rejected,
    TryAgain,
)
from scoring.sentiment.rubric import Rubric
from scoring.sentiment.uploads import ALONE, name_of

if TYPE_CHECKING:
    import httpx
    from google import genai

VERSIONS = {False: "v1beta", True: "v1beta1"}
"""Of the API by key, which has uploads in this version alone, and on Vertex."""
UPLOAD_SECONDS = 600
"""How long an upload may take until it can be shown."""
LOOK_SECONDS = 2.0
"""Between two looks at an upload."""
PART = 2 * 1024 * 1024
"""Of a file that is uploaded, sent at once."""
PAGE = 100
LIES_THERE = 409
BYTES_A_SECOND = 15_000_000
"""Of inline videos, at most so many are made ready: it holds up everybody else in the program."""


class Uploaded(NamedTuple):
    """A file that Gemini holds for two days, or until it is deleted."""

    name: str
    uri: str


class _InParts(io.FileIO):
    """A file that is read a little at a time: what was sent stays in memory for some requests."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(PART if size is None or size < 0 else min(size, PART)) or b""


class Gemini:
    """A judge that watches: one model under one rubric, behind one door."""

    def __init__(self, door: Door, model: str, rubric: Rubric) -> None:
        self.named = Named(model, rubric.prompt_version)
        self.on_vertex = bool(door.vertex_project)
        self.takes_uris = self.on_vertex
        """Whether it reads a bucket's objects by their gs:// address."""
        self._door = door
        self._rubric = rubric
        self._turn = asyncio.Lock()
        self._opening = threading.Lock()
        self._client: genai.Client | None = None
        self._http: httpx.AsyncClient | None = None
        self._out: set[str] = set()
        """The uploads of its own that were not deleted yet."""

    def __repr__(self) -> str:
        return f"Gemini({self.named.model!r}, {self.named.prompt_version!r})"

    @property
    def client(self) -> "genai.Client":
        """The SDK's client, which is made when it is first wanted."""
        return self._opened()

    async def ask(self, question: Question) -> Answer:
        """Put one question in exactly one request; raise `TryAgain` or `NotAllowed` for no answer.

        A file that is not taken is an answer: REJECTED.
        """
        try:
            async with self.told(self._door.timeout_seconds):
                response = await self._generate(question)
        except Rejected as why:
            return answer.rejected(why)
        if answer.is_shut_out(response):
            raise NotAllowed(Refused("Google has closed this account to Gemini").reason)
        return answer.read(response)

    def body(self, question: Question) -> dict[str, Any]:
        """Return what is sent for a question, by itself or as a line of a batch."""
        return request.body(question, self._rubric, on_vertex=self.on_vertex)

    async def _generate(self, question: Question) -> object:
        from google.genai import types  # noqa: PLC0415  # heavy

        client = await self.ready()
        async with self._turn:
            await asyncio.sleep(len(question.clip.content or b"") / BYTES_A_SECOND)
        told = self.body(question)
        config = types.GenerateContentConfig.model_validate(
            {
                **told.pop("generationConfig"),
                **{name: value for name, value in told.items() if name != "contents"},
                "automaticContinuation": False,
                "automaticFunctionCalling": {"disable": True},
                "shouldReturnHttpResponse": True,
            }
        )
        answered = await client.aio.models.generate_content(
            model=self.named.model, contents=told["contents"], config=config
        )
        return _parsed(answered.sdk_http_response)

    async def upload(self, path: str, media_type: str, key: str, prefix: str = ALONE) -> Uploaded:
        """Send a file without reading it whole, and wait until it can be shown.

        The key is to name its content: one that lies there under the same key is used.
        """
        name = name_of(prefix, key)
        self._out.add(name)
        async with self.told(UPLOAD_SECONDS):
            await self._send(path, media_type, name)
            return await self._until_ready(name)

    async def _send(self, path: str, media_type: str, name: str) -> None:
        client = await self.ready()
        with await asyncio.to_thread(_InParts, path) as file:  # so the file's own name is not told
            try:
                await client.aio.files.upload(
                    file=file,
                    config={
                        "name": name,
                        "mime_type": media_type,
                        # or its parts would go where the first answer says
                        "http_options": {"base_url": self._door.api_url},
                    },
                )
            except (KeyError, ValueError) as error:  # what the SDK raises for an odd answer
                raise TryAgain(Refused("Gemini took the file in part only").reason) from error
            except Exception as error:
                if getattr(error, "code", None) != LIES_THERE:
                    raise

    async def _until_ready(self, name: str) -> Uploaded:
        while True:
            file = await self.client.aio.files.get(name=name)
            state = file.state.name if file.state else ""
            if state == "ACTIVE" and file.uri:
                return Uploaded(name, file.uri)
            if state == "FAILED":
                await self.delete(name)
                why = refusal.one_line(file.error.message if file.error else "")
                raise Rejected(refusal.unread(why).reason)
            await asyncio.sleep(LOOK_SECONDS)

    async def delete(self, name: str) -> None:
        """Delete an upload; one that is gone is fine."""
        client = await self.ready()
        try:
            async with self.told(self._door.timeout_seconds):
                await client.aio.files.delete(name=name)
        except Rejected:  # what Gemini says of a file that it has not
            pass
        self._out.discard(name)

    async def sweep(self, *prefixes: str) -> int:
        """Delete the uploads whose names begin so, and return how many there were."""
        if self.on_vertex or not prefixes:
            return 0
        begins = tuple(f"files/{one}-" for one in prefixes)
        client, left = await self.ready(), []
        async with self.told(self._door.timeout_seconds):
            async for file in await client.aio.files.list(config={"page_size": PAGE}):
                name = file.name or ""
                if name.startswith(begins) and name not in self._out:
                    left.append(name)
        for name in left:
            await self.delete(name)
        return len(left)

    async def close(self) -> None:
        """Let go of the connections; uploads that are out stay for the next run's sweep."""
        client, http = self._client, self._http
        self._client = self._http = None
        if client is not None:
            await client.aio.aclose()
            client.close()
        if http is not None:
            await http.aclose()

    def problem(self, error: Exception) -> refusal.Problem | None:
        """Return what an exception of the SDK means; None where it is a mistake of our own."""
        told = refusal.problem(error) or _without_credentials(error)
        key = self._door.api_key.strip()  # as the SDK sends it: a file's end may stand behind it
        if told is None or not key or key not in str(told):
            return told
        hidden = str(told).replace(key, "...")
        if isinstance(told, TryAgain):
            return TryAgain(hidden, told.after_seconds, is_unknown=told.is_unknown)
        return type(told)(hidden)

    def _opened(self) -> "genai.Client":
        with self._opening:
            if self._client is None:
                self._client, self._http = _open(self._door)
            return self._client

    async def ready(self) -> "genai.Client":
        """Return the client; what it takes to make one doesn't hold up the loop."""
        return await asyncio.to_thread(self._opened) if self._client is None else self._client

    @asynccontextmanager
    async def told(self, seconds: float) -> AsyncIterator[None]:
        """Bound what is inside, and turn the SDK's exceptions into ours."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except Exception as error:
            if (told := self.problem(error)) is None:
                raise
            raise told from None


def _open(door: Door) -> "tuple[genai.Client, httpx.AsyncClient]":
    import httpx  # noqa: PLC0415  # heavy
    from google import genai  # noqa: PLC0415  # heavy
    from google.genai import types  # noqa: PLC0415  # heavy
    from google.genai.client import DebugConfig  # noqa: PLC0415  # heavy

    if not door.api_key and not door.vertex_project:
        raise NotAllowed(Refused("there is no key and no project for Gemini").reason)
    on_vertex = bool(door.vertex_project)
    http = httpx.AsyncClient(limits=httpx.Limits(max_connections=None))
    options = types.HttpOptions(
        base_url=door.host,
        api_version=VERSIONS[on_vertex],
        timeout=door.timeout_seconds * 1_000,
        retry_options=types.HttpRetryOptions(attempts=1),
        httpx_async_client=http,
    )
    asks = DebugConfig(client_mode="api")  # else a variable lets it read answers from a file
    with _quiet():
        if on_vertex:
            client = genai.Client(
                vertexai=True,
                project=door.vertex_project,
                location=door.vertex_location,
                http_options=options,
                debug_config=asks,
            )
        else:
            client = genai.Client(
                vertexai=False, api_key=door.api_key, http_options=options, debug_config=asks
            )
    return client, http


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the SDK from saying that it uses a key of the environment: it uses ours."""
    log = logging.getLogger("google_genai._api_client")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def _without_credentials(error: Exception) -> TryAgain | NotAllowed | None:
    from google.auth import exceptions  # noqa: PLC0415  # heavy

    if not isinstance(error, exceptions.GoogleAuthError):
        return None
    said = next(iter(error.args), "")  # what follows may be all that Google answered
    words = refusal.one_line(said)
    why = Refused("the credentials for Google Cloud were not taken: {words}", words=words).reason
    is_passing = isinstance(error, exceptions.TransportError) or error.retryable
    return TryAgain(why) if is_passing else NotAllowed(why)


def _parsed(response: Any) -> object:
    try:
        return json.loads(response.body)
    except (ValueError, TypeError, RecursionError):
        return None
