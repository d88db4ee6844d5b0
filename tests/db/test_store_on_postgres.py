"""What PostgreSQL may do to a transaction, and how the store answers."""

import asyncio

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import db.store
from db.ledger import balance_of, creator_account
from db.models import Creator, Identity
from db.refused import Refused
from db.store import BUSY, TRIES, Store, open_store
from tests.db.programme import NOW, give, open_creators


def names(session: Session) -> list[str]:
    return list(session.scalars(select(Creator.creator_id)))


async def test_a_lost_connection_is_tried_again(postgres_store: Store):
    tries = []

    def lose_the_first(session: Session) -> str:
        session.add(Creator(creator_id=f"try-{len(tries)}", observed_at=NOW))
        session.flush()
        tries.append(1)
        if len(tries) == 1:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return "done"

    assert await postgres_store.write(lose_the_first) == "done"
    assert await postgres_store.read(names) == ["try-1"]


async def test_what_points_to_a_row_that_went_away_meanwhile_is_tried_again(
    postgres_store: Store,
):
    tries = []

    def point(session: Session) -> str:
        tries.append(1)
        if len(tries) == 1:
            known_by = {"platform": "discord", "user_id": "1", "person_id": "gone"}
            session.execute(insert(Identity).values(known_by | {"created_at": NOW}))
        return "done"

    assert await postgres_store.write(point) == "done"


async def test_what_fails_each_time_is_raised_in_the_end(postgres_store: Store):
    tries = []

    def lose_each(session: Session) -> None:
        tries.append(1)
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DBAPIError):
        await postgres_store.write(lose_each)
    assert len(tries) == TRIES


async def test_a_mistake_is_not_tried_again(postgres_store: Store):
    tries = []

    def mistake(session: Session) -> None:
        tries.append(1)
        session.execute(text("SELECT nothing"))

    with pytest.raises(DBAPIError):
        await postgres_store.write(mistake)
    assert len(tries) == 1


async def test_two_that_wait_for_each_other_both_go_through(postgres_store: Store):
    await postgres_store.write(open_creators, ann=0, bob=0)
    has = {"ann": asyncio.Event(), "bob": asyncio.Event()}

    def touch_both(session: Session, first: str, then: str) -> None:
        session.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
        _touch(session, first)
        has[first].set()
        while not has[then].is_set():
            session.execute(text("SELECT 1"))  # lets the loop go on
        _touch(session, then)

    await asyncio.gather(
        postgres_store.write(touch_both, "ann", "bob"),
        postgres_store.write(touch_both, "bob", "ann"),
    )
    counted = text("SELECT sum(earned) FROM accounts")
    assert await postgres_store.read(lambda session: session.scalar(counted)) == 4


def _touch(session: Session, creator_id: str) -> None:
    raise_by_one = text("UPDATE accounts SET earned = earned + 1 WHERE account_id = :one")
    session.execute(raise_by_one, {"one": creator_account(creator_id)})


async def test_when_no_connection_comes_free_in_time_it_says_busy(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(db.store, "CONNECTIONS", 1)
    monkeypatch.setattr(db.store, "WAIT_SECONDS", 0.05)
    store = await open_store(postgres_url)
    await store.write(open_creators, ann=0)
    entered, refused = asyncio.Event(), asyncio.Event()

    def hold(session: Session) -> None:
        entered.set()
        while not refused.is_set():
            session.execute(text("SELECT 1"))

    holding = asyncio.create_task(store.write(hold))
    await entered.wait()
    with pytest.raises(Refused, match=BUSY):
        await store.write(give, "ann", 1)
    refused.set()
    await holding
    assert await store.read(balance_of, "ann") == 0
    await store.close()
