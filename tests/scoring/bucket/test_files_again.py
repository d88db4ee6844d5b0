"""Files that are looked for once more, and buckets in which nothing can be looked for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

import scoring.bucket
import scoring.files
from db import files
from db.models import VideoFile
from db.store import Store
from scoring.bucket import Access, Bucket, Gone
from scoring.files import Looked, Looking, look
from scoring.run import Running, Summary, begin
from tests.fakes.cloud_storage import BUCKET, TOKEN, Double, emulator
from tests.scoring import watched
from tests.scoring.programme import OTHER, VIDEO, at, ids, seen, statements, take

NAME = f"videos/{VIDEO}.mp4"


async def file(store: Store, video_id: str = VIDEO) -> VideoFile:
    found = await store.read(files.of_video, video_id)
    assert found is not None
    return found


async def count(store: Store) -> int:
    statement = select(func.count()).select_from(VideoFile)
    return await store.read(lambda session: session.scalar(statement) or 0)


async def found_at_day_5(store: Store, cloud: Double, work: Looking, run: Running) -> str:
    """Let the average video's file be found; return its generation."""
    await take(store, seen(1))
    generation = cloud.put(NAME, b"a video")
    await look(work, run)
    return generation


async def judged(store: Store, state: str, generation: str, **other: object) -> None:
    run_id = await store.write(watched.begin)
    said = {"state": state, "generation": generation, **other}
    await store.write(lambda session: watched.judge(session, VIDEO, run_id, **said))


async def looks_again(work: Looking, run: Running, days: float) -> bool:
    return bool((await look(replace(work, now=at(days)), run)).counts)


@pytest.mark.parametrize("state", ["unjudgeable", "refused", "failed"])
async def test_a_file_of_which_no_figure_came_is_looked_for_daily(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running, state: str
):
    generation = await found_at_day_5(store, cloud, look_at_day_5, run)
    await judged(store, state, generation, sentiment=None)
    assert not await looks_again(look_at_day_5, run, 5.99)
    assert await looks_again(look_at_day_5, run, 6)
    assert not await looks_again(look_at_day_5, run, 6.99)
    newer = cloud.put(NAME, b"another cut")
    assert await looks_again(look_at_day_5, run, 7)
    assert (await file(store)).generation == newer
    assert not await looks_again(look_at_day_5, run, 8)


@pytest.mark.parametrize("state", ["judged", "uncertain", "flagged"])
async def test_a_file_with_a_figure_is_not_looked_for(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running, state: str
):
    generation = await found_at_day_5(store, cloud, look_at_day_5, run)
    await judged(store, state, generation)
    await judged(store, "refused", generation, prompt_version="another", sentiment=None)
    assert not await looks_again(look_at_day_5, run, 9)


async def test_a_file_that_waits_to_be_judged_is_not_looked_for(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    await found_at_day_5(store, cloud, look_at_day_5, run)
    assert not await looks_again(look_at_day_5, run, 9)


async def test_a_file_that_went_away_is_looked_for_in_the_next_run(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    generation = await found_at_day_5(store, cloud, look_at_day_5, run)
    assert await store.write(files.gone, VIDEO, generation, at(5))
    told = await file(store)
    assert (told.state, told.generation, told.tries) == ("missing", None, 0)
    assert told.problem == (
        "The file of this video was changed or taken away before it was watched."
    )
    del cloud.objects[NAME]
    assert (await look(look_at_day_5, run)).counts == {"looked_for": 1, "missing": 1}
    assert (await file(store)).due_at == at(5) + timedelta(hours=1)


async def test_a_file_that_was_found_anew_is_not_gone(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    generation = await found_at_day_5(store, cloud, look_at_day_5, run)
    assert not await store.write(files.gone, VIDEO, "of long ago", at(5))
    assert (await file(store)).generation == generation


async def test_what_was_seen_earlier_does_not_replace_what_was_seen_later(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    generation = await found_at_day_5(store, cloud, look_at_day_5, run)
    late = files.Seen(VIDEO, files.MISSING, files.NO_FILE, NAME, 1, at(4))
    await store.write(files.keep, [late], at(4))
    assert (await file(store)).generation == generation


async def test_a_denied_bucket_ends_the_looking_at_once(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    cloud.token = TOKEN
    await take(store, *(seen(1, one) for one in ids(50)))
    looked = await look(look_at_day_5, run)
    assert looked.problem is not None
    assert looked.problem.reason.startswith(f"The bucket {BUCKET} may not be read: ")
    assert 1 <= looked.counts["denied"] == await count(store) <= scoring.files.AT_ONCE


async def test_it_is_a_state_of_the_videos_that_were_looked_for(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    cloud.token = TOKEN
    await take(store, seen(1))
    await look(look_at_day_5, run)
    told = await file(store)
    assert (told.state, told.problem) == ("denied", "The bucket may not be read.")
    assert told.due_at == at(5) + timedelta(hours=1)


async def test_a_bucket_that_is_not_there_ends_the_looking_at_once(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    await take(store, *(seen(1, one) for one in ids(50)))
    async with Bucket(Access("nobodys", "anonymous", cloud.address)) as bucket:
        looked = await look(replace(look_at_day_5, bucket=bucket), run)
    assert looked.problem is not None
    assert looked.problem.reason == "There is no bucket nobodys."
    assert 1 <= looked.counts["missing"] == await count(store) <= scoring.files.AT_ONCE
    assert (await file(store, ids(50)[0])).problem == "The bucket is not there."


async def test_a_single_file_that_is_denied_ends_nothing(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    cloud.denied = {NAME}
    cloud.put(f"videos/{OTHER}.mp4", b"a video")
    await take(store, seen(1), seen(1, OTHER))
    counts = {"looked_for": 2, "denied": 1, "found": 1}
    assert await look(look_at_day_5, run) == Looked(counts, None)
    assert (await file(store)).problem == "The file of this video may not be read."


async def test_a_bucket_out_of_reach_ends_the_looking_and_says_nothing_of_the_videos(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.setattr(scoring.bucket, "TRIED_SECONDS", 0.05)
    cloud.failing.extend([503] * 10_000)
    await take(store, *(seen(1, one) for one in ids(50)))
    looked = await look(look_at_day_5, run)
    assert (looked.counts, await count(store)) == ({}, 0)
    assert looked.problem is not None
    assert looked.problem.reason == f"The bucket {BUCKET} can't be reached at 127.0.0.1: 503."
    cloud.failing.clear()
    assert (await look(look_at_day_5, run)).counts["missing"] == 50


async def test_however_many_files_are_looked_for_the_statements_are_few(
    sqlite_store: Store, cloud: Double, look_at_day_5: Looking
):
    run = await begin(sqlite_store, Summary("judge", at(5)), "test")
    await take(sqlite_store, *(seen(1, one) for one in ids(600)))
    with statements() as sent:
        await look(look_at_day_5, run)
    assert sum(text.startswith("SELECT") for text, _ in sent) == 2
    assert sum(text.startswith("INSERT") for text, _ in sent) == 3


async def test_an_upload_a_newer_one_and_its_end_are_seen_in_the_emulator_too(
    store: Store, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1))
    with emulator() as cloud:
        async with Bucket(Access(BUCKET, "anonymous", cloud.address)) as bucket:
            work = replace(look_at_day_5, bucket=bucket)
            assert (await look(work, run)).counts["missing"] == 1
            cloud.put(NAME, b"a video")
            assert (await look(replace(work, now=at(6)), run)).counts["found"] == 1
            first = (await file(store)).generation or ""
            cloud.put(NAME, b"another cut")
            with pytest.raises(Gone):
                await bucket.read(NAME, first)
            await store.write(files.gone, VIDEO, first, at(6))
            assert (await look(replace(work, now=at(6)), run)).counts["found"] == 1
            assert await bucket.read(NAME, (await file(store)).generation or "") == b"another cut"
            await store.write(files.gone, VIDEO, (await file(store)).generation or "", at(7))
            cloud.delete(NAME)
            assert (await look(replace(work, now=at(7)), run)).counts["missing"] == 1
