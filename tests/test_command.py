"""What a declaration promises, and what running a command never does."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command import (
    COMMANDS,
    Access,
    Argument,
    Call,
    Caller,
    Choice,
    command,
    run,
    suggestions,
)
from bot.config import Settings
from bot.reply import Refused, Reply, Tone
from bot.typed import plain
from tests.fakes.untouched import Untouched

SECRET = "a caption that nobody may see"


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


RAN: list[str] = []


async def _things(call: Call, typed: str) -> list[Choice]:
    RAN.append("suggest")
    return [Choice(f"Thing {n}", f"thing-{n}") for n in range(40) if typed in f"thing-{n}"]


async def _nothing_for_you(call: Call, typed: str) -> list[Choice]:
    raise Refused("Link first.")


@pytest.fixture(autouse=True)
def few_commands() -> Iterator[None]:
    """Declare the commands below and no others, and restore what there was."""
    before = dict(COMMANDS)
    COMMANDS.clear()
    RAN.clear()
    _declare()
    yield
    COMMANDS.clear()
    COMMANDS.update(before)


def _declare() -> None:
    @command("order", "Order something", private=True)
    async def order(
        call: Call,
        thing: Annotated[str, Argument("A thing of TikTok", suggest=_things)],
        amount: Annotated[int, Argument("How many", minimum=1, maximum=1_000)] = 1,
        size: Annotated[Size, Argument("How large")] = Size.SMALL,
        note: Annotated[str | None, Argument("A note", suggest=_nothing_for_you, maximum=5)] = None,
        secret: Annotated[str, Argument("A number", suggest=_things, hidden=True)] = "",
    ) -> Reply:
        RAN.append("order")
        return Reply(text=repr((thing, amount, size, note, secret)))

    @command("mod break", "Break", access=Access.MODERATOR)
    async def break_(call: Call, what: Annotated[str, Argument("What", suggest=_things)]) -> Reply:
        RAN.append("break")
        raise ValueError(f"{SECRET}: {what}")


EVE = Caller("discord", "9", "Eve")
MO = Caller("discord", "7", "Mo", Access.MODERATOR, moderators_place=True)
ELSEWHERE = replace(MO, moderators_place=False)


def call(caller: Caller = EVE) -> Call:
    return Call(Untouched(), Settings(), caller, datetime(2026, 3, 2, tzinfo=UTC), "test:1")


async def answer(caller: Caller = EVE, name: str = "order", **given: str) -> str:
    return (await run(call(caller), name, given)).text


def test_a_declaration_tells_fronts_all_they_need():
    declared = COMMANDS["order"]
    assert declared.usage == "/order thing [amount] [size] [note]"
    assert [one.name for one in declared.shown] == ["thing", "amount", "size", "note"]
    assert [(one.kind, one.required) for one in declared.parameters] == [
        (str, True),
        (int, False),
        (Size, False),
        (str, False),
        (str, False),
    ]
    assert [one.choices for one in declared.parameters][2] == ("small", "large")
    assert (declared.private, declared.slow, declared.access) == (True, False, Access.EVERYONE)


def test_an_argument_without_its_declaration_is_a_programming_error():
    async def bare(call: Call, page: int) -> Reply:
        return Reply()

    with pytest.raises(TypeError, match=r"page needs Annotated\[type, Argument"):
        command("bare", "Bare")(bare)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, "('x', 1, <Size.SMALL: 'small'>, None, '')"),
        ({"amount": "1,000", "size": "LARGE"}, "('x', 1000, <Size.LARGE: 'large'>, None, '')"),
        ({"amount": " 7 ", "note": " hi "}, "('x', 7, <Size.SMALL: 'small'>, 'hi', '')"),
        ({"amount": "", "size": " ", "note": ""}, "('x', 1, <Size.SMALL: 'small'>, None, '')"),
        ({"note": "a\nb\tc"}, "('x', 1, <Size.SMALL: 'small'>, 'a b c', '')"),
    ],
)
async def test_what_was_typed_becomes_values(given: dict[str, str], read: str):
    assert await answer(thing="x", **given) == read


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"amount": "0"}, "amount is between 1 and 1,000, not 0."),
        ({"amount": "-3"}, "amount is between 1 and 1,000, not -3."),
        ({"amount": "9" * 400}, f"amount is between 1 and 1,000, not {int('9' * 400):,}."),
        ({"amount": "1.5"}, "amount is a whole number, not “1.5”."),
        ({"amount": "1,5"}, "amount is a whole number, not “1,5”."),
        ({"amount": "1e3"}, "amount is a whole number, not “1e3”."),
        ({"amount": "1_0"}, "amount is a whole number, not “1_0”."),
        ({"amount": "ten"}, "amount is a whole number, not “ten”."),
        ({"size": "huge"}, "size is one of small, large, not “huge”."),
        ({"note": "123456"}, "note is at most 5 characters long, not 6."),
        ({"thing": "x" * 501}, "thing is at most 500 characters long, not 501."),
        ({"thing": " \x00\n"}, ("/order thing [amount] [size] [note]: thing is missing "
         "(a thing of TikTok). Type it after the command.")),
    ],
)  # fmt: skip
async def test_what_can_not_be_a_value_is_refused_in_words(given: dict[str, str], words: str):
    assert await answer(**({"thing": "x"} | given)) == words
    assert RAN == []


@given(st.text())
def test_typed_text_comes_to_one_line_that_every_database_keeps(text: str):
    line = plain(text)
    assert line == line.strip()
    assert not set(line) & set("\x00\n\r\t\x1b\x7f\u2028\ud800")
    line.encode()


def test_what_people_see_of_a_text_is_kept():
    assert plain(" 👩‍👩‍👧 naïve  “x” \u200dمی‌خواهم ") == "👩‍👩‍👧 naïve  “x” \u200dمی‌خواهم"


@pytest.mark.parametrize(
    ("caller", "words"),
    [
        (EVE, "There is no /mod break here. /help lists what you can use."),
        (ELSEWHERE, "Moderator commands work in the moderators' channel only."),
    ],
)
async def test_access_is_compared_before_anything_else(caller: Caller, words: str):
    assert await answer(caller, "mod break") == words
    assert await answer(caller, "mod break", what="x" * 1000) == words
    assert await suggestions(call(caller), "mod break", "what", "") == []
    assert RAN == []


async def test_an_unknown_command_is_refused_as_a_hidden_one_is():
    assert await answer(name="sesame") == (
        "There is no /sesame here. /help lists what you can use."
    )
    assert await suggestions(call(), "sesame", "open", "") == []


async def test_a_failure_gives_the_reader_a_reference_and_the_log_the_rest(
    caplog: pytest.LogCaptureFixture,
):
    with caplog.at_level(logging.ERROR):
        reply = await run(call(MO), "mod break", {"what": "it"})
    assert reply.tone is Tone.REFUSED
    words, reference = reply.text.split("Reference ")
    assert words == "That did not work, and it is our fault. "
    assert reference.endswith(": give it to a moderator, who finds the reason in the log.")
    assert SECRET not in reply.text
    assert f"reference {reference[:6]}: /mod break failed" in caplog.text
    assert f"ValueError: {SECRET}: it" in caplog.text


async def test_each_failure_has_a_reference_of_its_own():
    first, second = [await answer(MO, "mod break", what="it") for _ in range(2)]
    assert first != second


async def test_suggestions_are_25_at_most_and_follow_what_was_typed():
    assert len(await suggestions(call(), "order", "thing", "")) == 25
    offered = await suggestions(call(), "order", "thing", " thing-39\x00")
    assert offered == [Choice("Thing 39", "thing-39")]


async def test_an_enums_values_suggest_themselves():
    offered = await suggestions(call(), "order", "size", "LA")
    assert [one.value for one in offered] == ["large"]


@pytest.mark.parametrize("argument", ["secret", "nothing", "amount"])
async def test_what_nobody_types_suggests_nothing(argument: str):
    assert await suggestions(call(), "order", argument, "") == []
    assert RAN == []


async def test_a_refusal_while_typing_suggests_nothing():
    assert await suggestions(call(), "order", "note", "x") == []
