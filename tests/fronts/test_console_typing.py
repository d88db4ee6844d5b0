import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from unittest.mock import patch

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bot.command import (
    COMMANDS,
    Access,
    Argument,
    Call,
    Caller,
    Choice,
    Command,
    Parameter,
    command,
)
from bot.config import Settings
from bot.fronts.on_console_typing import Typing, example, hint
from bot.reply import Reply
from tests.fakes.untouched import Untouched
from tests.fronts.console_world import small_programme

PERSON = Caller("console", "you", "you", Access.EVERYONE, moderators_place=True)
MODERATOR = Caller("console", "moderator", "moderator", Access.MODERATOR, moderators_place=True)


@pytest.fixture(autouse=True)
def programme() -> Iterator[None]:
    with small_programme():
        yield


def call_of(caller: Caller) -> Call:
    settings = Settings(data_dir=Path("nowhere"))
    return Call(Untouched(), settings, caller, datetime(2026, 1, 5, tzinfo=UTC), "cli:1")


async def completed(text: str, caller: Caller = PERSON) -> list[str]:
    """Return each line as it stands once a completion has been taken."""
    completer = Typing(lambda: call_of(caller))
    document = Document(text)
    return [
        text[: len(text) + each.start_position] + each.text
        async for each in completer.get_completions_async(document, CompleteEvent())
    ]


async def test_a_slash_offers_every_command_that_the_caller_may_run():
    assert await completed("/") == ["/points", "/videos", "/shop", "/redeem", "/quit"]
    assert "/mod grant" in await completed("/", MODERATOR)


async def test_tab_on_an_empty_line_offers_the_commands():
    assert (await completed(""))[:2] == ["/points", "/videos"]


@pytest.mark.parametrize("begun", ["/re", "re", "/RE", "/redeem"])
async def test_a_name_is_completed_with_and_without_its_slash(begun: str):
    assert await completed(begun) == ["/redeem"]


async def test_a_name_of_two_words_is_completed_after_its_first():
    assert await completed("/mod g", MODERATOR) == ["/mod grant"]


async def test_a_commands_summary_stands_beside_its_name():
    completer = Typing(lambda: call_of(PERSON))
    found = completer.get_completions_async(Document("/re"), CompleteEvent())

    (one,) = [each async for each in found]

    assert one.display_meta_text == "Spend points on a reward"


async def test_a_choice_of_words_is_completed():
    assert await completed("/videos ") == ["/videos points", "/videos likes"]
    assert await completed("/videos li") == ["/videos likes"]


async def test_suggestions_complete_an_argument():
    assert await completed("/redeem m") == ["/redeem mug", "/redeem map"]
    assert await completed("/REDEEM m") == ["/REDEEM mug", "/REDEEM map"]


async def test_a_value_with_a_space_is_quoted():
    assert await completed("/redeem h") == ['/redeem "hot drink"']
    assert await completed('/redeem "hot d') == ['/redeem "hot drink"']
    assert await completed("/redeem hot d") == ['/redeem "hot drink"']


async def test_words_too_far_apart_for_their_value_are_left_as_they_are():
    assert await completed("/redeem hot  d") == []


async def test_a_named_argument_is_completed_after_its_equals_sign():
    assert await completed("/videos page=2 sort=l") == ["/videos page=2 sort=likes"]


async def test_the_names_of_arguments_are_completed_too():
    assert await completed("/videos pa") == ["/videos page="]
    assert await completed("/videos page=2 so") == ["/videos page=2 sort="]
    assert await completed("/videos page=2 p") == ["/videos page=2 points"]


async def test_nothing_is_offered_beyond_the_last_argument():
    assert await completed("/videos likes 2 ") == []
    assert await completed("/points ") == []


async def test_arguments_of_a_moderators_command_stay_hidden_from_others():
    assert await completed("/mod grant am") == []
    assert await completed("/mod grant am", MODERATOR) == ["/mod grant amount="]


async def test_a_failing_suggestion_offers_nothing_and_is_logged(
    caplog: pytest.LogCaptureFixture,
):
    with caplog.at_level(logging.ERROR):
        assert await completed("/mod grant ", MODERATOR) == []

    assert "suggestions for creator of /mod grant failed" in caplog.text
    assert "the disk is gone" in caplog.text


async def test_labels_from_data_are_shown_without_control_characters():
    async def evil(call: Call, typed: str) -> list[Choice]:
        return [Choice("\x1b[31mred\nrose", "rose")]

    async def body(call: Call, flower: str) -> Reply:
        raise AssertionError

    flower = Parameter("flower", str, True, Argument("Which flower", suggest=evil))
    COMMANDS["pick"] = Command("pick", "Pick", body, (flower,), False, Access.EVERYONE, False)
    completer = Typing(lambda: call_of(PERSON))
    found = completer.get_completions_async(Document("/pick "), CompleteEvent())

    (one,) = [each async for each in found]

    assert (one.display_text, one.text) == ("[31mred rose", "rose")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/redeem ", "reward: Which reward   /redeem reward"),
        ("/videos likes ", "page: Which page   /videos [sort] [page]"),
        ("/videos page=", "page: Which page   /videos [sort] [page]"),
        ("", "Tab completes   /help explains   /quit or Ctrl-D ends"),
        ("/mod grant ", "Tab completes   /help explains   /quit or Ctrl-D ends"),
    ],
)
def test_the_hint_tells_what_the_next_word_is(line: str, said: str):
    assert hint(PERSON, line) == said


async def test_a_free_text_at_the_end_keeps_its_hint_over_many_words():
    said = "reason: Why   /mod grant creator amount reason"

    assert hint(MODERATOR, "/mod grant ana 5 for the best") == said


async def test_an_example_names_values_for_the_first_missing_argument():
    call = call_of(PERSON)

    assert await example(call, COMMANDS["redeem"], {}) == 'reward can be mug, map, "hot drink"'
    assert await example(call, COMMANDS["redeem"], {"reward": "mug"}) == ""
    assert await example(call, COMMANDS["videos"], {}) == ""


async def test_an_example_says_what_an_id_stands_for():
    async def acts(_call: Call, _typed: str) -> list[Choice]:
        return [Choice("/mod grant @ana: a boat", "1a1a147ce006e1"), Choice("x7: a wish", "x7")]

    about = Argument("Which", suggest=acts)
    with patch.dict(COMMANDS):

        async def undo(_call: Call, act: Annotated[str, about]) -> Reply:
            return Reply(text=act)

        command("undo", "Undo an act")(undo)
        said = await example(call_of(PERSON), COMMANDS["undo"], {})

    assert said == "act can be\n1a1a147ce006e1: /mod grant @ana: a boat\nx7: a wish"
