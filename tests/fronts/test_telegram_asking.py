"""Telegram's front: what a command lacks is asked for in a message that remembers everything."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.command import COMMANDS
from bot.fronts.on_telegram import Front
from tests.fakes.asking_commands import asking_commands
from tests.fakes.bot_api import TOKEN
from tests.fakes.bot_api_stage import NOW, Stage, staged
from tests.fakes.bot_api_world import Message


@pytest.fixture
def done() -> Iterator[list[str]]:
    """What the commands of a test did."""
    with asking_commands() as done:
        yield done


@pytest.fixture
async def stage(tmp_path: Path, done: list[str]) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as running:
        yield running


async def asked(stage: Stage, line: str = "/mod_reject r1") -> Message:
    """The question that Mo gets in the moderators' chat."""
    await stage.mo.say(stage.moderators, line)
    return await stage.moderators.next_message()


async def test_a_missing_argument_is_asked_for_in_words(stage: Stage):
    question = await asked(stage)
    assert question.text == ("✏️ mo\n/mod_reject r1 …\n\nWhy; the creator sees it\n\nReply to this.")
    assert question.forces == {
        "force_reply": True,
        "selective": True,
        "input_field_placeholder": "Why; the creator sees it",
    }
    assert question.styled("text_mention") == ["mo"]


async def test_the_reply_runs_the_command_under_its_own_key(stage: Stage, done: list[str]):
    question = await asked(stage)
    reply = await stage.mo.say(stage.moderators, "out of | mugs", to=question)
    assert (await stage.moderators.next_message()).text == "✅ Rejected r1: out of | mugs"
    key = f"tg:123456789:{stage.moderators.chat_id}:{reply.message_id}"
    assert done == [f"{key} 8 rejects r1: out of | mugs"]


async def test_the_question_is_understood_after_a_restart(stage: Stage):
    question = await asked(stage)
    await stage.front.stop()
    stage.front = Front(stage.settings, stage.store, lambda: NOW)
    await stage.front.start(TOKEN)
    await stage.mo.say(stage.moderators, "out of mugs", to=question)
    assert (await stage.moderators.next_message()).text == "✅ Rejected r1: out of mugs"


async def test_a_button_that_asks_is_followed_by_the_question(stage: Stage):
    queue = await asked(stage, "/mod_queue")
    await stage.mo.press(queue, "Reject")
    question = await stage.moderators.next_message()
    assert "/mod_reject r1 …" in question.text
    assert queue.edits == 0
    await stage.mo.say(stage.moderators, "out of mugs", to=question)
    assert (await stage.moderators.next_message()).text == "✅ Rejected r1: out of mugs"


async def test_what_need_not_be_given_is_asked_for_where_a_button_says_so(stage: Stage):
    await stage.mo.press(await asked(stage, "/mod_queue"), "Fulfil")
    question = await stage.moderators.next_message()
    assert "A link, or a few words" in question.text
    await stage.mo.say(stage.moderators, "by post", to=question)
    assert (await stage.moderators.next_message()).text == "✅ Given, by by post and no picture"


async def test_each_argument_is_asked_for_in_its_turn_in_private(stage: Stage):
    await stage.ann.say(stage.creators, "/complain")
    choice = await stage.ann.chat.next_message()
    assert choice.labels == ["late", "broken"]
    await stage.ann.press(choice, "broken")
    question = await stage.ann.chat.next_message()
    assert question.text.startswith("✏️ /complain broken …")
    assert not question.forces["selective"]
    await stage.ann.say(stage.ann.chat, "it fell", to=question)
    assert (await stage.ann.chat.next_message()).text == "Heard: broken, it fell"
    assert stage.creators.from_bot == []


async def test_what_could_not_be_carried_is_typed_after_the_command(stage: Stage):
    refusal = await asked(stage, "/mod_reject a|b")
    assert refusal.text.startswith("⚠️ /mod_reject redemption reason: reason is missing")


async def test_who_asks_is_looked_up_once(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    looked: list[str] = []
    read = stage.store.read

    async def counting(f: Callable[..., Any], *given: Any) -> Any:
        looked.append(f.__name__)
        return await read(f, *given)

    monkeypatch.setattr(stage.store, "read", counting)
    await asked(stage)
    assert looked == ["known"]


# Nobody else


async def test_who_may_not_run_the_command_is_not_even_asked(stage: Stage):
    await stage.ann.say(stage.moderators, "/mod_reject r1")
    refusal = await stage.moderators.next_message()
    assert (refusal.forces, refusal.text.split(".")[0]) == ({}, "⚠️ There is no /mod_reject here")


async def test_a_strangers_reply_to_a_moderators_question_does_nothing(
    stage: Stage, done: list[str]
):
    question = await asked(stage)
    await stage.ann.say(stage.moderators, "because I say so", to=question)
    assert "There is no /mod_reject here" in (await stage.moderators.next_message()).text
    assert done == []


async def test_an_anonymous_reply_is_nobodys(stage: Stage):
    question = await asked(stage)
    await stage.mo.say(stage.moderators, "because", to=question, anonymous=True)
    assert "anonymously" in (await stage.moderators.next_message()).text


async def test_a_question_that_somebody_else_wrote_is_none(stage: Stage, done: list[str]):
    question = await asked(stage)
    forged = stage.moderators.post(
        stage.ann, text=question.text, entities=question.entities, forces=question.forces
    )
    await stage.mo.say(stage.moderators, "because", to=forged)
    await stage.mo.say(stage.moderators, "/mod_queue")
    assert (await stage.moderators.next_message()).text == "One redemption waits"
    assert done == []


async def test_a_reply_to_any_other_message_of_the_bot_is_none(stage: Stage, done: list[str]):
    queue = await asked(stage, "/mod_queue")
    await stage.mo.say(stage.moderators, "/mod_reject r1 then", to=queue)
    await stage.mo.say(stage.moderators, "well done", to=queue)
    assert (await stage.moderators.next_message()).text == "✅ Rejected r1: then"
    assert len(done) == 1


async def test_a_reply_in_private_that_is_no_answer_is_told_how_commands_look(stage: Stage):
    await stage.ann.say(stage.ann.chat, "/desk")
    desk = await stage.ann.chat.next_message()
    await stage.ann.say(stage.ann.chat, "hello", to=desk)
    assert "Commands begin with a slash" in (await stage.ann.chat.next_message()).text


async def test_a_question_of_another_time_asks_for_the_command_again(stage: Stage):
    question = await asked(stage)
    del COMMANDS["mod reject"]
    await stage.mo.say(stage.moderators, "because", to=question)
    assert "older message" in (await stage.moderators.next_message()).text
