"""Redemptions against an independent model, and the model against planted bugs."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import update
from sqlalchemy.orm import Session

import db.sqlite
from db import ledger, pictures, redemptions, stock, undecided, upkeep
from db.models import Redemption, Reward
from db.store import open_store
from tests.db.redemption_machine import Machine, Running

EXAMPLES = {"sqlite": 20, "postgres": 12}
"""Each of thirty steps: no bug below needs more than that to be caught."""
THOROUGH = settings(
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
UNTIL_CAUGHT = settings(
    THOROUGH,
    max_examples=200,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
)


@pytest.fixture
def running(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    hasty = (*db.sqlite.WRITER_SETTINGS, "PRAGMA synchronous=OFF")
    monkeypatch.setattr(db.sqlite, "WRITER_SETTINGS", hasty)
    loop = asyncio.new_event_loop()
    running = Running(url, loop, loop.run_until_complete(open_store(url)))
    yield running
    loop.run_until_complete(running.store.close())
    loop.close()


def test_whatever_is_decided_in_whatever_order_both_say_the_same(running: Running, kind: str):
    thorough = settings(THOROUGH, max_examples=EXAMPLES[kind])
    run_state_machine_as_test(lambda: Machine(running), settings=thorough)


Patch = pytest.MonkeyPatch


def decides_whatever_was_decided_before(patch: Patch) -> None:
    patch.setattr(redemptions, "_guard", lambda *_: ())


def refunds_what_still_waits(patch: Patch) -> None:
    whole = redemptions._decide

    def decide(session: Session, redemption_id: str, wanted: Any, *args: Any, **said: Any) -> Any:
        return whole(session, redemption_id, {*wanted, redemptions.REQUESTED}, *args, **said)

    patch.setattr(redemptions, "_decide", decide)


def leaves_points_in_escrow(patch: Patch) -> None:
    patch.setattr(redemptions, "_spend_escrow", lambda *_: None)


def spends_what_was_spent(patch: Patch) -> None:
    patch.setattr(redemptions, "APPROVED", "nothing is in this state")


def keeps_the_stock(patch: Patch) -> None:
    patch.setattr(stock, "give_back", lambda *_: None)


def gives_back_a_stock_that_was_not_taken(patch: Patch) -> None:
    def give_back(session: Session, one: Redemption) -> None:
        more = update(Reward).where(Reward.reward_id == one.reward_id)
        session.execute(more.values(stock=Reward.stock + 1, supplied=Reward.supplied + 1))

    patch.setattr(stock, "give_back", give_back)


def forgets_the_limit_when_undoing(patch: Patch) -> None:
    patch.setattr(stock, "_others", lambda *_: 0)


def forgets_the_stock_when_undoing(patch: Patch) -> None:
    patch.setattr(stock, "_took", lambda *_: True)


def undoes_what_was_undone(patch: Patch) -> None:
    patch.setattr(undecided, "rows_changed", lambda _: 1)


def leaves_the_points_when_undoing(patch: Patch) -> None:
    patch.setattr(undecided, "_reversed", lambda *_: "")


def stays_in_its_round(patch: Patch) -> None:
    whole = undecided._again

    def again(one: Redemption, *args: Any) -> dict[str, Any]:
        return {**whole(one, *args), "round": one.round}

    patch.setattr(undecided, "_again", again)


def breaks_its_promise_at_once(patch: Patch) -> None:
    whole = undecided._again

    def again(*args: Any) -> dict[str, Any]:
        values = whole(*args)
        values.pop("deliver_by", None)
        return values

    patch.setattr(undecided, "_again", again)


def keeps_the_picture(patch: Patch) -> None:
    patch.setattr(pictures, "erase", lambda *_: None)


def gives_points_to_nobody(patch: Patch) -> None:
    patch.setattr(ledger, "creator_account", lambda _: ledger.ISSUED)


def waits_for_no_grace(patch: Patch) -> None:
    whole = upkeep.return_overdue

    def at_once(session: Session, now: datetime, _grace: timedelta, limit: int) -> int:
        return whole(session, now, timedelta(), limit)

    patch.setattr(upkeep, "return_overdue", at_once)


def warns_of_nothing(patch: Patch) -> None:
    patch.setattr(upkeep, "overdue", lambda *_: 0)


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    "plant",
    [
        decides_whatever_was_decided_before,
        refunds_what_still_waits,
        leaves_points_in_escrow,
        spends_what_was_spent,
        keeps_the_stock,
        gives_back_a_stock_that_was_not_taken,
        forgets_the_limit_when_undoing,
        forgets_the_stock_when_undoing,
        undoes_what_was_undone,
        leaves_the_points_when_undoing,
        stays_in_its_round,
        breaks_its_promise_at_once,
        keeps_the_picture,
        gives_points_to_nobody,
        waits_for_no_grace,
        warns_of_nothing,
    ],
)
def test_a_desk_with_a_bug_is_caught(
    running: Running, plant: Callable[[Patch], None], monkeypatch: Patch
):
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(lambda: Machine(running), settings=UNTIL_CAUGHT)
