"""Discord: who may ask what where, who sees the answer, and how long it may take."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import discord
import pytest
from simcord import Env

from bot.command import Access, Argument, Call, Choice, command
from bot.reply import Picture, Refused, Reply
from tests.fakes.discord_world import World, embed_of, no_commands, world_of


async def mugs(call: Call, typed: str) -> list[Choice]:
    found = [Choice(f"Mug {number} of {call.caller.name}", f"mug-{number}") for number in range(40)]
    return [one for one in found if typed in one.value]


async def nothing(_: Call, typed: str) -> list[Choice]:
    raise ZeroDivisionError


async def sizes(_: Call, typed: str) -> list[Choice]:
    return [Choice("x" * 101, "small"), Choice("Large", "y" * 101)]


@pytest.fixture
def declared() -> Iterator[None]:
    with no_commands():

        @command("board", "For all to see")
        async def board(call: Call) -> Reply:
            return Reply(text=f"asked by {call.caller.name}")

        @command("purse", "For one to see", private=True)
        async def purse(call: Call) -> Reply:
            return Reply(text=f"{call.caller.actor} at {call.now:%H.%M}", note=call.key)

        @command("buy", "Refused, and for all to see")
        async def buy(
            _: Call,
            mug: Annotated[str, Argument("Which mug", suggest=mugs)],
            size: Annotated[str, Argument("How large", suggest=sizes)] = "",
        ) -> Reply:
            raise Refused(f"There is no {mug}.")

        @command("portrait", "Takes a while", private=True, slow=True)
        async def portrait(_: Call) -> Reply:
            await asyncio.sleep(0.05)
            return Reply(text="done", picture=Picture(b"\x89PNG", "my face.png", "a face"))

        @command("late", "Is slower than it thinks")
        async def late(_: Call) -> Reply:
            await asyncio.sleep(10)
            return Reply(text="at last")

        _fails()
        _grants()
        yield


def _fails() -> None:
    @command("broken", "Fails")
    async def broken(
        _: Call, what: Annotated[str, Argument("What", suggest=nothing)] = ""
    ) -> Reply:
        raise ZeroDivisionError


def _grants() -> None:
    @command("mod grant", "Give points", access=Access.MODERATOR)
    async def grant(
        _: Call, reason: Annotated[str, Argument("Why", suggest=mugs)] = "nothing"
    ) -> Reply:
        return Reply(text=f"granted for {reason}")


@pytest.fixture
async def world(simcord_env: Env, tmp_path: Path, declared: None) -> World:
    return await world_of(simcord_env, tmp_path)


async def test_a_public_command_is_answered_for_all(world: World):
    result = await world.member("ana").slash(world.general, "board")
    assert (embed_of(result).description, result.ephemeral) == ("asked by ana", False)


async def test_a_private_command_is_answered_for_the_caller_alone(world: World):
    result = await world.member("ana").slash(world.general, "purse")
    assert result.ephemeral
    assert not result.deferred


async def test_in_a_direct_message_a_private_answer_stays(world: World):
    ana = world.env.create_user("ana")
    result = await ana.slash("purse")
    assert result.response is not None
    assert not result.ephemeral


async def test_a_call_knows_caller_time_and_key(world: World):
    ana = world.member("ana")
    result = await ana.slash(world.general, "purse")
    assert embed_of(result).description == f"discord:{ana.id} at 12.00"
    assert embed_of(result).footer.text == f"dc:{result._interaction.id}"


async def test_no_answer_may_mention_anybody(world: World):
    ana = world.member("ana")
    await ana.slash(world.general, "board")
    await ana.slash(world.general, "portrait")
    sent = [one.json for one in world.env.http_requests if one.method in {"POST", "PATCH"}]
    shown = [one.get("data", one) for one in sent if "embeds" in one.get("data", one)]
    assert [one.get("allowed_mentions") for one in shown] == [{"parse": []}] * 2


async def test_a_refusal_is_told_to_the_caller_alone(world: World):
    result = await world.member("ana").slash(world.general, "buy", mug="golden mug")
    assert (embed_of(result).description, result.ephemeral) == ("There is no golden mug.", True)
    assert embed_of(result).colour == discord.Colour(0xD64545)


async def test_a_failure_gives_a_reference_and_no_detail(
    world: World, caplog: pytest.LogCaptureFixture
):
    result = await world.member("ana").slash(world.general, "broken")
    assert "Reference" in str(embed_of(result).description)
    assert "ZeroDivision" not in str(embed_of(result).description)
    assert "ZeroDivision" in caplog.text


async def test_an_answer_is_logged_and_counted_once(world: World, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    await world.member("ana").slash(world.general, "board")
    (line,) = [one for one in caplog.records if one.name == "bot.answers"]
    assert (vars(line)["command"], vars(line)["outcome"]) == ("board", "plain")


async def test_a_slow_command_is_deferred_for_the_caller_alone(world: World):
    result = await world.member("ana").slash(world.general, "portrait")
    assert world.first_answers() == [{"type": 5, "data": {"flags": 64}}]
    assert result.ephemeral
    assert embed_of(result).description == "done"


async def test_a_picture_stands_in_the_embed_with_its_words(world: World):
    result = await world.member("ana").slash(world.general, "portrait")
    assert result.response is not None
    (attached,) = result.response.attachments
    assert (attached.filename, attached.description) == ("my-face.png", "a face")
    assert str(embed_of(result).image.url).endswith("my-face.png")


async def test_a_command_that_takes_long_is_deferred_in_time(world: World):
    result = await world.member("ana").slash(world.general, "late")
    assert result.deferred
    await world.env.advance_time(10)
    assert embed_of(result).description == "at last"


async def test_an_answer_that_discord_does_not_take_is_spoken_of(
    world: World, caplog: pytest.LogCaptureFixture
):
    world.env.inject_error("POST", "/interactions/*/callback", status=400, code=240000)
    result = await world.member("ana").slash(world.general, "board")
    assert "did not take the answer" in str(embed_of(result).description)
    assert "240000" in caplog.text


async def test_suggestions_are_25_at_most(world: World):
    offered = await world.member("ana").autocomplete(world.general, "buy", "mug", "")
    assert len(offered) == 25
    assert offered[0] == {"name": "Mug 0 of ana", "value": "mug-0"}


async def test_suggestions_follow_what_is_typed(world: World):
    offered = await world.member("ana").autocomplete(world.general, "buy", "mug", "39")
    assert [one["value"] for one in offered] == ["mug-39"]


async def test_a_long_label_is_cut_and_a_long_value_left_out(world: World):
    offered = await world.member("ana").autocomplete(world.general, "buy", "size", "", mug="a")
    assert offered == [{"name": "x" * 99 + "…", "value": "small"}]


async def test_suggestions_that_fail_are_none_and_the_log_names_nobody(
    world: World, caplog: pytest.LogCaptureFixture
):
    ana = world.member("ana")
    assert await ana.autocomplete(world.general, "broken", "what", "") == []
    assert "ZeroDivisionError" in caplog.text
    assert str(ana.id) not in caplog.text


async def test_a_moderator_by_role_works_in_the_office(world: World):
    mia = world.moderator("mia")
    assert "mod grant" in mia.available_commands(world.office)
    result = await mia.slash(world.office, "mod grant", reason="help")
    assert embed_of(result).description == "granted for help"


@pytest.mark.parametrize("permission", ["manage_guild", "administrator"])
async def test_a_moderator_by_permission_works_in_the_office(world: World, permission: str):
    result = await world.member("mia", **{permission: True}).slash(world.office, "mod grant")
    assert embed_of(result).description == "granted for nothing"


async def test_a_moderator_is_refused_in_another_channel(world: World):
    result = await world.member("mia", manage_guild=True).slash(world.general, "mod grant")
    assert "moderators' channel only" in str(embed_of(result).description)
    assert result.ephemeral


async def test_others_are_refused_even_where_discord_shows_them_the_command(world: World):
    ana = world.member("ana")
    result = await ana.slash(world.office, "mod grant")
    assert (
        embed_of(result).description == "There is no /mod grant here. /help lists what you can use."
    )


async def test_others_get_no_suggestions_of_moderators(world: World):
    ana = world.member("ana")
    assert await ana.autocomplete(world.office, "mod grant", "reason", "") == []


async def test_where_managers_alone_moderate_discord_hides_their_commands_from_others(
    simcord_env: Env, tmp_path: Path, declared: None
):
    world = await world_of(simcord_env, tmp_path, moderator_role_ids=())
    assert "mod grant" not in world.member("ana").available_commands(world.office)
    mia = world.member("mia", manage_guild=True)
    assert "mod grant" in mia.available_commands(world.office)


MODERATES = {"manage_guild", "administrator"}


@pytest.mark.parametrize("permission", sorted(set(discord.Permissions.VALID_FLAGS) - MODERATES))
async def test_no_other_permission_alone_moderates(world: World, permission: str):
    result = await world.member("max", **{permission: True}).slash(world.office, "mod grant")
    assert "There is no /mod grant here" in str(embed_of(result).description)
