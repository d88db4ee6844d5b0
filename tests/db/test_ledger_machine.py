"""The ledger and the shop against an independent model, and the model against planted bugs."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

import db.sqlite
from db import ledger, redemptions, shop
from db.ledger import Moved, Movement
from db.models import Account
from db.store import Store, open_store
from tests.db.ledger_machine import Machine

Both = tuple[Store, asyncio.AbstractEventLoop]
THOROUGH = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
UNTIL_CAUGHT = settings(
    THOROUGH, max_examples=200, phases=[Phase.generate], derandomize=True, database=None
)


@pytest.fixture
def running(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """A store, and a loop of its own for it, as the machine's steps are plain functions."""
    hasty = (*db.sqlite.WRITER_SETTINGS, "PRAGMA synchronous=OFF")
    monkeypatch.setattr(db.sqlite, "WRITER_SETTINGS", hasty)
    loop = asyncio.new_event_loop()
    store = loop.run_until_complete(open_store(url))
    yield store, loop
    loop.run_until_complete(store.close())
    loop.close()


def test_whatever_is_asked_in_whatever_order_both_say_the_same(running: Both):
    run_state_machine_as_test(lambda: Machine(*running), settings=THOROUGH)


def takes_each_key_for_new(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, numbers = ledger.move, count()

    def move(session: Session, one: Movement, now: datetime) -> Moved:
        if one.kind == ledger.ADJUSTMENT:
            one = replace(one, key=f"{one.key}#{next(numbers)}")
        return whole(session, one, now)

    monkeypatch.setattr(ledger, "move", move)


def believes_that_a_key_that_stands_is_the_same_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Movement, "fingerprint", property(lambda self: self.key))


def forgets_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shop._take_stock

    def take_stock(connection: Connection, order: shop.Order, *more: Any) -> None:
        whole(connection, replace(order, creator_id="nobody"), *more)

    monkeypatch.setattr(shop, "_take_stock", take_stock)


def forgets_the_stock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop, "_take_stock", lambda *_: None)


def counts_no_award_as_earned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Movement, "earning", property(lambda _: False))


def counts_gifts_as_earned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Movement, "earning", property(lambda self: self.kind == "adjustment"))


def leaves_points_in_escrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redemptions, "_spend_escrow", lambda *_: None)


def spends_at_once_what_should_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shop._payment

    def payment(order: shop.Order, **_: bool) -> Movement:
        return whole(order, needs_approval=False)

    monkeypatch.setattr(shop, "_payment", payment)


def reverses_in_the_same_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ledger.move

    def move(session: Session, one: Movement, now: datetime) -> Moved:
        if one.kind == ledger.REVERSAL:
            one = replace(one, source=one.target, target=one.source)
        return whole(session, one, now)

    monkeypatch.setattr(ledger, "move", move)


def pays_a_point_beside_the_books(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shop.redeem

    def redeem(session: Session, *args: Any) -> shop.Redeemed:
        redeemed = whole(session, *args)
        mine = Account.creator_id == args[0].creator_id
        session.execute(update(Account).where(mine).values(balance=Account.balance + 1))
        return redeemed

    monkeypatch.setattr(shop, "redeem", redeem)


def charges_the_shops_price_and_not_the_one_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shop.redeem

    def redeem(session: Session, order: shop.Order, now: datetime) -> shop.Redeemed:
        price = session.get_one(shop.Reward, order.reward_id).amount
        return whole(session, replace(order, amount=price), now)

    monkeypatch.setattr(shop, "redeem", redeem)


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    "plant",
    [
        takes_each_key_for_new,
        believes_that_a_key_that_stands_is_the_same_request,
        forgets_the_limit,
        forgets_the_stock,
        counts_no_award_as_earned,
        counts_gifts_as_earned,
        leaves_points_in_escrow,
        spends_at_once_what_should_wait,
        reverses_in_the_same_direction,
        pays_a_point_beside_the_books,
        charges_the_shops_price_and_not_the_one_shown,
    ],
)
def test_a_ledger_with_a_bug_is_caught(
    running: Both,
    plant: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
):
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(lambda: Machine(*running), settings=UNTIL_CAUGHT)
