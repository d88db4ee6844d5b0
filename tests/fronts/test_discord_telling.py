"""Discord: notices and late answers as direct messages, and what keeps them from being sent."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import discord
import pytest
from discord.http import Route
from simcord import Env

from bot.command import Call, command
from bot.config import Settings
from bot.fronts import NotSent, Unclear, on_discord_delivery
from bot.fronts.on_discord import Front
from bot.line import call_text
from bot.presence import Presence
from bot.reply import Button, Menu, Reply
from bot.sections import Discord
from tests.fakes.discord_payloads import TOKEN
from tests.fakes.discord_server import DiscordServer, Fault, discord_server
from tests.fakes.discord_world import (
    NOON,
    World,
    embed_of,
    newcomer,
    no_commands,
    start_anew,
    world_of,
)
from tests.fakes.untouched import Untouched

NEWS = Reply(text="Settled.")


@pytest.fixture
def declared() -> Iterator[None]:
    with no_commands():

        @command("portrait", "Takes a while", private=True, slow=True)
        async def portrait(_: Call) -> Reply:
            await asyncio.sleep(0.05)
            return Reply(text="done")

        @command("sizes", "A menu")
        async def sizes(_: Call) -> Reply:
            chosen = Button("Large", call_text("portrait"))
            return Reply(text="Which?", menu=Menu("Sizes", (chosen,)))

        yield


@pytest.fixture
def simcord_bot() -> discord.Client:
    return newcomer()


@pytest.fixture
async def world(simcord_env: Env, tmp_path: Path, declared: None) -> World:
    return await world_of(simcord_env, tmp_path)


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # as it was, at the end
    async with discord_server() as running:
        yield running


@pytest.fixture
async def front(server: DiscordServer, tmp_path: Path, declared: None) -> AsyncIterator[Front]:
    settings = Settings(data_dir=tmp_path, discord=Discord(api_url=server.api_url))
    made = Front(settings, Untouched(), lambda: NOON, Presence())
    await made.start(TOKEN)
    yield made
    await made.stop()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries of the library come without a pause."""
    slept = asyncio.sleep

    async def sleep(_seconds: float) -> None:
        await slept(0)

    monkeypatch.setattr("discord.http.asyncio.sleep", sleep)


@pytest.mark.usefixtures("hurried")
async def test_after_errors_of_discords_nobody_knows_whether_it_arrived(
    server: DiscordServer, front: Front
):
    server.faults += [Fault("/messages", 502)] * 5
    with pytest.raises(Unclear):
        await front.tell("42", NEWS, "n1")


async def test_without_an_answer_nobody_knows_whether_it_arrived(
    server: DiscordServer, front: Front, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(on_discord_delivery, "TELL_SECONDS", 0.1)

    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(front.client.http, "send_message", never)
    with pytest.raises(Unclear, match="TimeoutError"):
        await front.tell("42", NEWS, "n1")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (aiohttp.ServerDisconnectedError(), Unclear),
        (aiohttp.ClientConnectorError(None, OSError()), NotSent),  # type: ignore[arg-type]  # its key
        (discord.RateLimited(70), NotSent),
    ],
)
async def test_what_the_library_raises_tells_whether_it_may_have_arrived(
    front: Front, monkeypatch: pytest.MonkeyPatch, error: Exception, told: type[Exception]
):
    async def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(front.client.http, "send_message", fails)
    with pytest.raises(told) as caught:
        await front.tell("42", NEWS, "n1")
    assert getattr(caught.value, "after_seconds", 0) == getattr(error, "retry_after", 0)


GONE = [(404, 10015), (401, 50027)]


@pytest.mark.parametrize(("status", "code"), GONE)
async def test_an_answer_15_minutes_late_is_sent_to_the_person(
    world: World, status: int, code: int
):
    world.env.inject_error("PATCH", "/webhooks/*", status=status, code=code)
    ana = world.member("ana")
    await ana.slash(world.general, "portrait")
    sent = [one for one in world.env.http_requests if one.path.endswith("/messages")]
    assert [one.json["embeds"][0]["description"] for one in sent] == ["done"]


@pytest.mark.parametrize("status", [500, 403])
async def test_a_late_answer_that_can_not_be_sent_either_is_noted(
    world: World, status: int, caplog: pytest.LogCaptureFixture
):
    world.env.inject_error("PATCH", "/webhooks/*", status=404, code=10015)
    for _try in range(5):
        world.env.inject_error("POST", "/channels/*/messages", status=status, code=50007)
    await world.member("ana").slash(world.general, "portrait")
    assert "an answer of /portrait is lost" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_menu_works_after_a_restart(world: World):
    ana = world.member("ana")
    first = await ana.slash(world.general, "sizes")
    await start_anew(world)
    second = await ana.select(first.response, values=[call_text("portrait")])
    assert (embed_of(second).description, second.ephemeral) == ("done", True)
