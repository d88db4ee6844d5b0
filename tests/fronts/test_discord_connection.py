"""Discord: coming online, what stands against it, and leaving."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.command import Call, command
from bot.config import Settings
from bot.fronts.on_discord import Front, NotConnected
from bot.reply import Reply
from tests.fakes.discord_server import APPLICATION_ID, TOKEN, DiscordServer, discord_server
from tests.fakes.discord_world import NOON, no_commands
from tests.fakes.untouched import Untouched

BAD_TOKEN = "MTIz.bad.token"
NOBODY = "127.0.0.1:9"
GUILDS_ONLY = 1


@pytest.fixture
def declared() -> Iterator[dict[str, Any]]:
    """Commands that wait to be let go, and remember with which keys they were called."""
    seen: dict[str, Any] = {"let go": asyncio.Event(), "begun": asyncio.Event(), "keys": []}
    with no_commands():

        @command("wait", "Waits")
        async def wait(call: Call) -> Reply:
            seen["keys"].append(call.key)
            seen["begun"].set()
            await seen["let go"].wait()
            return Reply(text="at last")

        yield seen


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    async with discord_server() as running:
        gateway = running.address.replace("http", "ws") + "/gateway"
        monkeypatch.setattr(Route, "BASE", f"{running.address}/api")
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(gateway))
        yield running


@pytest.fixture
async def front(tmp_path: Path, declared: dict[str, Any]) -> AsyncIterator[Front]:
    made = Front(Settings(data_dir=tmp_path), Untouched(), lambda: NOON)
    yield made
    declared["let go"].set()
    await made.stop()


def pressed(interaction_id: str) -> dict[str, Any]:
    """Return Discord's event of somebody having sent /wait in a direct message."""
    user = {"id": "42", "username": "ana", "discriminator": "0", "avatar": None}
    return {
        "id": interaction_id,
        "application_id": APPLICATION_ID,
        "type": 2,
        "token": f"token-of-{interaction_id}",
        "version": 1,
        "data": {"id": "900", "name": "wait", "type": 1},
        "channel": {"id": "77", "type": 1, "recipients": [user]},
        "channel_id": "77",
        "user": user,
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {},
        "context": 1,
        "app_permissions": "0",
        "attachment_size_limit": 10_000_000,
    }


async def test_it_comes_online_and_tells_the_commands(server: DiscordServer, front: Front):
    await front.start(TOKEN)
    assert [one["name"] for one in server.commands] == ["wait"]
    assert server.identified["token"] == TOKEN


async def test_it_asks_for_no_privileged_intent(server: DiscordServer, front: Front):
    await front.start(TOKEN)
    assert server.identified["intents"] == GUILDS_ONLY


async def test_it_leaves_as_one_should(server: DiscordServer, front: Front):
    await front.start(TOKEN)
    await front.stop()
    await front.wait()
    await server.left.wait()
    assert server.close_code == 1000


async def test_stopping_before_starting_is_no_trouble(front: Front):
    await front.stop()
    await front.wait()


async def test_a_bad_token_is_refused_without_repeating_it(server: DiscordServer, front: Front):
    with pytest.raises(NotConnected, match="FAIRPOINTS_DISCORD_TOKEN") as caught:
        await front.start(BAD_TOKEN)
    assert BAD_TOKEN not in str(caught.getrepr(chain=True, showlocals=False))


async def test_a_token_that_fits_in_no_header_is_not_repeated(server: DiscordServer, front: Front):
    with pytest.raises(NotConnected) as caught:
        await front.start("MTIz.bad\ntoken")
    assert "MTIz" not in str(caught.value)


async def test_without_a_network_it_says_so(front: Front, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Route, "BASE", f"http://{NOBODY}/api")
    with pytest.raises(NotConnected, match="Discord can't be reached: Cannot connect to host"):
        await front.start(TOKEN)


async def test_without_a_gateway_it_says_so(
    server: DiscordServer, front: Front, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(f"ws://{NOBODY}"))
    with pytest.raises(NotConnected, match="its gateway does not answer"):
        await front.start(TOKEN)


async def test_a_token_refused_at_the_gateway_is_a_refused_token(
    server: DiscordServer, front: Front
):
    server.refuses_at_the_gateway = True
    with pytest.raises(NotConnected, match="FAIRPOINTS_DISCORD_TOKEN"):
        await front.start(TOKEN)


async def test_commands_that_discord_refuses_stop_the_start(server: DiscordServer, front: Front):
    server.refuses_commands = True
    with pytest.raises(NotConnected, match="Discord answered 400: Maximum reached"):
        await front.start(TOKEN)


async def test_a_token_replaced_later_ends_the_waiting(server: DiscordServer, front: Front):
    await front.start(TOKEN)
    await server.hang_up(4004)
    with pytest.raises(NotConnected, match="FAIRPOINTS_DISCORD_TOKEN"):
        await front.wait()


async def test_stopping_lets_an_answer_on_its_way_be_sent(
    server: DiscordServer, front: Front, declared: dict[str, Any]
):
    await front.start(TOKEN)
    await server.say("INTERACTION_CREATE", pressed("501"))
    await declared["begun"].wait()
    stopping = asyncio.create_task(front.stop())
    await asyncio.sleep(0)
    declared["let go"].set()
    await stopping
    assert server.answers["501"]["data"]["embeds"][0]["description"] == "at last"


async def test_an_event_that_discord_repeats_has_the_same_key(
    server: DiscordServer, front: Front, declared: dict[str, Any], caplog: pytest.LogCaptureFixture
):
    declared["let go"].set()
    await front.start(TOKEN)
    await server.say("INTERACTION_CREATE", pressed("502"))
    await server.answer_to("502")
    await server.say("INTERACTION_CREATE", pressed("502"))
    await server.say("INTERACTION_CREATE", pressed("503"))
    await server.answer_to("503")
    await front.stop()
    assert declared["keys"] == ["dc:502", "dc:502", "dc:503"]
    assert server.refused_answers == 1
    assert "already been acknowledged" in caplog.text


async def test_no_token_is_ever_logged(
    server: DiscordServer, front: Front, declared: dict[str, Any], caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", logger="discord")
    declared["let go"].set()
    await front.start(TOKEN)
    await server.say("INTERACTION_CREATE", pressed("504"))
    await server.answer_to("504")
    assert TOKEN not in caplog.text
    assert "token-of-504" not in caplog.text
