"""Runs of the jobs: one of a kind at a time, and what became of each."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from db import runs
from db.refused import Refused
from db.store import Store
from tests.db.programme import DAY, NOW

MINUTE = timedelta(minutes=1)


async def start(
    store: Store, job: str = "intake", clock: object = NOW, digest: str | None = None
) -> str:
    return await store.write(
        runs.start, job, "console:mo", NOW - DAY, clock, source="a.csv", source_digest=digest
    )


async def test_a_run_says_what_it_did(store: Store):
    run_id = await start(store)
    (run,) = await store.read(runs.latest, 5)
    assert (run.job, run.outcome, run.actor, run.as_of) == (
        "intake",
        "running",
        "console:mo",
        NOW - DAY,
    )
    await store.write(runs.finish, run_id, {"rows": 3}, NOW + MINUTE)
    (run,) = await store.read(runs.latest, 5)
    assert (run.outcome, run.counts, run.problem) == ("done", {"rows": 3}, None)
    assert (run.started_at, run.finished_at) == (NOW, NOW + MINUTE)


async def test_a_run_that_met_a_problem_has_failed_and_keeps_its_counts(store: Store):
    run_id = await start(store)
    await store.write(runs.finish, run_id, {"rows": 3}, NOW, "no space left")
    (run,) = await store.read(runs.latest, 5)
    assert (run.outcome, run.counts, run.problem) == ("failed", {"rows": 3}, "no space left")


async def test_what_went_wrong_is_kept_so_that_it_can_be_said_in_any_language(store: Store):
    why = Refused("bucket.credentials: the key file {path} can't be read.", path=Path("key.json"))
    await store.write(runs.finish, await start(store), {}, NOW, why.reason)
    (run,) = await store.read(runs.latest, 5)
    assert run.problem == "bucket.credentials: the key file key.json can't be read."
    failed_by = runs.failed_by(run)
    assert failed_by is not None
    assert failed_by.values == {"path": "key.json"}


async def test_what_a_run_left_is_not_what_went_wrong_in_it(store: Store):
    left = Refused("The time for watching is over.")
    await store.write(runs.finish, await start(store), {}, NOW, "no space left", not_done=left)
    (run,) = await store.read(runs.latest, 5)
    assert runs.failed_by(run) is None
    kept = runs.not_done(run)
    assert kept is not None
    assert kept.reason == "The time for watching is over."


async def test_a_job_runs_once_at_a_time(store: Store):
    await start(store)
    with pytest.raises(Refused, match=r"^intake runs already, since .* 12:00 UTC; .* 12:10 UTC\.$"):
        await start(store, clock=NOW + 9 * MINUTE)
    await start(store, job="refresh")


async def test_a_start_whose_commit_is_tried_again_finds_its_own_run(store: Store):
    for _ in range(2):
        begun = await store.write(runs.start, "intake", "console:mo", NOW, NOW, run_id="mine")
        assert begun == "mine"
    assert [one.run_id for one in await store.read(runs.latest, 5)] == ["mine"]
    with pytest.raises(Refused, match="intake runs already"):
        await store.write(runs.start, "intake", "console:mo", NOW, NOW, run_id="another's")


async def test_of_ten_that_start_at_once_one_does(store: Store):
    work = [start(store) for _ in range(10)]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert sum(isinstance(one, str) for one in outcomes) == 1
    assert sum(isinstance(one, Refused) for one in outcomes) == 9


async def test_a_run_that_fell_silent_makes_way_as_interrupted(store: Store):
    await start(store)
    later = NOW + 10 * MINUTE + timedelta(seconds=1)
    await start(store, clock=later)
    newest, oldest = await store.read(runs.latest, 5)
    assert (newest.outcome, oldest.outcome) == ("running", "failed")
    assert (oldest.problem, oldest.finished_at) == ("interrupted", later)


async def test_a_run_that_is_heard_of_does_not_make_way(store: Store):
    run_id = await start(store)
    await store.write(runs.alive, run_id, NOW + 9 * MINUTE)
    with pytest.raises(Refused):
        await start(store, clock=NOW + 15 * MINUTE)


async def test_a_file_counts_as_taken_in_once_a_run_of_it_was_done(store: Store):
    first = await start(store, digest="d1")
    assert await store.read(runs.taken_in, "d1") is None
    await store.write(runs.finish, first, {}, NOW, "broken off")
    assert await store.read(runs.taken_in, "d1") is None
    second = await start(store, digest="d1")
    await store.write(runs.finish, second, {}, NOW)
    found = await store.read(runs.taken_in, "d1")
    assert (found and found.run_id) == second
    assert await store.read(runs.taken_in, "d2") is None


async def test_a_second_try_at_a_file_knows_the_moment_of_the_first(store: Store):
    assert await store.read(runs.first_try, "d1") is None
    await start(store, digest="d1")
    assert await store.read(runs.first_try, "d1") == NOW - DAY


async def test_a_job_is_done_for_when_it_was_last_done(store: Store):
    assert await store.read(runs.last_start, "intake") is None
    first = await start(store)
    assert await store.read(runs.last_start, "intake") is None
    await store.write(runs.finish, first, {}, NOW)
    second = await start(store, clock=NOW + DAY)
    await store.write(runs.finish, second, {}, NOW, "no space left")
    assert await store.read(runs.last_start, "intake") == NOW
