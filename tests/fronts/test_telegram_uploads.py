"""Telegram's front: pictures and files that people send with a command, or in reply to it."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.fronts.on_telegram import Front
from db import inbox
from tests.fakes.asking_commands import PARCEL, asking_commands
from tests.fakes.bot_api import TOKEN
from tests.fakes.bot_api_stage import NOW, Stage, staged

JOINER = "\u2060"
"""Keeps names of files from being links."""
DIGEST = hashlib.sha256(PARCEL).hexdigest()


@pytest.fixture
def done() -> Iterator[list[str]]:
    """What the commands of a test did."""
    with asking_commands() as done:
        yield done


@pytest.fixture
async def stage(tmp_path: Path, done: list[str]) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as running:
        yield running


async def said(stage: Stage) -> str:
    return (await stage.moderators.next_message()).text.replace(JOINER, "")


async def test_a_photo_comes_with_the_command_under_it(stage: Stage, done: list[str]):
    await stage.mo.upload(stage.moderators, "", PARCEL, "/mod_show r1")
    assert await said(stage) == "✅ Seen: photo.jpg (image/png)"
    assert done == [f"r1 is shown: photo.jpg (image/png) {DIGEST}"]


async def test_a_document_is_what_its_bytes_say(stage: Stage):
    await stage.mo.upload(stage.moderators, "parcel.exe", PARCEL, "/mod_show r1")
    assert await said(stage) == "✅ Seen: parcel.exe (image/png)"


async def test_words_and_a_photo_go_together(stage: Stage):
    await stage.mo.upload(stage.moderators, "", PARCEL, "/mod_fulfil r1 evidence=post")
    assert await said(stage) == "✅ Given, by post and photo.jpg (image/png)"


async def test_a_missing_file_is_asked_for(stage: Stage):
    await stage.mo.say(stage.moderators, "/mod_show r1")
    question = await stage.moderators.next_message()
    assert question.text.endswith("Reply to this message with the picture or file.")
    await stage.mo.upload(stage.moderators, "", PARCEL, to=question)
    assert await said(stage) == "✅ Seen: photo.jpg (image/png)"


async def test_words_in_the_place_of_a_file_are_refused(stage: Stage, done: list[str]):
    await stage.mo.say(stage.moderators, "/mod_show r1")
    question = await stage.moderators.next_message()
    await stage.mo.say(stage.moderators, DIGEST, to=question)
    assert await said(stage) == "⚠️ picture is a file; send it with the command."
    assert done == []


async def test_a_photo_may_stand_for_the_words_that_were_asked_for(stage: Stage):
    await stage.mo.say(stage.moderators, "/mod_queue")
    await stage.mo.press(await stage.moderators.next_message(), "Fulfil")
    question = await stage.moderators.next_message()
    await stage.mo.upload(stage.moderators, "", PARCEL, "by post", to=question)
    assert await said(stage) == "✅ Given, by by post and photo.jpg (image/png)"


async def test_what_is_larger_than_it_may_be_is_not_fetched(stage: Stage, done: list[str]):
    await stage.mo.upload(stage.moderators, "p.png", PARCEL + b"0" * 8_000_000, "/mod_show r1")
    assert await said(stage) == "⚠️ picture is at most 8 MB large, not 9 MB."
    assert stage.server.called("getFile") == []


async def test_what_telegram_does_not_give_is_asked_for_again(stage: Stage):
    stage.server.inject(400, method="getFile")
    await stage.mo.upload(stage.moderators, "", PARCEL, "/mod_show r1")
    assert await said(stage) == "⚠️ picture could not be fetched; send it again."
    stage.server.refused.clear()


async def test_a_file_of_who_may_not_run_the_command_is_not_fetched(stage: Stage, done: list[str]):
    await stage.ann.upload(stage.moderators, "", PARCEL, "/mod_show r1")
    assert "There is no /mod_show here" in await said(stage)
    assert (stage.server.called("getFile"), done) == ([], [])


async def test_a_photo_with_other_words_is_none_of_the_bots_business(stage: Stage):
    await stage.mo.upload(stage.moderators, "", PARCEL, "look at this")
    await stage.mo.upload(stage.moderators, "", PARCEL)
    await stage.mo.say(stage.moderators, "/mod_queue")
    assert await said(stage) == "One redemption waits"


async def test_what_a_killed_process_left_is_fetched_by_its_id(stage: Stage, done: list[str]):
    await stage.front.stop()
    await stage.mo.upload(stage.moderators, "", PARCEL, "/mod_show r1")
    (left,) = stage.server.updates.pending
    key = f"tg:{stage.server.world.bot.user_id}:{left['update_id']}"
    await stage.store.write(inbox.arrived, key, left, NOW)
    stage.front = Front(stage.settings, stage.store, lambda: NOW)
    await stage.front.start(TOKEN)
    assert await said(stage) == "✅ Seen: photo.jpg (image/png)"
    assert done == [f"r1 is shown: photo.jpg (image/png) {DIGEST}"]
