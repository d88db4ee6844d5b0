"""Discord: declarations become slash commands, told to Discord when they changed."""

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import pytest
from simcord import Env

from bot.command import Access, Argument, Call, Choice, command
from bot.config import Settings
from bot.reply import Reply
from bot.sections import Discord
from tests.fakes.discord_world import (
    GUILD_ID,
    World,
    embed_of,
    no_commands,
    start_anew,
    world_of,
)

MANAGE_GUILD = 32
HANDLED = pytest.mark.simcord(check_errors=False)
"""simcord counts an error of discord.py's tree even where its handler answers it."""


class Order(Enum):
    NEWEST = "newest"
    LIKES = "likes"


Letter = Enum("Letter", {name: name.lower() for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})


async def rewards(_: Call, typed: str) -> list[Choice]:
    return [Choice("Mug", "mug")]


async def days(_: Call, typed: str) -> list[Choice]:
    return [Choice("A week", "7")]


def declare() -> None:
    @command("videos", "Your videos")
    async def videos(
        _: Call,
        order: Annotated[Order, Argument("In which order")] = Order.NEWEST,
        page: Annotated[int, Argument("Which page", minimum=1, maximum=40)] = 1,
        order_id: Annotated[str, Argument("Never asked for", hidden=True)] = "none",
    ) -> Reply:
        return Reply(text=f"{order.value}, {page}, {order_id}")

    @command("redeem", "Spend " + "points " * 30)
    async def redeem(
        _: Call,
        reward: Annotated[str, Argument("Which reward", suggest=rewards)],
        within: Annotated[int, Argument("Days", suggest=days)] = 1,
        letter: Annotated[Letter, Argument("A letter")] = Letter.A,
        amount: Annotated[int, Argument("How many", minimum=0, maximum=10**18)] = 0,
    ) -> Reply:
        return Reply(text=f"{reward}, {within}, {letter.value}, {amount}")

    @command("mod grant", "Give points", access=Access.MODERATOR)
    async def grant(_: Call) -> Reply:
        return Reply()

    @command("mod reward add", "Put up a reward", access=Access.MODERATOR)
    async def add(_: Call) -> Reply:
        return Reply(text="added")


@pytest.fixture
def declared() -> Iterator[None]:
    with no_commands():
        declare()
        yield


@pytest.fixture
async def world(simcord_env: Env, tmp_path: Path, declared: None) -> World:
    return await world_of(simcord_env, tmp_path)


def registered(world: World, guild_id: int | None = None) -> dict[str, Any]:
    commands = world.env.backend.commands.get(guild_id, {}).values()
    return {one["name"]: one for one in commands}


def options(world: World, name: str) -> dict[str, Any]:
    return {one["name"]: one for one in registered(world)[name]["options"]}


def syncs(world: World) -> list[str]:
    return [one.path for one in world.env.http_requests if one.method == "PUT"]


async def test_arguments_become_options_but_not_the_hidden(world: World):
    assert list(options(world, "videos")) == ["order", "page"]


async def test_help_describes_an_option(world: World):
    assert options(world, "redeem")["reward"]["description"] == "Which reward"


async def test_a_long_summary_is_cut(world: World):
    assert len(registered(world)["redeem"]["description"]) <= 100


async def test_what_has_a_default_is_not_required(world: World):
    found = options(world, "redeem")
    assert [one["required"] for one in found.values()] == [True, False, False, False]


async def test_a_number_has_its_range(world: World):
    page = options(world, "videos")["page"]
    assert (page["type"], page["min_value"], page["max_value"]) == (4, 1, 40)


async def test_a_range_stays_within_what_discord_can_hold(world: World):
    assert options(world, "redeem")["amount"]["max_value"] == 2**53 - 1


async def test_an_enum_has_its_values_as_choices(world: World):
    choices = options(world, "videos")["order"]["choices"]
    assert [one["value"] for one in choices] == ["newest", "likes"]


async def test_an_enum_of_more_than_25_is_completed_while_typing(world: World):
    offered = await world.member("ana").autocomplete(
        world.general, "redeem", "letter", "z", reward="mug"
    )
    assert [one["value"] for one in offered] == ["z"]


async def test_suggested_numbers_are_numbers(world: World):
    offered = await world.member("ana").autocomplete(
        world.general, "redeem", "within", "", reward="mug"
    )
    assert offered == [{"name": "A week", "value": 7}]


async def test_what_is_given_reaches_the_command(world: World):
    result = await world.member("ana").slash(world.general, "videos", order="likes", page=3)
    assert embed_of(result).description == "likes, 3, none"


async def test_free_text_is_taken_beside_suggestions(world: World):
    result = await world.member("ana").slash(world.general, "redeem", reward="a cap", within=3)
    assert embed_of(result).description == "a cap, 3, a, 0"


async def test_a_command_of_three_words_stands_in_a_subgroup(world: World):
    result = await world.member("mia", manage_guild=True).slash(world.office, "mod reward add")
    assert embed_of(result).description == "added"


async def test_where_managers_alone_moderate_only_they_see_moderators_groups(
    simcord_env: Env, tmp_path: Path, declared: None
):
    found = registered(await world_of(simcord_env, tmp_path, moderator_role_ids=()))
    assert found["mod"]["default_member_permissions"] == MANAGE_GUILD
    assert found["videos"]["default_member_permissions"] is None


async def test_where_a_role_moderates_no_group_asks_for_a_permission(world: World):
    found = registered(world)
    assert [one["default_member_permissions"] for one in found.values()] == [None] * 3


async def test_discord_is_told_when_a_role_begins_to_moderate(
    simcord_env: Env, tmp_path: Path, declared: None
):
    world = await world_of(simcord_env, tmp_path, moderator_role_ids=())
    role = Discord(moderator_role_ids=(world.moderators.id,))
    await start_anew(replace(world, settings=Settings(data_dir=tmp_path, discord=role)))
    assert registered(world)["mod"]["default_member_permissions"] is None
    assert len(syncs(world)) == 2


async def test_commands_work_in_servers_and_with_the_bot_alone(world: World):
    videos = registered(world)["videos"]
    assert (videos["contexts"], videos["integration_types"]) == ([0, 1], [0])


async def test_discord_is_not_told_again_what_it_knows(world: World):
    await start_anew(world)
    assert len(syncs(world)) == 1


async def test_discord_is_told_of_a_new_command(world: World):
    @command("shop", "What there is")
    async def shop(_: Call) -> Reply:
        return Reply()

    await start_anew(world)
    assert "shop" in registered(world)


async def test_a_spoilt_memory_only_costs_another_telling(world: World):
    (world.settings.data_dir / "discord-commands.json").write_text('["half')
    await start_anew(world)
    assert len(syncs(world)) == 2


async def test_named_servers_get_the_commands_as_their_own(
    simcord_env: Env, tmp_path: Path, declared: None
):
    world = await world_of(simcord_env, tmp_path, guild_ids=(GUILD_ID,))
    assert registered(world) == {}
    result = await world.member("ana").slash(world.general, "videos")
    assert embed_of(result).description == "newest, 1, none"


async def test_going_global_takes_the_servers_own_away(
    simcord_env: Env, tmp_path: Path, declared: None
):
    world = await world_of(simcord_env, tmp_path, guild_ids=(GUILD_ID,))
    settings = Settings(data_dir=tmp_path)
    await start_anew(replace(world, settings=settings))
    assert registered(world, GUILD_ID) == {}
    assert "videos" in registered(world)


async def test_a_server_without_the_bot_stops_nothing(
    simcord_env: Env, tmp_path: Path, declared: None, caplog: pytest.LogCaptureFixture
):
    pattern = f"/applications/*/guilds/{GUILD_ID + 1}/commands"
    simcord_env.inject_error("PUT", pattern, status=403, code=50001, message="Missing Access")
    world = await world_of(simcord_env, tmp_path, guild_ids=(GUILD_ID + 1, GUILD_ID))
    assert "videos" in registered(world, GUILD_ID)
    assert "invite the bot there" in caplog.text


@HANDLED
async def test_a_command_that_discord_still_shows_is_refused_in_words(world: World):
    before = world.env.backend.commands[None]
    with no_commands():
        await start_anew(world)
    world.env.backend.commands[None] = before
    result = await world.member("ana").slash(world.general, "videos")
    assert "This command has changed" in str(embed_of(result).description)
    assert result.ephemeral


@HANDLED
async def test_a_command_that_discord_still_shows_suggests_nothing(world: World):
    before = world.env.backend.commands[None]
    with no_commands():
        await start_anew(world)
    world.env.backend.commands[None] = before
    assert await world.member("ana").autocomplete(world.general, "redeem", "reward", "") == []
    assert world.first_answers() == []
