"""The programme itself on Telegram: a creator's real commands over HTTP, on a database file."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.command import COMMANDS, Access
from bot.config import Settings
from bot.sample import fill
from db import ledger, linking, people, points
from db.models import Video
from db.store import Store
from scoring import run
from tests.fakes.bot_api_stage import NOW, Stage, staged
from tests.fakes.bot_api_world import Message

NASTY = '<b>"A&B"</b> @all'


async def sample(settings: Settings, store: Store) -> None:
    """Sample videos and the starting shop; Ann has earned most, Mo least."""
    await fill(settings, store, NOW, run.quiet)
    await store.write(link_people)


def link_people(session: Session) -> None:
    ranked = points.leaders(session, 1000)
    for (handle, creator_id, _), user_id in ((ranked[0], "7"), (ranked[-1], "8")):
        people.claim(session, "telegram", user_id, "somebody", handle, NOW)
        linking.verify(session, handle, f"telegram:{user_id}", NOW)
        newest = select(Video).where(Video.creator_id == creator_id)
        session.scalars(newest.order_by(Video.date_posted.desc())).first().caption = NASTY


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, sample) as running:
        yield running


async def shown(stage: Stage, line: str) -> Message:
    await stage.ann.say(stage.ann.chat, line)
    return await stage.ann.chat.next_message()


async def balance(stage: Stage, user_id: str = "7") -> int:
    def read(session: Session) -> int:
        return ledger.balance_of(session, people.creator_of(session, "telegram", user_id))

    return await stage.store.read(read)


def unlinked(session: Session) -> str:
    return points.leaders(session, 2)[1][0]


CREATORS_COMMANDS = [
    one.name for one in COMMANDS.values() if one.access is Access.EVERYONE and one.name != "link"
]


@pytest.mark.parametrize("name", CREATORS_COMMANDS)
async def test_every_command_of_creators_is_answered(stage: Stage, name: str):
    answer = await shown(stage, f"/{name}")
    assert answer.text
    assert "our fault" not in answer.text
    assert "⚠️" not in answer.text


async def test_points_come_with_a_picture_and_the_balance(stage: Stage):
    answer = await shown(stage, "/points")
    assert answer.photo is not None
    assert f"Available: {await balance(stage):,} points" in answer.text
    assert answer.labels[:2] == ["My videos", "Shop"]


async def test_videos_turn_pages_in_place(stage: Stage):
    first = await shown(stage, "/videos")
    assert "Page 1 of" in first.text
    await stage.ann.press(first, "More ›")
    await first.edited()
    assert "Page 2 of" in first.text
    assert len(stage.ann.chat.from_bot) == 1


async def test_a_nasty_caption_is_listed_as_it_was_written(stage: Stage):
    assert '1 <b>"A&B"</b> @\u2060all' in (await shown(stage, "/videos")).styled("bold")


async def test_a_receipt_has_a_picture_and_adds_up(stage: Stage):
    videos = await shown(stage, "/videos")
    await stage.ann.press(videos, videos.labels[1])
    receipt = await stage.ann.chat.next_message()
    assert receipt.photo is not None
    _, *lines, total = receipt.styled("pre")[0].splitlines()
    amounts = [Decimal(line.split()[-1].replace("−", "-").replace(",", "")) for line in lines]
    assert len(amounts) == 9
    assert sum(amounts) == int(total.split()[-1].replace(",", ""))


async def test_a_reward_is_chosen_confirmed_and_paid_in_one_message(stage: Stage):
    before = await balance(stage)
    message = await shown(stage, "/redeem")
    await stage.ann.press(message, "Mug (500 points)")
    await message.edited()
    assert message.text.startswith("Mug for 500 points?")
    assert await balance(stage) == before
    await stage.ann.press(message, "Redeem for 500 points")
    await message.edited(2)
    assert message.text.startswith("✅")
    assert await balance(stage) == before - 500


async def test_confirming_twice_pays_once(stage: Stage):
    before = await balance(stage)
    message = await shown(stage, "/redeem mug")
    presses = [await stage.ann.press(message, "Redeem for 500 points") for _ in range(3)]
    for press in presses:
        await press.answered()
    await shown(stage, "/redemptions")
    assert await balance(stage) == before - 500
    stage.server.refused.clear()


async def test_a_reward_too_dear_is_refused_in_words(stage: Stage):
    await stage.mo.say(stage.mo.chat, "/redeem campaign")
    refusal = (await stage.mo.chat.next_message()).text
    has = await balance(stage, "8")
    assert refusal.startswith(f"⚠️ Campaign costs 2,000 points and you have {has:,}")


async def test_a_private_command_in_a_group_shows_the_group_nothing(stage: Stage):
    await stage.ann.say(stage.creators, "/points")
    assert "Available" in (await stage.ann.chat.next_message()).text
    assert stage.creators.from_bot == []


async def test_the_leaderboard_is_for_everyone(stage: Stage):
    await stage.bob.say(stage.creators, "/leaderboard")
    assert "@" in (await stage.creators.next_message()).styled("pre")[0]


async def test_a_creator_may_not_grant(stage: Stage):
    before = await balance(stage)
    handle = await stage.store.read(unlinked)
    await stage.ann.say(stage.moderators, f"/mod_grant {handle} 40 for me")
    assert "There is no /mod_grant here" in (await stage.moderators.next_message()).text
    assert await balance(stage) == before


async def test_a_moderator_links_a_person_and_grants_points(stage: Stage):
    handle = await stage.store.read(unlinked)
    await stage.bob.say(stage.bob.chat, f"/link @{handle}")
    told = (await stage.bob.chat.next_message()).text.replace("\u2060", "")
    assert f"/mod_verify {handle}" in told
    await stage.mo.say(stage.moderators, f"/mod_verify {handle} seen on the profile")
    assert "Linked" in (await stage.moderators.next_message()).text
    before = await balance(stage, "9")
    await stage.mo.say(stage.moderators, f"/mod_grant {handle} 40 best video of the week")
    assert "+40" in (await stage.moderators.next_message()).text
    assert await balance(stage, "9") == before + 40


async def test_a_connect_link_asks_for_its_code_and_joins_nothing_by_itself(stage: Stage):
    answer = await shown(stage, "/start connect-FP-AAAA-BBBB")
    assert "⚠️" in answer.text
    assert "/connect" in answer.text
