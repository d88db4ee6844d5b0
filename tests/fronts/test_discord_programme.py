"""The programme itself on Discord: a creator's real commands, on a database file."""

import asyncio
from collections.abc import AsyncIterator
from copy import deepcopy
from decimal import Decimal
from pathlib import Path

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult
from sqlalchemy import select
from sqlalchemy.orm import Session

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.command import COMMANDS, Access
from bot.config import Settings
from bot.sample import fill
from db import ledger, linking, people, points
from db.models import Video
from db.store import Store, open_store
from scoring import run
from tests.fakes.discord_world import (
    NOON,
    World,
    embed_of,
    labels,
    start_anew,
)

# A picture's first drawing loads matplotlib, which a busy machine takes its time for.
pytestmark = pytest.mark.simcord(settle_timeout=30)

NASTY = "@everyone <@&99> </mod grant:9> [mugs](https://evil.example) \u202e**free**"
SHOWN = r"\@everyone \<\@&99> \</mod"
CREATORS = [
    one.name for one in COMMANDS.values() if one.access is Access.EVERYONE and one.name != "link"
]
GIVEN = {"redeem": {"reward": "mug"}}


async def _sample(settings: Settings) -> None:
    store = await open_store(settings.url)
    await fill(settings, store, NOON, run.quiet)
    await store.close()


@pytest.fixture(scope="module")
def programme_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a database with sample videos, scored, and the starting shop."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("sample"))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(_sample(settings))
    loop.close()
    return (settings.data_dir / "fairpoints.sqlite3").read_bytes()


@pytest.fixture
async def store(tmp_path: Path, programme_file: bytes) -> AsyncIterator[Store]:
    (tmp_path / "fairpoints.sqlite3").write_bytes(programme_file)
    opened = await open_store(Settings(data_dir=tmp_path).url)
    yield opened
    await opened.close()


def link(session: Session, user_id: str, place: int) -> None:
    """Link a person to the creator of this place, whose newest video gets a nasty caption."""
    handle, creator_id, _ = points.leaders(session, 1000)[place]
    people.claim(session, "discord", user_id, "somebody", handle, NOON)
    linking.verify(session, handle, f"discord:{user_id}", NOON)
    newest = select(Video).where(Video.creator_id == creator_id).order_by(Video.date_posted.desc())
    session.scalars(newest).first().caption = NASTY


@pytest.fixture
async def ana(world: World, store: Store) -> MemberActor:
    """Of all creators she has earned most."""
    member = world.member("ana")
    await store.write(link, str(member.id), 0)
    return member


@pytest.fixture
async def bob(world: World, store: Store) -> MemberActor:
    """Of all creators he has earned least."""
    member = world.member("bob")
    await store.write(link, str(member.id), -1)
    return member


async def balance(store: Store, who: MemberActor) -> int:
    def read(session: Session) -> int:
        return ledger.balance_of(session, people.creator_of(session, "discord", str(who.id)))

    return await store.read(read)


def leader(session: Session) -> str:
    return points.leaders(session, 1)[0][0]


def unclaimed(session: Session) -> str:
    return points.leaders(session, 2)[1][0]


async def pressed_twice(
    world: World, who: MemberActor, message: InteractionResult, label: str
) -> tuple[InteractionResult, InteractionResult]:
    """Press a button again as it still stood when the first press had not come back."""
    stored = world.env.backend.get_message(world.general.id, message.response.id)
    before = deepcopy(stored.components)
    first = await who.click(message.response, label=label)
    stored.components = before
    return first, await who.click(message.response, label=label)


async def chosen(who: MemberActor, message: InteractionResult, place: int) -> InteractionResult:
    """Take an option of a message's menu."""
    options = message.response.components[0]["components"][0]["options"]
    return await who.select(message.response, [options[place]["value"]])


@pytest.mark.parametrize("name", CREATORS)
async def test_every_command_of_creators_is_answered(world: World, ana: MemberActor, name: str):
    if name == "video":
        given = {"id": (await ana.autocomplete(world.general, "video", "id", ""))[0]["value"]}
    else:
        given = GIVEN.get(name, {})
    result = await ana.slash(world.general, name, **given)
    assert embed_of(result).colour != discord.Colour(0xD64545)
    assert result.ephemeral == COMMANDS[name].private


async def test_points_come_with_the_balance_and_a_picture(
    world: World, ana: MemberActor, store: Store
):
    result = await ana.slash(world.general, "points")
    embed = embed_of(result)
    assert (embed.fields[0].name, embed.fields[0].value) == (
        "Available",
        f"{await balance(store, ana):,} points",
    )
    (picture,) = result.response.attachments
    assert picture.filename == "points.png"
    assert (await picture.read()).startswith(b"\x89PNG")
    assert "points settled" in picture.description


async def test_videos_turn_pages_in_place(world: World, ana: MemberActor):
    first = await ana.slash(world.general, "videos", sort="points")
    top = embed_of(first).description
    assert "Page 1 of" in embed_of(first).footer.text
    await ana.click(first.response, label="More ›")
    assert "Page 2 of" in embed_of(first).footer.text
    await ana.click(first.response, label="‹ Back")
    assert embed_of(first).description == top


async def test_a_nasty_caption_is_only_text(world: World, ana: MemberActor):
    first = await ana.slash(world.general, "videos")
    assert f"**1 {SHOWN}" in embed_of(first).description
    receipt = await chosen(ana, first, 0)
    assert embed_of(receipt).title.startswith(SHOWN)
    assert "\u202e" not in embed_of(receipt).title


async def test_a_receipt_has_a_picture_and_adds_up(world: World, ana: MemberActor):
    videos = await ana.slash(world.general, "videos")
    receipt = await chosen(ana, videos, 1)
    block = embed_of(receipt).description.split("```")[1].strip()
    _, *lines, total = block.splitlines()
    amounts = [Decimal(line.split()[-1].replace("−", "-").replace(",", "")) for line in lines]
    assert len(amounts) == 9
    assert sum(amounts) == int(total.split()[-1].replace(",", ""))
    assert [one.filename for one in receipt.response.attachments] == ["receipt.png"]


async def test_a_reward_is_confirmed_and_paid_in_one_message(
    world: World, ana: MemberActor, store: Store
):
    before = await balance(store, ana)
    message = await ana.slash(world.general, "redeem", reward="mug")
    assert embed_of(message).title == "Mug for 500 points?"
    assert await balance(store, ana) == before
    await ana.click(message.response, label="Redeem for 500 points")
    assert embed_of(message).title == "Redeemed: Mug"
    assert labels(message) == ["My redemptions"]
    assert await balance(store, ana) == before - 500


async def test_confirming_twice_pays_once(world: World, ana: MemberActor, store: Store):
    before = await balance(store, ana)
    message = await ana.slash(world.general, "redeem", reward="mug")
    first, second = await pressed_twice(world, ana, message, "Redeem for 500 points")
    assert embed_of(first).title == embed_of(second).title == "Redeemed: Mug"
    assert await balance(store, ana) == before - 500


async def test_confirming_works_after_a_restart(world: World, ana: MemberActor, store: Store):
    before = await balance(store, ana)
    message = await ana.slash(world.general, "redeem", reward="mug")
    await start_anew(world, store)
    await ana.click(message.response, label="Redeem for 500 points")
    assert await balance(store, ana) == before - 500


async def test_a_reward_too_dear_is_refused_in_words(world: World, bob: MemberActor, store: Store):
    result = await bob.slash(world.general, "redeem", reward="campaign")
    has = await balance(store, bob)
    assert embed_of(result).description.startswith(
        f"Campaign costs 2,000 points and you have {has}"
    )
    assert result.ephemeral


async def test_rewards_are_suggested(world: World, ana: MemberActor):
    offered = await ana.autocomplete(world.general, "redeem", "reward", "mu")
    assert offered == [{"name": "Mug (500 points)", "value": "mug"}]


async def test_somebody_unlinked_learns_how_to_link(world: World):
    result = await world.member("eve").slash(world.general, "points")
    assert "Use /link with your handle" in embed_of(result).description
    assert result.ephemeral


async def test_a_private_answer_is_hidden_from_the_channel(world: World, ana: MemberActor):
    await ana.slash(world.general, "points")
    assert world.general.history(viewer=world.member("eve")) == []


async def test_points_can_be_asked_for_in_a_direct_message(
    world: World, ana: MemberActor, store: Store
):
    result = await ana.user.slash("points")
    assert f"{await balance(store, ana):,} points" in embed_of(result).title


async def test_a_moderator_confirms_a_claim_in_the_office(world: World, store: Store):
    eve, handle = world.member("eve"), await store.read(unclaimed)
    await eve.slash(world.general, "link", handle=handle)
    moderator = world.member("mia", manage_guild=True)
    offered = await moderator.autocomplete(
        world.office, "mod verify", "handle", "", reason="the code in the bio"
    )
    assert offered == [{"name": f"@{handle} by eve", "value": handle}]
    result = await moderator.slash(
        world.office, "mod verify", handle=handle, reason="the code in the bio"
    )
    assert embed_of(result).title == "Linked"
    assert await balance(store, eve) > 0


async def test_a_moderator_elsewhere_changes_nothing(world: World, ana: MemberActor, store: Store):
    before = await balance(store, ana)
    moderator = world.member("mia", manage_guild=True)
    given = {"creator": await store.read(leader), "amount": 5, "reason": "because"}
    result = await moderator.slash(world.general, "mod grant", **given)
    assert "moderators' channel only" in embed_of(result).description
    assert await balance(store, ana) == before


async def test_a_member_is_looked_up_by_pointing_at_them(
    world: World, ana: MemberActor, store: Store
):
    moderator = world.member("mia", manage_guild=True)
    result = await moderator.context_menu(world.office, "Points of this member", ana)
    has = await balance(store, ana)
    assert embed_of(result).title.endswith(f": {has:,} points")
    assert result.ephemeral


async def test_pointing_at_members_is_for_the_moderators_channel(world: World, ana: MemberActor):
    moderator = world.member("mia", manage_guild=True)
    result = await moderator.context_menu(world.general, "Points of this member", ana)
    assert "moderators' channel only" in embed_of(result).description


async def test_somebody_else_in_the_office_changes_nothing(
    world: World, ana: MemberActor, bob: MemberActor, store: Store
):
    before = await balance(store, ana)
    given = {"creator": await store.read(leader), "amount": 5, "reason": "because"}
    result = await bob.slash(world.office, "mod grant", **given)
    assert "There is no /mod grant here" in embed_of(result).description
    assert await balance(store, ana) == before


async def test_a_grant_of_a_moderator_arrives(world: World, ana: MemberActor, store: Store):
    before = await balance(store, ana)
    given = {"creator": await store.read(leader), "amount": 5, "reason": "because"}
    await world.member("mia", manage_guild=True).slash(world.office, "mod grant", **given)
    assert await balance(store, ana) == before + 5
