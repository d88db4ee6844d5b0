"""A judge that watches, in front of a Gemini on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from scoring.sentiment import rubric
from scoring.sentiment.asking import Clip, Door, Question
from scoring.sentiment.gemini import Gemini
from tests.fakes.gemini_replies import answer
from tests.fakes.gemini_server import Asked, GeminiServer, Mind, gemini_server

MODEL = "gemini-2.5-flash-lite"
RUBRIC = rubric.load("1")
VIDEO = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256))
CLIP = Clip("video/mp4", VIDEO)
QUESTION = Question(CLIP, "Cake day with my sister", 7)


def content(_: Asked) -> dict[str, object]:
    """Think the same of everything."""
    return answer(0.7)


class Watching(NamedTuple):
    """Who asks, and who answers."""

    gemini: Gemini
    server: GeminiServer


@asynccontextmanager
async def watching(
    mind: Mind = content, *, model: str = MODEL, seconds: int = 20
) -> AsyncIterator[Watching]:
    """Run both, by a key, and close what was opened."""
    async with gemini_server(mind) as server:
        door = Door(api_key=server.key, api_url=server.address, timeout_seconds=seconds)
        gemini = Gemini(door, model, RUBRIC)
        try:
            yield Watching(gemini, server)
        finally:
            await gemini.close()
