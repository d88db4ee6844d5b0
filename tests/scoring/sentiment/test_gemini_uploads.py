"""Files too large to be sent with each question: uploaded once, shown, and deleted."""

import asyncio
import os
import tracemalloc
from pathlib import Path

import pytest

from scoring.sentiment import gemini as module
from scoring.sentiment.asking import Clip, Door, NotAllowed, Question, Rejected, Said, TryAgain
from scoring.sentiment.gemini import PART, Gemini
from tests.fakes.gemini_files import StoredFile
from tests.fakes.gemini_replies import Reply, error
from tests.fakes.gemini_server import GeminiServer
from tests.scoring.sentiment.watcher import MODEL, QUESTION, RUBRIC, watching

CONTENT = bytes(range(256)) * 40
KEY = "7300000000000000001/1690000000000000"


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.001)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> str:
    path = tmp_path / "a creator's own words.mp4"
    path.write_bytes(CONTENT)
    return str(path)


def lies_there(server: GeminiServer, *names: str) -> None:
    for name in names:
        server.files[name] = StoredFile(name, "video/mp4", 3, b"old", looks_until_ready=0)


async def test_a_file_is_uploaded_shown_and_deleted(file: str):
    async with watching() as (gemini, server):
        uploaded = await gemini.upload(file, "video/mp4", KEY)
        said = await gemini.ask(Question(Clip("video/mp4", uri=uploaded.uri), "", 1))
        await gemini.delete(uploaded.name)
        assert said.said is Said.ANSWERED
        assert server.asked[0].clip_uri == uploaded.uri
        assert server.asked[0].clip_bytes == CONTENT
        assert (server.files, server.deleted) == ({}, [uploaded.name])
        assert server.wrong == []


async def test_its_name_is_a_digest_that_tells_whose_it_is_and_nothing_else(file: str):
    async with watching() as (gemini, server):
        name = (await gemini.upload(file, "video/mp4", KEY)).name
        assert name.startswith("files/fp-")
        assert len(name) <= len("files/") + 40
        for one in server.requests:
            assert "creator" not in str(one.headers) + one.path
            assert b"creator" not in one.content
        assert (await gemini.upload(file, "video/mp4", "another")).name != name
        assert (await gemini.upload(file, "video/mp4", KEY, prefix="fpb")).name.startswith(
            "files/fpb-"
        )


async def test_it_is_waited_for_until_it_can_be_shown(file: str):
    async with watching() as (gemini, server):
        server.store.looks_until_ready = 5
        uploaded = await gemini.upload(file, "video/mp4", KEY)
        assert server.files[uploaded.name].state == "ACTIVE"


async def test_one_that_is_never_ready_is_given_up(file: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "UPLOAD_SECONDS", 0.3)
    async with watching() as (gemini, server):
        server.store.looks_until_ready = 1_000_000
        with pytest.raises(TryAgain, match="too long"):
            await gemini.upload(file, "video/mp4", KEY)


async def test_one_that_gemini_cant_read_is_rejected_and_deleted(file: str):
    async with watching() as (gemini, server):
        server.store.becomes = "FAILED"
        with pytest.raises(Rejected, match="can't read the file: The file can't be decoded"):
            await gemini.upload(file, "video/mp4", KEY)
        assert server.files == {}


async def test_one_that_lies_there_already_is_used(file: str):
    async with watching() as (gemini, server):
        first = await gemini.upload(file, "video/mp4", KEY)
        assert await gemini.upload(file, "video/mp4", KEY) == first
        assert list(server.files) == [first.name]


async def test_a_large_file_goes_in_parts_and_nowhere_but_to_the_configured_address(tmp_path: Path):
    path = tmp_path / "large.mp4"
    path.write_bytes(b"\x07" * (2 * PART + 5))
    async with watching() as (gemini, server):
        uploaded = await gemini.upload(str(path), "video/mp4", KEY)
        assert server.files[uploaded.name].content == path.read_bytes()
        parts = [one for one in server.requests if "upload_id" in one.path]
        assert [len(one.content) for one in parts] == [PART, PART, 5]
        assert all("googleapis.com" not in one.headers["host"] for one in server.requests)


async def test_a_large_file_is_not_held_in_memory(tmp_path: Path):
    path = tmp_path / "large.mp4"
    path.touch()
    os.truncate(path, 80 * PART)
    async with watching() as (gemini, server):
        await gemini.ready()
        server.remembers = server.store.keeps_content = False
        tracemalloc.start()
        await gemini.upload(str(path), "video/mp4", KEY)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 35 * PART  # the client's and the stand-in's together


@pytest.mark.parametrize("fault", [error(503), error(429), Reply("", 502)])
async def test_a_fault_of_the_service_in_the_middle_is_tried_again(
    file: str, fault: Reply, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("google.genai._api_client.INITIAL_RETRY_DELAY", 0)
    async with watching() as (gemini, server):
        server.store.upload_faults = [fault] * 3
        with pytest.raises(TryAgain):
            await gemini.upload(file, "video/mp4", KEY)
        assert (await gemini.upload(file, "video/mp4", KEY)).name in server.files


async def test_a_wrong_key_uploads_nothing(file: str):
    async with watching() as (gemini, server):
        server.key = "another"
        with pytest.raises(NotAllowed, match="API key not valid"):
            await gemini.upload(file, "video/mp4", KEY)


async def test_a_file_that_is_gone_is_no_matter_to_delete():
    async with watching() as (gemini, server):
        await gemini.delete("files/fp-0")
        assert server.deleted == []


async def test_deleting_says_when_it_could_not_be_done():
    async with watching() as (gemini, server):
        server.key = "another"
        with pytest.raises(NotAllowed):
            await gemini.delete("files/fp-0")


async def test_what_an_ended_run_left_is_swept_and_nothing_else(file: str):
    ended = [f"files/fp-{number}" for number in range(23)]
    others = ["files/fpb-1", "files/random7", "files/fp"]
    async with watching() as (gemini, server):
        lies_there(server, *ended, *others)
        mine = await gemini.upload(file, "video/mp4", KEY)
        assert await gemini.sweep("fp") == 23
        assert sorted(server.files) == sorted([*others, mine.name])
        assert await gemini.sweep("fpb") == 1
        assert await gemini.sweep("fp") == 0
        assert await gemini.sweep() == 0


async def test_one_that_was_given_up_in_the_middle_is_swept_by_the_next(file: str):
    async with watching() as (gemini, server):
        server.store.looks_until_ready = 1_000_000
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await gemini.upload(file, "video/mp4", KEY)
        assert len(server.files) == 1
        door = Door(api_key=server.key, api_url=server.address)
        next_one = Gemini(door, MODEL, RUBRIC)
        assert await next_one.sweep("fp") == 1
        await next_one.close()


async def test_a_question_with_more_than_may_be_sent_inline_is_rejected():
    clip = Clip("video/mp4", bytes(16 * 1024 * 1024))
    async with watching() as (gemini, _):
        said = await gemini.ask(Question(clip, QUESTION.caption, 1))
    assert said.said is Said.REJECTED
