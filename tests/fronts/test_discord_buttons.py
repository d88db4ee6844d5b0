"""Discord: a pressed button is a command call, in its message or aside, even after a restart."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from simcord import Env

from bot.command import Access, Argument, Call, command
from bot.line import call_text
from bot.reply import Button, Picture, Refused, Reply, Style
from tests.fakes.discord_world import (
    World,
    embed_of,
    labels,
    no_commands,
    start_anew,
    world_of,
)

Page = Annotated[int, Argument("Which page", minimum=1, maximum=9)]
Order = Annotated[str, Argument("The order", hidden=True)]


@pytest.fixture
def declared() -> Iterator[None]:  # noqa: C901  # a list of commands, not a decision
    with no_commands():

        @command("board", "For all to see")
        async def board(_: Call, page: Page = 1) -> Reply:
            more = Button("More", call_text("board", page + 1))
            purse = Button("My points", call_text("purse"))
            picture = Picture(b"\x89PNG", "board.png", "the board") if page == 1 else None
            return Reply(text=f"page {page}", buttons=(more, purse), picture=picture)

        @command("purse", "For one to see", private=True)
        async def purse(call: Call, page: Page = 1) -> Reply:
            more = Button("More", call_text("purse", page + 1), Style.PRIMARY)
            return Reply(text=f"{call.caller.name}, {page}", buttons=(more,))

        @command("buy", "Asks first", private=True)
        async def buy(call: Call, order: Order = "") -> Reply:
            if order == "gone":
                raise Refused("There is none left.")
            if order:
                return Reply(text=f"bought by {order}")
            confirm = Button("Buy", call_text("buy", "order-1"))
            return Reply(
                text="Buy it?", buttons=(confirm, Button("Gone", call_text("buy", "gone")))
            )

        @command("draw", "Takes a while", private=True, slow=True)
        async def draw(_: Call, page: Page = 1) -> Reply:
            await asyncio.sleep(0.05)
            if page == 9:
                raise Refused("There is no ninth.")
            more = (Button("More", call_text("draw", 2)), Button("None", call_text("draw", 9)))
            return Reply(text=f"drawn {page}", buttons=more)

        @command("mod close", "For moderators", access=Access.MODERATOR)
        async def close(_: Call) -> Reply:
            return Reply(text="closed", buttons=(Button("Again", call_text("mod close")),))

        yield


@pytest.fixture
async def world(simcord_env: Env, tmp_path: Path, declared: None) -> World:
    return await world_of(simcord_env, tmp_path)


async def test_the_callers_own_private_answer_changes_in_place(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "purse")
    await ana.click(first.response, label="More")
    assert embed_of(first).description == "ana, 2"


async def test_the_callers_own_public_answer_changes_in_place(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "board")
    await ana.click(first.response, label="More")
    assert embed_of(first).description == "page 2"


async def test_the_picture_of_the_page_before_goes(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "board")
    await ana.click(first.response, label="More")
    assert first.response.attachments == []


async def test_in_a_direct_message_the_answer_changes_in_place(world: World):
    ana = world.env.create_user("ana")
    first = await ana.slash("purse")
    await ana.click(first.response, label="More")
    assert embed_of(first).description == "ana, 2"


async def test_a_stranger_is_answered_aside(world: World):
    first = await world.member("ana").slash(world.general, "board")
    second = await world.member("bob").click(first.response, label="More")
    assert embed_of(first).description == "page 1"
    assert (embed_of(second).description, second.ephemeral) == ("page 2", True)


async def test_a_stranger_goes_on_in_the_answer_aside(world: World):
    bob = world.member("bob")
    first = await world.member("ana").slash(world.general, "board")
    second = await bob.click(first.response, label="More")
    await bob.click(second.response, label="More")
    assert embed_of(second).description == "page 3"


async def test_a_private_answer_never_replaces_a_public_one(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "board")
    second = await ana.click(first.response, label="My points")
    assert embed_of(first).description == "page 1"
    assert (embed_of(second).description, second.ephemeral) == ("ana, 1", True)


async def test_confirming_replaces_the_question_and_its_buttons(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "buy")
    await ana.click(first.response, label="Buy")
    assert embed_of(first).description == "bought by order-1"
    assert labels(first) == []


async def test_a_refusal_stands_aside_and_leaves_the_question(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "buy")
    second = await ana.click(first.response, label="Gone")
    assert (embed_of(second).description, second.ephemeral) == ("There is none left.", True)
    assert labels(first) == ["Buy", "Gone"]


async def test_a_button_works_after_a_restart(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "purse")
    await start_anew(world)
    await ana.click(first.response, label="More")
    assert embed_of(first).description == "ana, 2"


async def test_a_button_of_a_command_that_is_gone_is_refused_in_words(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "purse")
    with no_commands():
        await start_anew(world)
        second = await ana.click(first.response, label="More")
    assert "from an older message" in str(embed_of(second).description)


async def test_a_button_gives_no_rights(world: World):
    first = await world.moderator("mia").slash(world.office, "mod close")
    second = await world.member("ana").click(first.response, label="Again")
    assert "There is no /mod close here." in str(embed_of(second).description)


async def test_a_slow_button_is_acknowledged_in_time(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "draw")
    await ana.click(first.response, label="More")
    assert world.first_answers()[-1] == {"type": 6}
    assert embed_of(first).description == "drawn 2"


async def test_a_slow_button_refused_stands_aside(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "draw")
    second = await ana.click(first.response, label="None")
    assert (embed_of(second).description, second.followups[0].ephemeral) == (
        "There is no ninth.",
        True,
    )
    assert embed_of(first).description == "drawn 1"
