"""Advances and repayments that are consistent in themselves, and yet lend or take wrongly."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from db import check, ledger
from db.ledger import Movement, creator_account, move
from db.store import Store
from tests.db.programme import NOW, open_creators, open_videos, take
from tests.db.settling import settle, take_back

ANN, BOB = creator_account("ann"), creator_account("bob")


def books(session: Session) -> list[str]:
    return list(check.books(session))


def lent(session: Session) -> dict[str, str]:
    """Ann: 100 for v1, spent and taken back, so 100 lent; then 60 and 30, all repaid."""
    open_creators(session, ann=0, bob=500)
    open_videos(session, "ann", "v1", "v2", "v3")
    settle(session, v1=100)
    move(session, take("ann", 100, "a mug"), NOW)
    (taken,) = take_back(session, "v1")
    settle(session, v2=60)
    settle(session, v3=30)
    return {"award": str(taken.transfer_id)}


def advance(key: str, **forged: str | int | None) -> Movement:
    said = Movement(
        key, ledger.ADVANCE, 10, ledger.OWED, ANN, "bought likes", "console:mo", video_id="v1"
    )
    return replace(said, **forged)


def repayment(key: str, **forged: str | int | None) -> Movement:
    said = Movement(
        key, ledger.REPAYMENT, 10, BOB, ledger.OWED, "video v2", "system:refresh", video_id="v2"
    )
    return replace(said, **forged)


async def test_what_was_lent_and_repaid_in_truth_agrees(store: Store):
    await store.write(lent)
    assert await store.read(books) == []


@pytest.mark.parametrize(
    "forged",
    [
        advance("advance:nothing"),
        advance("advance again"),
        advance("grant:1", kind=ledger.ADJUSTMENT),
    ],
    ids=["for no reversal", "under another key", "as an adjustment"],
)
async def test_an_advance_for_no_reversal_is_named(store: Store, forged: Movement):
    await store.write(lent)
    await store.write(move, forged, NOW)
    assert f"advance {forged.key} does not agree with a reversal" in await store.read(books)


async def test_an_advance_of_more_than_its_reversal_takes_is_named(store: Store):
    def too_much(session: Session) -> str:
        open_creators(session, ann=30)
        slip = move(session, take("ann", 10, "slip"), NOW).transfer_id
        ledger.reverse(session, slip, "not hers", "console:mo", NOW)
        key = f"advance:{slip}"
        move(session, advance(key, amount=11, video_id=None), NOW)
        return key

    key = await store.write(too_much)
    assert f"advance {key} does not agree with a reversal" in await store.read(books)


@pytest.mark.parametrize(
    "forged",
    [
        repayment("repay:nothing", source=ANN, amount=5),
        repayment("grant:1", source=ANN, kind=ledger.ADJUSTMENT, amount=5),
    ],
    ids=["of no award", "as an adjustment"],
)
async def test_a_repayment_of_no_award_is_named(store: Store, forged: Movement):
    await store.write(lent)
    await store.write(move, take_from_issued(5), NOW)
    await store.write(move, forged, NOW)
    assert f"repayment {forged.key} does not agree with an award" in await store.read(books)


def take_from_issued(amount: int) -> Movement:
    return Movement("gift", ledger.ADJUSTMENT, amount, ledger.ISSUED, ANN, "a gift", "console:mo")
