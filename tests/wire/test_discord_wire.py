"""Discord over the wire: the program as a user starts it, on a gateway and a REST server."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from db.store import open_store
from tests.commands.programme import GARDEN, build
from tests.fakes.discord_payloads import MANAGE_GUILD, clicked, in_guild, sent
from tests.fakes.discord_server import DiscordServer, Fault, discord_server
from tests.wire.process import OFFICE, Process, on_discord, online, running

ANA, STRANGER, MODERATOR = "1", "9", "7"
GUILDS_ONLY = 1
POINTS = "\\@ana: 234 points"
REDEEM = "redeem|mug|150|0a0b0c0d"
GRANT = {"creator": "ana", "amount": 5, "reason": "well done"}
SHORT_SILENCE = """
import sys
from bot.__main__ import main
from bot.fronts import on_discord
on_discord.SILENCE_SECONDS = 1
sys.argv = ["fairpoints", "run"]
main()
"""
"""The program, but a second without a word from Discord is long for it, in place of a minute."""


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory, sqlite_file: bytes) -> bytes:
    """The bytes of a database with the tiny programme in it."""
    path = tmp_path_factory.mktemp("programme") / "programme.sqlite3"
    path.write_bytes(sqlite_file)

    async def fill() -> None:
        store = await open_store(f"sqlite+aiosqlite:///{path}")
        await build(store)
        await store.close()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(fill())
    loop.close()
    return path.read_bytes()


@pytest.fixture
def folder(tmp_path: Path, programme: bytes) -> Path:
    (tmp_path / "fairpoints.sqlite3").write_bytes(programme)
    return tmp_path


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as running:
        yield running


@pytest.fixture
async def bot(server: DiscordServer, folder: Path) -> AsyncIterator[Process]:
    async with online(server, folder) as started:
        yield started


def moved(folder: Path, kind: str) -> int:
    """Count the transfers of a kind."""
    with closing(sqlite3.connect(folder / "fairpoints.sqlite3")) as connection:
        found = connection.execute("SELECT count(*) FROM transfers WHERE kind = ?", (kind,))
        return int(found.fetchone()[0])


def granted(interaction_id: str) -> dict[str, Any]:
    """The event of the moderator granting points in the office."""
    asked = sent(interaction_id, "mod grant", MODERATOR, **GRANT)
    return in_guild(asked, OFFICE, MANAGE_GUILD)


def title(shown: dict[str, Any]) -> str:
    return str(shown["embeds"][0].get("title"))


def text(shown: dict[str, Any]) -> str:
    return str(shown["embeds"][0].get("description"))


async def ask(server: DiscordServer, event: dict[str, Any]) -> dict[str, Any]:
    """Let something be asked for, and return the message in which it ends."""
    await server.gateway.say("INTERACTION_CREATE", event)
    shown: dict[str, Any] = await server.answer_to(event["id"])
    return shown


async def test_commands_and_buttons_are_answered(server: DiscordServer, bot: Process):
    assert title(await ask(server, sent("101", "points", ANA))) == POINTS
    assert title(await ask(server, sent("102", "leaderboard", STRANGER))) == "Leaderboard"
    why = await ask(server, clicked("103", f"video|{GARDEN}", ANA))
    assert title(why) == "My garden in spring: 128 points"


async def test_no_privileged_intent_is_asked_for(server: DiscordServer, bot: Process):
    assert server.gateway.identified[0]["intents"] == GUILDS_ONLY


@pytest.mark.parametrize("event", [clicked("201", REDEEM, ANA), granted("201")])
async def test_what_was_missed_is_done_once_after_resuming(
    server: DiscordServer, bot: Process, folder: Path, event: dict[str, Any]
):
    server.gateway.keep("INTERACTION_CREATE", event)
    await server.gateway.hang_up(1011)
    await server.answer_to("201")
    await server.gateway.until(resumed=1)
    await server.gateway.say("INTERACTION_CREATE", event)
    await ask(server, sent("202", "points", ANA))
    assert await bot.leave() == 0
    assert moved(folder, "redemption") + moved(folder, "adjustment") == 1
    assert server.refused_answers == 1


async def test_of_two_at_the_same_moment_one_counts(
    server: DiscordServer, bot: Process, folder: Path
):
    for number in range(300, 305):
        await server.gateway.say("INTERACTION_CREATE", clicked(str(number), REDEEM, ANA))
        await server.gateway.repeat()
    shown = [await server.answer_to(str(number)) for number in range(300, 305)]
    assert await bot.leave() == 0
    assert {title(one) for one in shown} == {"Redeemed: Mug"}
    assert moved(folder, "redemption") == 1


async def test_without_heartbeats_it_connects_anew(server: DiscordServer, folder: Path):
    server.gateway.heartbeat_seconds = 0.2
    async with online(server, folder, ("-c", SHORT_SILENCE)):
        server.gateway.answers_heartbeats = False
        await server.gateway.until(left=1)
        server.gateway.answers_heartbeats = True
        await server.gateway.until(resumed=1)
        assert title(await ask(server, sent("401", "points", ANA))) == POINTS
    assert server.gateway.close_codes[0] == 4000


async def test_asked_to_reconnect_it_resumes(server: DiscordServer, bot: Process):
    await server.gateway.ask_to_reconnect()
    await server.gateway.until(resumed=1)
    assert title(await ask(server, sent("501", "points", ANA))) == POINTS


async def test_after_a_session_has_ended_it_begins_another(server: DiscordServer, bot: Process):
    await server.gateway.invalidate()
    await server.gateway.until(identified=2)
    assert title(await ask(server, sent("502", "points", ANA))) == POINTS


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/callback", 429, retry_after=0.3),
        Fault("/callback", 503),
        Fault("/callback", 502, was_heard=True),
    ],
    ids=["too many requests", "an error", "an error after it was heard"],
)
async def test_an_answer_that_fails_at_first_arrives_once(
    server: DiscordServer, bot: Process, folder: Path, fault: Fault
):
    server.faults.append(fault)
    shown = await ask(server, clicked("601", REDEEM, ANA))
    assert title(shown) == "Redeemed: Mug"
    assert await bot.leave() == 0
    assert server.requests.count("POST /api/v10/interactions/601/token-of-601/callback") == 2
    assert "601" not in [one["nonce"] for _, one in server.notices]
    assert moved(folder, "redemption") == 1


async def test_a_private_answer_that_comes_too_late_is_sent_to_the_person(
    server: DiscordServer, bot: Process, folder: Path
):
    server.late.add("701")
    await server.gateway.say("INTERACTION_CREATE", clicked("701", REDEEM, ANA))
    user_id, notice = await server.told_under("701")
    assert (user_id, title(notice)) == (ANA, "Redeemed: Mug")
    assert moved(folder, "redemption") == 1


async def test_a_copied_button_runs_as_who_presses_it(
    server: DiscordServer, bot: Process, folder: Path
):
    shown = await ask(server, clicked("801", REDEEM, STRANGER))
    assert "not linked" in text(shown)
    refused = await ask(server, in_guild(clicked("802", "mod grant|ana|5|x", STRANGER), OFFICE))
    assert "There is no /mod grant here" in text(refused)
    assert await bot.leave() == 0
    assert moved(folder, "redemption") + moved(folder, "adjustment") == 0


async def test_told_to_stop_it_says_goodbye(server: DiscordServer, bot: Process):
    began = monotonic()
    assert await bot.leave() == 0
    await server.gateway.until(left=1)
    assert server.gateway.close_codes == [1000]
    assert monotonic() - began < 10


async def test_told_to_stop_it_finishes_what_it_does(
    server: DiscordServer, bot: Process, folder: Path
):
    server.faults.append(Fault("/callback", 429, retry_after=1))
    await server.gateway.say("INTERACTION_CREATE", clicked("901", REDEEM, ANA))
    await server.asked("901")
    assert await bot.leave() == 0
    assert title(server.shown["901"]) == "Redeemed: Mug"


async def test_a_refused_token_ends_it_with_one_line(server: DiscordServer, folder: Path):
    async with running(folder, on_discord(server, "MTIz.bad.token")) as bot:
        assert await bot.ended() == 1
    assert bot.said().splitlines()[-1].startswith("Discord refused the token")
    assert "Traceback" not in bot.said()
    assert "MTIz" not in bot.said()


async def test_no_log_holds_a_token_or_what_was_asked_for(server: DiscordServer, bot: Process):
    await ask(server, granted("950"))
    assert await bot.leave() == 0
    assert "mod grant" in bot.said()
    for secret in (server.gateway.identified[0]["token"], "token-of-950", "well done", "ana"):
        assert secret not in bot.said()
