"""What the database itself refuses, whoever asks: changed history, impossible rows."""
# ruff: noqa: S608  # the statements are put together from this file alone

from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import Executable, Table, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import audit, judging, ledger, seasons, shop, videos
from db.audit import Act
from db.judging import Judged
from db.models import Account, Base, Entry, Season, Transfer
from db.store import Store
from tests.db.programme import (
    DAY,
    NOW,
    RUN,
    begin_run,
    give,
    mug,
    open_creators,
    open_shop,
    order,
    seen,
)

KEPT: tuple[Table, ...] = tuple(
    Base.metadata.tables[name]
    for name in ("readings", "sentiments", "baselines", "transfers", "entries", "audit")
)
UNDELETED: tuple[Table, ...] = tuple(
    Base.metadata.tables[name] for name in ("accounts", "redemptions", "videos")
)


def one_row_each(session: Session) -> None:
    """At least one row in every table that the tests below speak of."""
    begin_run(session)
    open_creators(session, ann=500)
    open_shop(session, mug=mug(stock=3, limit_per_creator=2))
    videos.record(session, [seen("v1", "ann", likes=10)], RUN)
    judging.keep(session, "caption", "1", [Judged("v1", 0.5, "calm", 1, None)], NOW)
    seasons.keep_baseline(session, "b1", "{}", origin="fitted", video_count=1, now=NOW)
    seasons.begin(session, NOW, NOW + 91 * DAY, "b1", NOW)
    shop.redeem(session, order("ann", "o1"), NOW)
    audit.note(session, Act("mod grant", "ann", "k1", "console:mo", "thanks"), NOW)


async def refusal(store: Store, statement: Executable) -> str:
    """Return the database's own words when it refuses a statement; "" when it does not."""
    try:
        await store.write(lambda session: session.execute(statement))
    except DBAPIError as error:
        return str(error.orig)
    return ""


async def test_history_can_be_neither_changed_nor_deleted(store: Store):
    await store.write(one_row_each)
    for table in KEPT:
        first = table.columns[0]
        for statement in (update(table).values({first: first}), delete(table)):
            assert f"{table.name} are never changed" in await refusal(store, statement)


async def test_postgres_refuses_to_empty_history_too(postgres_store: Store):
    for table in (*KEPT, *UNDELETED):
        said = await refusal(postgres_store, text(f"TRUNCATE {table.name} CASCADE"))
        assert "are never changed" in said


async def test_on_sqlite_a_replace_is_a_deletion_too(sqlite_store: Store):
    await sqlite_store.write(one_row_each)
    for table in (*KEPT, *UNDELETED):
        columns = [one for one in table.columns if one.computed is None]
        replace = insert(table).prefix_with("OR REPLACE")
        said = await refusal(sqlite_store, replace.from_select(columns, select(*columns)))
        assert f"{table.name} are never changed" in said


FIXED: Mapping[str, Sequence[str]] = {
    "accounts": ["account_id", "creator_id"],
    "redemptions": [
        "redemption_id", "key", "reward_id", "creator_id", "amount", "exposure", "creation_date",
    ],
    "videos": ["video_id", "creator_id", "date_posted"],
}  # fmt: skip


async def test_who_what_and_when_are_never_changed(store: Store):
    await store.write(one_row_each)
    for table, columns in FIXED.items():
        for column in columns:
            said = await refusal(store, text(f"UPDATE {table} SET {column} = {column}"))
            assert f"{', '.join(columns)} of {table} are never changed" in said


async def test_accounts_redemptions_and_videos_are_never_deleted(store: Store):
    await store.write(one_row_each)
    for table in FIXED:
        assert f"{table} are never changed" in await refusal(store, text(f"DELETE FROM {table}"))


async def test_a_redemption_goes_on_to_its_next_state(store: Store):
    await store.write(one_row_each)
    on = "UPDATE redemptions SET state = 'fulfilled', evidence = 'x', changed_at = creation_date"
    assert await refusal(store, text(on)) == ""


SETTLED = ("video_points", "reading_id", "sentiment_id", "baseline_id", "settled_at")


async def test_what_settled_is_settled_for_ever(store: Store):
    await store.write(one_row_each)
    await store.write(lambda session: session.execute(text(SETTLE)))
    for column in SETTLED:
        for value in ("NULL", column):
            said = await refusal(store, text(f"UPDATE videos SET {column} = {value}"))
            assert "settled videos are never changed" in said


SETTLE = "UPDATE videos SET video_points = 100, settled_at = first_observed_at, changed = 0"


async def test_what_is_open_may_be_estimated_again(store: Store):
    await store.write(one_row_each)
    for points in (100, 120):
        assert await refusal(store, text(f"UPDATE videos SET video_points = {points}")) == ""


async def test_a_settled_videos_words_may_still_be_filled_in(store: Store):
    await store.write(one_row_each)
    await store.write(lambda session: session.execute(text(SETTLE)))
    filled = "UPDATE videos SET caption = 'A kite', url = 'https://example.com/1', changed = 0"
    assert await refusal(store, text(filled)) == ""


IMPOSSIBLE: Mapping[str, str] = {
    "balance_not_negative": "UPDATE accounts SET balance = -1 WHERE creator_id = 'ann'",
    "creators_have_balances": "UPDATE accounts SET balance = NULL WHERE creator_id = 'ann'",
    "stock_not_negative": "UPDATE rewards SET stock = -1",
    "price_positive": "UPDATE rewards SET amount = 0",
    "limit_positive": "UPDATE rewards SET limit_per_creator = 0",
    "points_not_negative": "UPDATE videos SET video_points = -1",
    "season_has_length": "UPDATE seasons SET ends_at = starts_at",
    "counts_not_negative": "INSERT INTO readings (reading_id, video_id, observed_at, run_id, likes)"
    " SELECT 'r', 'v1', first_observed_at, 'run-1', -1 FROM videos",
    "sentiment_in_range": "INSERT INTO sentiments (sentiment_id, video_id, sentiment, model,"
    " prompt_version, samples, reason, judged_at)"
    " SELECT 's', 'v1', 1.01, 'm', 'p', 1, '', first_observed_at FROM videos",
    "state_known": "INSERT INTO redemptions (redemption_id, key, reward_id, creator_id, amount,"
    " exposure, creation_date, state, changed_at) SELECT 'r', 'k', 'mug', 'ann', 1, '',"
    " created_at, 'lost', created_at FROM rewards",
    "amount_positive": "INSERT INTO transfers (transfer_id, key, fingerprint, kind, amount,"
    " reason, actor, created_at) SELECT 't', 'k', '', 'award', 0, '', '', created_at FROM rewards",
}


async def test_impossible_rows_are_refused_by_the_checks_name(store: Store):
    await store.write(one_row_each)
    for check, statement in IMPOSSIBLE.items():
        assert check in await refusal(store, text(statement))


def transfer(session: Session, amount: int) -> None:
    row = {
        "transfer_id": "t1", "key": "k", "fingerprint": "", "kind": "award", "amount": amount,
        "reason": "", "actor": "", "created_at": NOW,
    }  # fmt: skip
    session.execute(insert(Transfer), row)


def entries(session: Session, *sides: tuple[str, int]) -> None:
    """Write a transfer of 50, with entries as given."""
    transfer(session, 50)
    session.flush()
    for account_id, amount in sides:
        row = {"transfer_id": "t1", "account_id": account_id, "amount": amount}
        session.execute(insert(Entry), row)


ANN, BOB = ledger.creator_account("ann"), ledger.creator_account("bob")


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        ([(ANN, 49)], "an entry moves the amount of its transfer"),
        ([(ANN, 50), (BOB, -51)], "an entry moves the amount of its transfer"),
        ([(ANN, 50), (BOB, 50)], "entries_two_sides|UNIQUE constraint failed: index"),
        ([(ANN, 50), (BOB, -50), (ledger.ISSUED, -50)], "entries_two_sides|UNIQUE"),
        ([(ANN, 50), (ANN, -50)], "entries_pkey|UNIQUE constraint failed: entries.transfer_id"),
    ],
    ids=["other amount", "uneven", "two takers", "third entry", "to itself"],
)
async def test_a_transfer_has_two_entries_of_its_amount_and_no_others(
    store: Store, sides: list[tuple[str, int]], said: str
):
    await store.write(open_creators, ann=0, bob=0)
    with pytest.raises(DBAPIError, match=said):
        await store.write(entries, *sides)


async def test_an_entry_needs_a_transfer_and_an_account(store: Store):
    await store.write(open_creators, ann=0)
    with pytest.raises(DBAPIError):
        await store.write(entries, ("creator:nobody", 50))
    assert await store.read(lambda one: one.query(Transfer).count()) == 0


async def test_numbers_are_numbers_on_both_databases(store: Store):
    await store.write(one_row_each)
    assert await refusal(store, text("UPDATE rewards SET stock = 'many'"))


async def test_a_time_without_a_zone_is_a_programming_error(store: Store):
    await store.write(one_row_each)
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="a time without a timezone"):
        await store.write(seasons.begin, naive, NOW, "b1", NOW)


async def test_a_time_comes_back_as_it_was_and_in_utc(store: Store):
    await store.write(one_row_each)
    found = await store.read(lambda session: session.query(Season).one())
    assert (found.starts_at, found.starts_at.tzname()) == (NOW, "UTC")


async def test_the_largest_whole_number_fits(store: Store):
    await store.write(open_creators, ann=0)
    await store.write(give, "ann", 2**63 - 1)
    balance = await store.read(lambda one: one.get_one(Account, ANN).balance)
    assert balance == 9_223_372_036_854_775_807
