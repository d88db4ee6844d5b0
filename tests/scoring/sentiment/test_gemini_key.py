"""The key goes into one header of each request, and nowhere else."""

import asyncio
import logging
import traceback
from contextlib import suppress
from pathlib import Path

import pytest

from scoring.sentiment.asking import Answer, Door, NotAllowed, Rejected, TryAgain
from scoring.sentiment.gemini import Gemini
from tests.fakes.gemini_replies import Fault, Reply, error, quota, reason
from tests.fakes.gemini_server import KEY, Answered
from tests.scoring.sentiment.watcher import MODEL, QUESTION, RUBRIC, content, watching

LEAKY = f"API key {KEY} not valid, see https://a.example/?key={KEY}"
"""What a proxy could answer that shows to everybody what it was given."""
ODD: list[Answered] = [
    error(400, LEAKY, reason("API_KEY_INVALID")),
    error(400, LEAKY.replace("API key", "The file")),
    error(429, LEAKY),
    error(500, LEAKY),
    quota(1),
    Reply(LEAKY, 502),
    Fault.CUT,
]


@pytest.fixture(name="logs")
def _logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that any logger says, at its most talkative."""
    for name in ["", *logging.root.manager.loggerDict]:
        caplog.set_level(logging.DEBUG, name)
    return caplog


def shown(logs: pytest.LogCaptureFixture) -> str:
    """Return all that was logged, with the arguments as they were given."""
    return logs.text + "".join(f"{one.args!r}{one.__dict__!r}" for one in logs.records)


async def test_it_is_sent_in_the_header_and_never_in_an_address():
    async with watching() as (gemini, server):
        await gemini.ask(QUESTION)
        (raw,) = server.requests
        assert raw.headers["x-goog-api-key"] == KEY
        assert KEY not in raw.path
        assert KEY.encode() not in raw.content


async def test_no_logger_at_its_most_talkative_tells_it(
    logs: pytest.LogCaptureFixture, tmp_path: Path
):
    path = tmp_path / "1.mp4"
    path.touch()
    path.write_bytes(b"video")
    async with watching() as (gemini, server):
        await gemini.ask(QUESTION)
        uploaded = await gemini.upload(str(path), "video/mp4", "key")
        await gemini.delete(uploaded.name)
        await gemini.sweep("fp")
        for odd in ODD:
            server.mind = lambda _, odd=odd: odd  # type: ignore[misc]  # bound as it is now
            with suppress(TryAgain, NotAllowed):
                await gemini.ask(QUESTION)
        assert len(server.asked) == 1 + len(ODD)
    await asyncio.sleep(0)
    assert "generateContent" in logs.text  # they did talk
    assert KEY not in shown(logs)


@pytest.mark.parametrize("odd", ODD)
async def test_no_exception_and_no_answer_tells_it(odd: Answered):
    async with watching(lambda _: odd) as (gemini, _):
        try:
            said: Answer | Exception = await gemini.ask(QUESTION)
        except (TryAgain, NotAllowed) as why:
            said = why
    if isinstance(said, Exception):
        assert KEY not in "".join(traceback.format_exception(said))
        assert "\n" not in str(said)
    assert KEY not in f"{said} {said!r}"


async def test_one_that_was_read_with_the_end_of_its_line_is_not_told_either():
    async with watching(lambda _: error(400, LEAKY, reason("API_KEY_INVALID"))) as (_, server):
        gemini = Gemini(Door(f"{KEY}\n", server.address), MODEL, RUBRIC)
        with pytest.raises(NotAllowed) as caught:
            await gemini.ask(QUESTION)
        await gemini.close()
        assert server.requests[0].headers["x-goog-api-key"] == KEY
    assert KEY not in str(caught.value)


async def test_a_refused_upload_does_not_tell_it(tmp_path: Path):
    path = tmp_path / "1.mp4"
    path.write_bytes(b"video")
    async with watching() as (gemini, server):
        server.key = "another"
        with pytest.raises((TryAgain, NotAllowed, Rejected)) as caught:
            await gemini.upload(str(path), "video/mp4", "key")
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_nothing_that_holds_it_shows_it():
    door = Door(api_key=KEY)
    assert KEY not in repr(door)
    assert KEY not in repr(Gemini(door, MODEL, RUBRIC))


ELSEWHERE = {
    "GOOGLE_API_KEY": "somebody-elses",
    "GEMINI_API_KEY": "somebody-elses",
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_GENAI_USE_ENTERPRISE": "true",
    "GOOGLE_CLOUD_PROJECT": "another-project",
    "GOOGLE_CLOUD_LOCATION": "another-location",
    "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9",
    "GOOGLE_VERTEX_BASE_URL": "http://127.0.0.1:9",
    "GOOGLE_GENAI_API_VERSION": "v9",
    "GOOGLE_GENAI_CLIENT_MODE": "replay",
    "GOOGLE_GENAI_REPLAYS_DIRECTORY": "answers",
    "GOOGLE_GENAI_REPLAY_ID": "somebody/elses/mldev",
}
"""What else the SDK would go by."""


async def test_no_variable_of_the_sdk_wins_over_what_is_configured(monkeypatch: pytest.MonkeyPatch):
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    async with watching() as (gemini, server):
        await gemini.ask(QUESTION)
        (raw,) = server.requests
        assert raw.path == f"/v1beta/models/{MODEL}:generateContent"
        assert raw.headers["x-goog-api-key"] == KEY


async def test_without_a_key_none_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GOOGLE_API_KEY", "somebody-elses")
    async with watching(content) as (_, server):
        gemini = Gemini(Door(api_url=server.address), MODEL, RUBRIC)
        with pytest.raises(NotAllowed, match="no key and no project"):
            await gemini.ask(QUESTION)
        assert server.requests == []
