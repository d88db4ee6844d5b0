"""Windows of moderators on Discord: whoever opens or forges one is looked at as for a command."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from discord.http import Route

from bot.command import COMMANDS, Access
from bot.config import Settings
from bot.fronts.on_discord import Front
from bot.fronts.on_discord_asking import MODAL_PREFIX
from bot.line import ASKED, parse_line
from bot.presence import Presence
from bot.sections import Discord
from db.store import Store
from tests.commands.moderating import LINES
from tests.fakes.discord_payloads import MANAGE_GUILD, TOKEN, clicked, in_guild, sent_off
from tests.fakes.discord_server import DiscordServer, discord_server
from tests.fakes.discord_world import NOON
from tests.fakes.programme_file import programme_store
from tests.fakes.whole_database import everything

OFFICE, GENERAL = "5001", "5002"
MODERATORS = [one for one in COMMANDS.values() if one.access is Access.MODERATOR]
NAMES = [one.name for one in MODERATORS if any(each.required for each in one.shown)]
PLACES = {"stranger": (OFFICE, "0"), "moderator elsewhere": (GENERAL, MANAGE_GUILD)}


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # as it was, at the end
    async with discord_server() as running:
        yield running


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with programme_store(tmp_path) as opened:
        yield opened


@pytest.fixture
async def front(server: DiscordServer, store: Store, tmp_path: Path) -> AsyncIterator[Front]:
    places = Discord(api_url=server.api_url, moderator_channel_ids=(int(OFFICE),))
    settings = Settings(data_dir=tmp_path, discord=places)
    made = Front(settings, store, lambda: NOON, Presence())
    await made.start(TOKEN)
    yield made
    await made.stop()


def given(name: str) -> dict[str, str]:
    """What the command is given, as its tests type it."""
    return {key: text for key, text in parse_line(f"/{name} {LINES[name]}")[1].items() if text}


def words(shown: dict[str, object]) -> str:
    return str(shown["embeds"])


@pytest.mark.parametrize("who", PLACES)
async def test_a_forged_window_does_nothing(
    server: DiscordServer, front: Front, store: Store, who: str
):
    place, permissions = PLACES[who]
    before = await store.read(everything)
    for at, name in enumerate(NAMES):
        event = sent_off(str(100 + at), f"{MODAL_PREFIX}{name}|{ASKED}", **given(name))
        await server.gateway.say("INTERACTION_CREATE", in_guild(event, place, permissions))
        said = words(await server.answer_to(str(100 + at)))
        assert f"There is no /{name} here" in said or "in the moderators" in said
    assert await store.read(everything) == before


@pytest.mark.parametrize("who", PLACES)
async def test_no_window_opens_for_anybody_else(
    server: DiscordServer, front: Front, store: Store, who: str
):
    place, permissions = PLACES[who]
    for at, name in enumerate(NAMES):
        event = in_guild(clicked(str(100 + at), f"{name}|{ASKED}"), place, permissions)
        await server.gateway.say("INTERACTION_CREATE", event)
        said = words(await server.answer_to(str(100 + at)))
        assert f"There is no /{name} here" in said or "in the moderators" in said


async def test_what_nobody_is_asked_for_can_not_be_forged_into_a_window(
    server: DiscordServer, front: Front, store: Store
):
    before = await store.read(everything)
    window = f"{MODAL_PREFIX}redeem|{ASKED}"
    typed = {"reward": "mug", "price": "150", "order": "00000000"}
    event = sent_off("100", window, user_id="1", **typed)
    await server.gateway.say("INTERACTION_CREATE", event)
    await server.answer_to("100")
    assert await store.read(everything) == before
