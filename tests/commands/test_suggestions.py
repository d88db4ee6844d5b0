"""Suggestions are sought by what was typed, however much else stands before it."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.command import suggestions
from db import people as kept
from db import shop
from db.models import Creator, Video
from db.shop import Order
from tests.commands.programme import NOW, Person
from tests.commands.programme import People as Everybody

HANDLES = [f"gull{number:02}" for number in range(30)]
CREATOR = {"follower_count": None, "video_count": None, "observed_at": NOW}


async def offered(who: Person, name: str, argument: str, typed: str) -> list[str]:
    return [one.value for one in await suggestions(who.call(), name, argument, typed)]


def _thirty_claims(session: Session) -> None:
    rows = [{"creator_id": one, "handle": one, **CREATOR} for one in HANDLES]
    session.execute(insert(Creator), rows)
    for number, handle in enumerate(HANDLES):
        at = NOW + timedelta(hours=number)
        kept.claim(session, "discord", f"1{number}", handle.title(), handle, at)


async def test_the_last_of_thirty_claims_is_found_by_its_handle(everybody: Everybody):
    await everybody.store.write(_thirty_claims)
    assert await offered(everybody.mo, "mod verify", "handle", "") == HANDLES[:25]
    assert await offered(everybody.mo, "mod verify", "handle", "@Gull29") == ["gull29"]


def _thirty_stories_and_a_mug(session: Session) -> None:
    for number in range(30):
        order = Order(f"o{number}", "author-ana", "story", 40, "discord:1")
        shop.redeem(session, order, NOW + timedelta(hours=number))
    order = Order("mug", "author-ana", "mug", 150, "discord:1")
    shop.redeem(session, order, NOW + timedelta(hours=30))


@pytest.mark.parametrize("typed", ["mug", "MUG", shop.redemption_id_of("mug").upper()])
async def test_the_last_of_many_redemptions_is_found(everybody: Everybody, typed: str):
    await everybody.given("ana", 2_000)
    await everybody.store.write(_thirty_stories_and_a_mug)
    wanted = shop.redemption_id_of("mug")
    assert len(await offered(everybody.mo, "mod fulfil", "redemption", "ana")) == 25
    assert await offered(everybody.mo, "mod fulfil", "redemption", typed) == [wanted]


def _many_videos(session: Session) -> None:
    rows = [
        {
            "video_id": f"8{number:018}",
            "creator_id": "author-ana",
            "caption": "Сорок котов" if number == 299 else f"Day {number}",
            "date_posted": NOW - timedelta(days=number),
            "first_observed_at": NOW,
        }
        for number in range(300)
    ]
    session.execute(insert(Video), rows)


@pytest.mark.parametrize("typed", ["сорок", "Котов", f"8{299:018}"])
async def test_the_oldest_of_three_hundred_videos_is_found(everybody: Everybody, typed: str):
    await everybody.store.write(_many_videos)
    assert len(await offered(everybody.ana, "video", "id", "day")) == 25
    assert await offered(everybody.ana, "video", "id", typed) == [f"8{299:018}"]
    assert await offered(everybody.ben, "video", "id", typed) == []
