"""Who a row of an export is about: accounts keep their id, handles come and go."""

from collections.abc import Iterable, Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import creators, videos
from db.creators import Found, id_by_handle
from db.ledger import balance_of
from db.models import Account, Creator, Run, Video
from db.observed import Observed, Rejected
from db.store import Store
from tests.db.programme import DAY, NOW, RUN, begin_run, seen

Known = dict[str, tuple[str | None, str | None]]


def record(session: Session, rows: Sequence[Observed]) -> None:
    """Record rows as an intake does, with their videos."""
    if session.get(Run, RUN) is None:
        begin_run(session)
    videos.record(session, rows, RUN)


def known(session: Session) -> Known:
    """Handle and TikTok's id of each creator, by creator_id."""
    rows = session.execute(select(Creator.creator_id, Creator.handle, Creator.author_id))
    return {one.creator_id: (one.handle, one.author_id) for one in rows}


async def after(store: Store, *batches: Iterable[Observed]) -> Known:
    for batch in batches:
        await store.write(record, list(batch))
    return await store.read(known)


async def test_a_creator_is_named_by_tiktoks_id_where_a_row_tells_it(store: Store):
    batch = [seen("v1", "ann", author_id="5"), seen("v2", "bob")]
    assert await after(store, batch) == {"5": ("ann", "5"), id_by_handle("bob"): ("bob", None)}


async def test_each_video_is_told_its_creator(store: Store):
    batch = [seen("v1", "ann", author_id="5"), seen("v2", "bob"), seen("v3", "ann", author_id="5")]
    assert await store.write(creators.record, batch, {}) == (
        {"v1": "5", "v2": id_by_handle("bob"), "v3": "5"},
        [],
    )


async def test_a_new_creator_has_an_account_with_nothing_on_it(store: Store):
    await store.write(record, [seen("v1", "ann")])
    accounts = await store.read(lambda session: session.scalars(select(Account.account_id)).all())
    assert sorted(accounts) == [
        f"creator:{id_by_handle('ann')}",
        "system:escrow",
        "system:issued",
        "system:owed",
        "system:spent",
    ]
    assert await store.read(balance_of, id_by_handle("ann")) == 0


async def test_a_renamed_account_keeps_its_id(store: Store):
    assert await after(
        store,
        [seen("v1", "ann", author_id="5")],
        [seen("v2", "ann.b", NOW + DAY, author_id="5")],
    ) == {"5": ("ann.b", "5")}


async def test_a_renamed_account_without_an_id_is_known_by_its_video(store: Store):
    assert await after(store, [seen("v1", "ann")], [seen("v1", "ann.b", NOW + DAY)]) == {
        id_by_handle("ann"): ("ann.b", None)
    }


async def test_a_creator_without_an_id_is_named_after_the_first_handle_seen_of_it(store: Store):
    rows = [seen("v1", "ann.b", NOW + DAY), seen("v1", "ann", NOW)]
    assert await after(store, rows) == {id_by_handle("ann"): ("ann.b", None)}


async def test_a_handle_that_another_account_took_over_leaves_its_old_owner(store: Store):
    assert await after(
        store,
        [seen("v1", "ann", author_id="5")],
        [seen("v2", "ann", NOW + DAY, author_id="6")],
    ) == {"5": (None, "5"), "6": ("ann", "6")}


async def test_an_account_without_a_handle_takes_its_next_one(store: Store):
    assert await after(
        store,
        [seen("v1", "ann", author_id="5"), seen("v2", "ann", NOW + DAY, author_id="6")],
        [seen("v3", "ann.b", NOW + 2 * DAY, author_id="5")],
    ) == {"5": ("ann.b", "5"), "6": ("ann", "6")}


async def test_an_old_export_read_late_takes_no_handle_back(store: Store):
    assert await after(
        store,
        [seen("v2", "ann", NOW + DAY, author_id="6")],
        [seen("v1", "ann", NOW, author_id="5")],
    ) == {"6": ("ann", "6"), "5": (None, "5")}


async def test_an_old_export_read_late_renames_nobody_back(store: Store):
    assert await after(
        store,
        [seen("v1", "ann.b", NOW + DAY, author_id="5")],
        [seen("v1", "ann", NOW, author_id="5")],
    ) == {"5": ("ann.b", "5")}


async def test_two_who_swap_handles_in_one_batch(store: Store):
    assert await after(
        store,
        [seen("v1", "ann", author_id="5"), seen("v2", "bob", author_id="6")],
        [seen("v1", "bob", NOW + DAY, author_id="5"), seen("v2", "ann", NOW + DAY, author_id="6")],
    ) == {"5": ("bob", "5"), "6": ("ann", "6")}


async def test_three_who_pass_handles_round_and_one_who_is_new(store: Store):
    before = [seen(f"v{one}", f"h{one}", author_id=f"{one}") for one in range(3)]
    later = [
        seen(f"v{one}", f"h{(one + 1) % 4}", NOW + DAY, author_id=f"{one}") for one in range(4)
    ]
    assert await after(store, before, later) == {
        "0": ("h1", "0"),
        "1": ("h2", "1"),
        "2": ("h3", "2"),
        "3": ("h0", "3"),
    }


async def test_tiktoks_id_is_learned_when_a_later_row_tells_it(store: Store):
    assert await after(
        store,
        [seen("v1", "ann")],
        [seen("v2", "ann", NOW + DAY, author_id="5")],
        [seen("v3", "ann.b", NOW + 2 * DAY, author_id="5")],
    ) == {id_by_handle("ann"): ("ann.b", "5")}


async def test_tiktoks_id_is_learned_within_a_batch_and_from_an_older_row_too(store: Store):
    assert await after(
        store,
        [seen("v1", "ann", NOW + DAY)],
        [seen("v1", "ann", NOW, author_id="5"), seen("v2", "ann", NOW, author_id="5")],
    ) == {id_by_handle("ann"): ("ann", "5")}


ALICE_AND_BOB = (seen("v1", "alice", author_id="01"), seen("v2", "bob", author_id="02"))
OF_ANOTHER = seen(
    "v1", "bob", NOW + DAY, author_id="02", number=7, follower_count=9, caption="not hers"
)


async def test_a_row_that_gives_a_video_to_another_creator_is_rejected(store: Store):
    await store.write(record, ALICE_AND_BOB)
    recorded = await store.write(videos.record, [OF_ANOTHER], RUN)
    reason = "this video belongs to another creator"
    assert recorded.rejected == (Rejected(7, "author_id", "02", reason),)
    assert recorded.counts == {"videos": 0, "readings": 0}


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
async def test_nothing_is_learned_from_it(store: Store, *, together: bool):
    rows = [*ALICE_AND_BOB, OF_ANOTHER]
    assert await after(store, *([rows] if together else [rows[:2], rows[2:]])) == {
        "01": ("alice", "01"),
        "02": ("bob", "02"),
    }
    owners = await store.read(
        lambda session: session.execute(select(Video.video_id, Video.creator_id)).all()
    )
    assert sorted(map(tuple, owners)) == [("v1", "01"), ("v2", "02")]
    assert (await store.read(creators.get, "02")).follower_count is None


async def test_in_one_batch_a_video_is_whose_it_was_first_seen_as(store: Store):
    await after(store, [OF_ANOTHER, *ALICE_AND_BOB])
    found = await store.read(lambda session: session.get_one(Video, "v1"))
    assert (found.creator_id, found.caption) == ("01", ALICE_AND_BOB[0].caption)


async def test_a_creator_known_by_tiktoks_id_keeps_its_handle_when_a_nameless_ones_video_names_it(
    store: Store,
):
    # Without an id nobody knows that "alice" is not bob; his handle is his all the same.
    rows = [seen("v1", "alice")], [seen("v2", "bob", author_id="02")], [OF_ANOTHER]
    assert await after(store, *rows) == {
        id_by_handle("alice"): ("alice", None),
        "02": ("bob", "02"),
    }


FIGURES = {"nickname": "Ann", "follower_count": 1_000, "video_count": 12}


@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["in time", "late"])
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
async def test_the_newest_figures_win_in_whatever_order_they_come(
    store: Store, order: list[int], *, together: bool
):
    rows = [
        seen("v1", "ann", NOW, author_id="5", **FIGURES),
        seen("v2", "ann", NOW + DAY, author_id="5", nickname="Ann B", follower_count=990),
    ]
    batch = [rows[one] for one in order]
    await after(store, *([batch] if together else [[one] for one in batch]))
    found = await store.read(creators.get, "5")
    assert (found.nickname, found.follower_count) == ("Ann B", 990)


async def test_a_figure_that_a_newer_row_leaves_out_is_kept(store: Store):
    await after(
        store,
        [seen("v1", "ann", author_id="5", **FIGURES)],
        [seen("v2", "ann", NOW + DAY, author_id="5", follower_count=0)],
    )
    assert await store.read(creators.get, "5") == Found("5", "ann", "Ann", 0, 12)


async def test_the_same_batch_twice_changes_nothing(store: Store):
    batch = [
        seen("v1", "ann", author_id="5", **FIGURES),
        seen("v2", "bob"),
        seen("v3", "ann", NOW + DAY, author_id="6"),
        seen("v4", "cat", NOW + DAY, author_id="5", follower_count=3),
    ]
    first = await after(store, batch)
    assert await after(store, batch) == first
    assert await after(store, reversed(batch)) == first


async def test_a_creator_is_found_by_handle_with_or_without_an_at(store: Store):
    await after(store, [seen("v1", "ann", author_id="5", **FIGURES)])
    for typed in ("ann", "@ann", " @Ann "):
        assert await store.read(creators.find, typed) == Found("5", "ann", "Ann", 1_000, 12)
    assert await store.read(creators.find, "bob") is None


async def test_a_creator_without_a_handle_is_shown_by_id(store: Store):
    await after(
        store, [seen("v1", "ann", author_id="5"), seen("v2", "ann", NOW + DAY, author_id="6")]
    )
    assert (await store.read(creators.get, "5")).handle == "5"


async def test_handles_are_suggested_by_their_beginning_and_nothing_is_a_wildcard(store: Store):
    await after(store, [seen(f"v{one}", one) for one in ("ann", "anna", "a_n", "bob", "a%")])
    assert await store.read(creators.starting_with, "@An", 10) == ["ann", "anna"]
    assert await store.read(creators.starting_with, "a_", 10) == ["a_n"]
    assert await store.read(creators.starting_with, "a%", 10) == ["a%"]
    assert await store.read(creators.starting_with, "", 2) == ["a%", "a_n"]
