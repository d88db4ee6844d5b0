"""Movements that are consistent in themselves, hashes and all, and yet no true ones."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from db import check, ledger
from db.ledger import Movement, creator_account, move
from db.store import Store
from tests.db.programme import NOW, award, open_creators, open_videos, take

ANN, BOB = creator_account("ann"), creator_account("bob")


def books(session: Session) -> list[str]:
    return list(check.books(session))


def an_award_and_a_slip(session: Session) -> dict[str, str]:
    """Ann: 40, an award of 130 for v1, and 10 taken by an adjustment; return both transfers."""
    open_creators(session, ann=40, bob=500)
    open_videos(session, "ann", "v1", "v2")
    made = (award("ann", "v1", 130), take("ann", 10, "slip"))
    return {one.key: move(session, one, NOW).transfer_id for one in made}


AGAIN = replace(award("ann", "v1", 5_000), key="settle-video:v1 again")


@pytest.mark.parametrize(
    "forged",
    [
        AGAIN,
        replace(AGAIN, key="settle-video:v2"),
        replace(AGAIN, key="settle-video:v2", video_id=None),
        replace(award("ann", "v2", 90), source=BOB),
    ],
    ids=["a second one", "under another video's key", "of no video", "from another creator"],
)
async def test_an_award_that_is_not_its_videos_one_award_is_named(store: Store, forged: Movement):
    await store.write(an_award_and_a_slip)
    await store.write(move, forged, NOW)
    assert await store.read(books) == [
        f"award {forged.key} is not an award of video {forged.video_id}"
    ]


def undoing(transfer_id: str, **forged: str | int | None) -> Movement:
    """The reversal of ann's award of 130, but for what is forged."""
    said = {
        "key": f"reverse:{transfer_id}", "kind": ledger.REVERSAL, "amount": 130, "source": ANN,
        "target": ledger.ISSUED, "reason": "not hers", "actor": "console:mo",
        "reverses": transfer_id, "video_id": "v1",
    }  # fmt: skip
    return Movement(**said | forged)


async def test_an_exact_reversal_is_true(store: Store):
    made = await store.write(an_award_and_a_slip)
    await store.write(move, undoing(made["settle-video:v1"]), NOW)
    assert await store.read(books) == []


@pytest.mark.parametrize(
    "forged",
    [
        {"amount": 100},
        {"amount": 160},
        {"source": BOB},
        {"target": ledger.SPENT},
        {"source": ledger.ISSUED, "target": ANN},
        {"key": "reverse:x"},
        {"reverses": None},
        {"video_id": "v2"},
        {"video_id": None},
        {"redemption_id": "x"},
        {"kind": ledger.ADJUSTMENT},
    ],
    ids=str,
)
async def test_a_reversal_that_is_not_the_exact_opposite_is_named(
    store: Store, forged: dict[str, str | int | None]
):
    made = await store.write(an_award_and_a_slip)
    movement = undoing(made["settle-video:v1"], **forged)
    await store.write(move, movement, NOW)
    assert await store.read(books) == [f"{movement.key} is not the exact opposite of a transfer"]


async def test_a_reversal_of_another_transfer_of_its_amount_is_named(store: Store):
    made = await store.write(an_award_and_a_slip)
    movement = undoing(made["slip"], amount=10, video_id=None)
    await store.write(move, movement, NOW)
    assert await store.read(books) == [f"{movement.key} is not the exact opposite of a transfer"]
