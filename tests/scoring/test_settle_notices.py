"""What settles is told to the creator's person, in the transaction that settles it."""

from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db import awards
from db.creators import id_by_handle
from db.models import Notice, Person
from db.store import Store
from tests.scoring.programme import (
    OTHER,
    POSTED,
    THIRD,
    VIDEO,
    estimated,
    season,
    seen,
    settled,
    statements,
    take,
)

AMBER, BO = id_by_handle("amber.demo"), id_by_handle("bo.demo")


async def link(store: Store, creator_id: str, **said: Any) -> None:
    row = {"person_id": creator_id, "name": "A", "creator_id": creator_id, "created_at": POSTED}
    person = insert(Person).values(row | said)
    await store.write(lambda session: session.execute(person) and None)


async def told(store: Store) -> dict[str, dict[str, Any]]:
    rows = select(Notice.key, Notice.told)
    return dict(await store.read(lambda session: session.execute(rows).all()))


@pytest.fixture
async def ready(store: Store) -> Store:
    """Two videos of amber's and one of bo's, of 100 points each, old enough to settle."""
    await season(store)
    rows = [seen(14, VIDEO), seen(14, OTHER), seen(14, THIRD, handle="bo.demo")]
    await take(store, *rows)
    await estimated(store, 15)
    return store


async def test_one_notice_tells_all_of_a_creator_in_a_batch(ready: Store):
    await link(ready, AMBER)
    await settled(ready, 40)
    said = {"creator_id": AMBER, "videos": 2, "points": 200}
    assert await told(ready) == {f"settled:{VIDEO}": said}


async def test_each_batch_is_told_once(ready: Store):
    await link(ready, AMBER)
    for _batch in range(4):
        await settled(ready, 40, limit=1)
    assert set(await told(ready)) == {f"settled:{VIDEO}", f"settled:{OTHER}"}


async def test_who_wants_none_is_told_none(ready: Store):
    await link(ready, AMBER, muted=["settled"])
    await link(ready, BO)
    await settled(ready, 40)
    assert set(await told(ready)) == {f"settled:{THIRD}"}


async def test_what_does_not_settle_is_not_told(ready: Store, monkeypatch: pytest.MonkeyPatch):
    def fails(_session: Session, *_: Any) -> None:
        raise RuntimeError("the disk is full")

    await link(ready, AMBER)
    monkeypatch.setattr(awards, "pay", fails)
    with pytest.raises(RuntimeError):
        await settled(ready, 40)
    assert await told(ready) == {}


@pytest.mark.parametrize(("linked", "sent"), [(0, 1), (1, 2), (2, 2)])
async def test_a_batch_costs_a_statement_and_one_more_where_somebody_is_told(
    ready: Store, linked: int, sent: int
):
    for creator_id in (AMBER, BO)[:linked]:
        await link(ready, creator_id)
    with statements() as found:
        await settled(ready, 40)
    touching = [text for text, _given in found if "people" in text or "notices" in text]
    assert len(touching) == sent
