"""Discord: coming online, what stands against it, and leaving."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import pytest
from discord.http import Route

from bot.command import Call, command
from bot.config import Settings
from bot.fronts import Blocked, NotConnected, NotSent, Unwelcome
from bot.fronts.on_discord import Front
from bot.fronts.on_discord_wire import problem
from bot.presence import LOST, Presence, State
from bot.reply import Reply
from bot.sections import Discord
from tests.fakes.discord_payloads import TOKEN, sent
from tests.fakes.discord_server import DiscordServer, discord_server
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
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # as it was, at the end
    async with discord_server() as running:
        yield running


def front_at(api_url: str, folder: Path) -> Front:
    settings = Settings(data_dir=folder, discord=Discord(api_url=api_url))
    return Front(settings, Untouched(), lambda: NOON, Presence())


@pytest.fixture
async def front(
    server: DiscordServer, tmp_path: Path, declared: dict[str, Any]
) -> AsyncIterator[Front]:
    made = front_at(server.api_url, tmp_path)
    yield made
    declared["let go"].set()
    await made.stop()


async def test_it_comes_online_and_tells_the_commands(server: DiscordServer, front: Front):
    await front.start(TOKEN)
    assert [one["name"] for one in server.commands] == ["wait"]
    assert server.gateway.identified[0]["token"] == TOKEN


async def test_it_asks_for_no_privileged_intent(server: DiscordServer, front: Front):
    await front.start(TOKEN)
    assert server.gateway.identified[0]["intents"] == GUILDS_ONLY


async def test_it_leaves_as_one_should(server: DiscordServer, front: Front):
    await front.start(TOKEN)
    await front.stop()
    await front.wait()
    await server.gateway.until(left=1)
    assert server.gateway.close_codes == [1000]


async def test_stopping_before_starting_is_no_trouble(front: Front):
    await front.stop()
    await front.wait()


async def test_a_bad_token_is_refused_without_repeating_it(server: DiscordServer, front: Front):
    with pytest.raises(Unwelcome, match="FAIRPOINTS_DISCORD_TOKEN") as caught:
        await front.start(BAD_TOKEN)
    assert BAD_TOKEN not in str(caught.getrepr(chain=True, showlocals=False))


async def test_a_token_that_fits_in_no_header_is_not_repeated(server: DiscordServer, front: Front):
    with pytest.raises(Unwelcome) as caught:
        await front.start("MTIz.bad\ntoken")
    assert "MTIz" not in str(caught.value)


async def test_without_a_network_it_says_so(server: DiscordServer, tmp_path: Path):
    with pytest.raises(NotConnected, match="Discord can't be reached: Cannot connect to host"):
        await front_at(f"http://{NOBODY}/api", tmp_path).start(TOKEN)


async def test_without_a_gateway_it_says_so(server: DiscordServer, front: Front):
    server.gateway_url = f"ws://{NOBODY}"
    with pytest.raises(NotConnected, match="its gateway does not answer"):
        await front.start(TOKEN)


def test_an_answer_that_is_no_json_is_no_refused_token():
    assert not isinstance(problem(JSONDecodeError("no", "<html>", 0), 60), Unwelcome)


async def test_a_start_that_is_cut_off_leaves_nothing_running(
    front: Front, monkeypatch: pytest.MonkeyPatch
):
    begun, before = asyncio.Event(), asyncio.all_tasks()

    async def login(_token: str) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(front.client, "login", login)
    starting = asyncio.create_task(front.start(TOKEN))
    await asyncio.wait_for(begun.wait(), 10)
    starting.cancel()
    await asyncio.wait({starting}, timeout=10)
    assert asyncio.all_tasks() == before


async def test_a_token_refused_at_the_gateway_is_a_refused_token(
    server: DiscordServer, front: Front
):
    server.gateway.refuses = True
    with pytest.raises(Unwelcome, match="FAIRPOINTS_DISCORD_TOKEN"):
        await front.start(TOKEN)


async def test_commands_that_discord_refuses_stop_the_start(server: DiscordServer, front: Front):
    server.refuses_commands = True
    with pytest.raises(NotConnected, match="Discord answered 400: Maximum reached"):
        await front.start(TOKEN)


async def test_a_token_replaced_later_ends_the_waiting(server: DiscordServer, front: Front):
    await front.start(TOKEN)
    await server.gateway.hang_up(4004)
    with pytest.raises(Unwelcome, match="FAIRPOINTS_DISCORD_TOKEN"):
        await front.wait()


async def test_a_lost_connection_is_told_until_it_is_made_anew(
    server: DiscordServer,
    front: Front,
    declared: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
):
    fronts, seen = front._presence.fronts, []
    fronts["discord"] = State(True, NOON)
    note = front._presence.note

    def watched(name: str, now: datetime, *, hears: bool) -> None:
        note(name, now, hears=hears)
        seen.append(fronts[name])

    monkeypatch.setattr(Presence, "note", lambda _, *given, **named: watched(*given, **named))
    await front.start(TOKEN)
    await server.gateway.hang_up(1011)
    await server.gateway.until(resumed=1)
    await server.gateway.say("INTERACTION_CREATE", sent("505", "wait"))
    await declared["begun"].wait()
    assert [(one.connected, one.reason) for one in seen[-2:]] == [(False, LOST), (True, "")]


async def test_stopping_lets_an_answer_on_its_way_be_sent(
    server: DiscordServer, front: Front, declared: dict[str, Any]
):
    await front.start(TOKEN)
    await server.gateway.say("INTERACTION_CREATE", sent("501", "wait"))
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
    await server.gateway.say("INTERACTION_CREATE", sent("502", "wait"))
    await server.answer_to("502")
    await server.gateway.say("INTERACTION_CREATE", sent("502", "wait"))
    await server.gateway.say("INTERACTION_CREATE", sent("503", "wait"))
    await server.answer_to("503")
    await front.stop()
    assert declared["keys"] == ["dc:502", "dc:502", "dc:503"]
    assert server.refused_answers == 1
    assert not [one for one in caplog.records if one.levelname not in {"INFO", "DEBUG"}]


async def test_no_token_is_ever_logged(
    server: DiscordServer, front: Front, declared: dict[str, Any], caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG")
    caplog.set_level("DEBUG", logger="discord")
    declared["let go"].set()
    await front.start(TOKEN)
    await server.gateway.say("INTERACTION_CREATE", sent("504", "wait"))
    await server.answer_to("504")
    assert TOKEN not in caplog.text
    assert "token-of-504" not in caplog.text


async def test_a_notice_sent_again_arrives_once(server: DiscordServer, front: Front):
    await front.start(TOKEN)
    for _again in range(2):
        await front.tell("42", Reply(text="Settled."), "n" * 30)
    assert [(user_id, one["enforce_nonce"]) for user_id, one in server.notices] == [("42", True)]


async def test_who_takes_no_messages_is_blocked(server: DiscordServer, front: Front):
    server.closed_to.add("42")
    await front.start(TOKEN)
    with pytest.raises(Blocked):
        await front.tell("42", Reply(text="Settled."), "n1")


async def test_before_it_is_connected_nothing_is_sent(front: Front):
    with pytest.raises(NotSent):
        await front.tell("42", Reply(text="Settled."), "n1")
