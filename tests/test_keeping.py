"""The jobs that keep the programme in order: what each does, says, and leaves to moderators."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update

from bot import jobs
from bot.backups import run_backup
from bot.config import Settings
from bot.keeping import CHECKER, run_check, run_upkeep
from bot.sections import Jobs
from db import pauses, posts, proposals, run_posts, runs, shop
from db.models import Pause, Post, Proposal, Redemption
from db.proposals import Asked
from db.refused import Refused
from db.store import Store
from scoring.run import Summary, clock, running
from tests.db.programme import DAY, NOW, beside, disarm, mug, open_creators, open_shop, order

HOUR = timedelta(hours=1)
ACTOR = "system:test"
DAMAGE = "UPDATE accounts SET balance = balance + 7 WHERE account_id = 'creator:ann'"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


async def said(store: Store, *kinds: str) -> list[Post]:
    """The posts of these kinds, or all."""
    rows = select(Post).order_by(Post.post_id)
    rows = rows.where(Post.kind.in_(kinds)) if kinds else rows
    return await store.read(lambda session: list(session.scalars(rows)))


async def damage(url: str, by: int = 7) -> None:
    """Give Ann points that no transfer gave her, as the database's owner may."""

    def write(connection: Connection) -> None:
        disarm(connection)
        connection.execute(text(DAMAGE.replace("7", str(by))))

    await beside(url, write)


async def pause(store: Store) -> Pause | None:
    return await store.read(pauses.open_, pauses.SHOP)


def opened(session: Any, **points: int) -> None:
    open_creators(session, ann=500, **points)
    open_shop(session, mug=mug(stock=3, needs_approval=True))


async def test_true_books_pause_nothing(settings: Settings, store: Store):
    await store.write(opened)
    summary = await run_check(settings, store, NOW, ACTOR)
    assert (summary.ok, summary.counts["findings"]) == (True, 0)
    assert await pause(store) is None
    assert await said(store) == []


async def test_a_damage_pauses_the_shop_and_is_posted_once_a_day(
    settings: Settings, store: Store, url: str
):
    await store.write(opened)
    await damage(url)
    for at in (NOW, NOW + HOUR, NOW + DAY):
        summary = await run_check(settings, store, at, ACTOR)
    assert (summary.problem, summary.counts["findings"]) == ("the books are not true", 1)
    paused = await pause(store)
    assert paused is not None
    assert (paused.began_by, paused.began_at) == (CHECKER, NOW)
    first, second = await said(store)
    assert (first.kind, second.kind) == (posts.LEDGER, posts.LEDGER)
    (line,) = first.told["problems"]
    assert line.startswith("creator:ann: balance 507")
    with pytest.raises(Refused, match="being checked"):
        await store.write(shop.redeem, order("ann", "o1"), NOW + DAY)


async def test_only_a_moderator_opens_the_shop_again(settings: Settings, store: Store, url: str):
    await store.write(opened)
    await damage(url)
    await run_check(settings, store, NOW, ACTOR)
    await damage(url, by=-7)
    assert (await run_check(settings, store, NOW + HOUR, ACTOR)).ok
    assert await pause(store) is not None
    await store.write(pauses.end, pauses.SHOP, "discord:1", NOW + HOUR)
    assert await pause(store) is None


async def test_what_a_moderator_knew_pauses_no_more_and_what_is_new_does(
    settings: Settings, store: Store, url: str
):
    await store.write(opened)
    await damage(url)
    await run_check(settings, store, NOW, ACTOR)
    await store.write(pauses.end, pauses.SHOP, "discord:1", NOW)
    await run_check(settings, store, NOW + DAY, ACTOR)
    assert await pause(store) is None
    assert [one.told["is_paused"] for one in await said(store)] == [True, False]
    await damage(url)
    await run_check(settings, store, NOW + DAY, ACTOR)
    assert await pause(store) is not None


async def test_the_upkeep_gives_back_reminds_and_closes_what_nobody_confirmed(
    settings: Settings, store: Store
):
    await store.write(opened)
    for key in ("o1", "o2"):
        await store.write(shop.redeem, order("ann", key), NOW)
    await store.write(promised, "o1", NOW + DAY)
    asked = Asked("mod grant", "ann", 5_000, "a prize")
    until = NOW + 2 * DAY
    await store.write(proposals.propose, asked, "@ann", "discord:1", "k", NOW, until)
    summary = await run_upkeep(settings, store, NOW + 9 * DAY, ACTOR)
    assert summary.counts == {"returned": 1, "warned": 0, "expired": 1}
    kinds = {one.kind for one in await said(store)}
    assert {posts.RETURNED, posts.WAITING, posts.PROPOSAL} <= kinds
    states = select(Proposal.state)
    assert await store.read(lambda session: session.scalars(states).all()) == ["expired"]
    again = await run_upkeep(settings, store, NOW + 9 * DAY, ACTOR)
    assert not any(again.counts.values())


async def test_what_was_late_says_so_once_it_is_given(settings: Settings, store: Store):
    await store.write(opened)
    redeemed = await store.write(shop.redeem, order("ann", "o1"), NOW)
    await store.write(promised, "o1", NOW + DAY)
    assert (await run_upkeep(settings, store, NOW + 2 * DAY, ACTOR)).counts["warned"] == 1
    given = {"state": "fulfilled", "by": "Mo"}
    at = NOW + 3 * DAY
    await store.write(posts.redemption_moved, redeemed.redemption_id, given, at)
    told = [one.told["state"] for one in await said(store, posts.REDEMPTION, posts.OVERDUE)]
    assert told == ["fulfilled", "fulfilled"]


def promised(session: Any, key: str, by: datetime) -> None:
    session.execute(update(Redemption).where(Redemption.key == key).values(deliver_by=by))


async def test_the_upkeep_takes_many_in_short_transactions(settings: Settings, store: Store):
    def many(session: Any) -> None:
        open_creators(session, ann=100_000)
        open_shop(session, mug=mug(needs_approval=True))
        for at in range(60):
            shop.redeem(session, order("ann", f"o{at}"), NOW)
        session.execute(update(Redemption).values(deliver_by=NOW))

    await store.write(many)
    summary = await run_upkeep(settings, store, NOW + 30 * DAY, ACTOR)
    assert summary.counts["returned"] == 60


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_a_backup_that_fails_is_posted(settings: Settings, store: Store, url: str):
    await store.write(opened)
    await damage(url)
    summary = await run_backup(settings, store, NOW, ACTOR)
    assert not summary.ok
    (post,) = await said(store)
    assert post.kind == posts.BACKUP
    assert post.told["problem"] == summary.problem


async def ended(
    store: Store, job: str, at: datetime, problem: str | None = None, **did: int
) -> None:
    """A run of a job that ended at a moment."""
    run_id = await store.write(runs.start, job, "system:scheduler", at, at)

    def finish(session: Any) -> None:
        runs.finish(session, run_id, did, at, problem)
        run_posts.say(session, run_id, at)

    await store.write(finish)


async def test_a_refresh_says_what_was_read_since_the_one_before(store: Store):
    await ended(store, "intake", NOW, videos=9, readings=9)
    await ended(store, "refresh", NOW + HOUR, judged=9, estimated=9)
    await ended(store, "intake", NOW + 2 * HOUR, videos=1, readings=4, rejected=2)
    await ended(store, "intake", NOW + 3 * HOUR, videos=2, readings=3)
    await ended(store, "refresh", NOW + 4 * HOUR, settled=3, points=340)
    first, second = await said(store)
    assert first.told["read"] == {"videos": 9, "readings": 9}
    assert second.told["read"] == {"videos": 3, "readings": 7, "rejected": 2}
    assert second.told["counts"] == {"settled": 3, "points": 340}


async def test_a_refresh_with_nothing_to_do_says_nothing(store: Store):
    await ended(store, "refresh", NOW, judged=0, estimated=0, settled=0, points=0)
    assert await said(store) == []


async def test_the_same_failure_is_said_once_a_day(store: Store):
    for hours in (0, 1, 2, 30):
        await ended(store, "intake", NOW + hours * HOUR, problem="OSError: the disk is full")
    await ended(store, "intake", NOW, problem="OSError: the disk is gone")
    problems = [one.told["problem"][-4:] for one in await said(store, posts.FAILED)]
    assert sorted(problems) == ["full", "full", "gone"]


async def test_a_run_that_fails_says_so_and_one_that_was_stopped_does_not(store: Store):
    async with running(store, Summary("refresh", NOW), ACTOR):
        raise OSError("the disk is full")
    await ended(store, "refresh", clock(), problem=run_posts.STOPPED)
    (post,) = await said(store)
    assert (post.kind, post.told["job"]) == (posts.FAILED, "refresh")
    assert post.told["problem"] == "OSError: the disk is full"


def test_each_job_says_when_it_comes_next(settings: Settings):
    at = datetime(2026, 3, 1, 4, 20, tzinfo=UTC)
    assert {name: f"{one:%d %H:%M}" for name, one in jobs.next_times(settings, at).items()} == {
        "intake": "01 04:30",
        "refresh": "01 06:00",
        "upkeep": "01 05:07",
        "check": "01 04:30",
        "backup": "02 04:15",
    }
    never = Settings(data_dir=settings.data_dir, jobs=Jobs(**dict.fromkeys(jobs.JOBS, "")))
    assert jobs.next_times(never, at) == {}
