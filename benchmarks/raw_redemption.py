"""A redemption by the sqlite3 module alone: the statements of `db.shop.redeem`, one commit."""

import json
import sqlite3
from datetime import datetime
from pathlib import Path

from db import ledger, posts
from db.ids import new_id
from db.ledger import Movement, creator_account
from db.rewards import APPROVED
from db.shop import Order, redemption_id_of

REWARD = "SELECT * FROM rewards WHERE reward_id = ?"
TRANSFER = """
    INSERT INTO transfers
    (key, kind, amount, reason, actor, redemption_id, transfer_id, fingerprint, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING transfer_id
"""
TAKE = """
    UPDATE accounts SET balance = balance - ?2, entry_count = entry_count + 1
    WHERE account_id = ?1 AND balance >= ?2 RETURNING balance, entry_count, chain
"""
LINK = "UPDATE accounts SET chain = ? WHERE account_id = ?"
ENTRY = """
    INSERT INTO entries (transfer_id, account_id, amount, position, balance_after, chain)
    VALUES (?, ?, ?, ?, ?, ?)
"""
STOCK = """
    UPDATE rewards SET stock = stock - 1 WHERE reward_id = ? AND retired_at IS NULL
    AND amount = ? AND needs_approval = ? AND (stock IS NULL OR stock > 0)
    AND (limit_per_creator IS NULL OR limit_per_creator > (
        SELECT count(*) FROM redemptions WHERE creator_id = ? AND redemptions.reward_id = ?
        AND state NOT IN ('rejected', 'refunded')
    ))
"""
REDEMPTION = """
    INSERT INTO redemptions
    (redemption_id, key, reward_id, creator_id, amount, exposure, creation_date, state, changed_at,
    took_stock)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
"""
POST = """
    INSERT INTO posts (post_id, key, kind, told, creator_id, created_at, changes)
    VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT (key) DO NOTHING
"""


def open_raw(path: Path) -> sqlite3.Connection:
    """Open a database file as the store's writer does."""
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def redeem(connection: sqlite3.Connection, order: Order, now: datetime) -> None:
    """Redeem; what the store would refuse raises RuntimeError."""
    ask, at = connection.execute, now.isoformat(timespec="microseconds")
    ask("BEGIN IMMEDIATE")
    reward = ask(REWARD, (order.reward_id,)).fetchone()
    _pay(connection, order, now)
    terms = (order.reward_id, order.amount, reward[6], order.creator_id, order.reward_id)
    if not ask(STOCK, terms).rowcount:
        raise RuntimeError(f"{order.key} was refused")
    redemption_id = redemption_id_of(order.key)
    row = (redemption_id, order.key, order.reward_id, order.creator_id, order.amount, reward[3])
    ask(REDEMPTION, (*row, at, APPROVED, at))
    told = {"redemption_id": redemption_id, "reward": reward[1], "amount": order.amount}
    said = json.dumps(told | {"handle": order.creator_id, "state": APPROVED}, sort_keys=True)
    key = f"redemption:{redemption_id}"
    ask(POST, (new_id(now), key, posts.REDEEMED, said, order.creator_id, at))
    ask("COMMIT")


def _pay(connection: sqlite3.Connection, order: Order, now: datetime) -> None:
    ask, transfer_id = connection.execute, new_id(now)
    account = creator_account(order.creator_id)
    payment = Movement(
        order.key, ledger.REDEMPTION, order.amount, account, ledger.SPENT,
        f"reward {order.reward_id}", order.actor, redemption_id=redemption_id_of(order.key),
    )  # fmt: skip
    said = (payment.key, payment.kind, payment.amount, payment.reason, payment.actor)
    made = (payment.redemption_id, transfer_id, payment.fingerprint)
    fresh = ask(TRANSFER, (*said, *made, now.isoformat(timespec="microseconds"))).fetchone()
    changed = ask(TAKE, (account, order.amount)).fetchone()
    if fresh is None or changed is None:
        raise RuntimeError(f"{order.key} was refused")
    balance, position, previous = changed
    chain = ledger.link(previous, order.key, -order.amount, balance, payment.fingerprint, now)
    ask(LINK, (chain, account))
    entries = (
        (transfer_id, account, -order.amount, position, balance, chain),
        (transfer_id, ledger.SPENT, order.amount, None, None, None),
    )
    connection.executemany(ENTRY, entries)
