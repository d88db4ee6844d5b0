"""The videos' files: looked for by their names, in order, and again with backoff."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

import scoring.files
from db import corrections, files, judging
from db.judging import Judged
from db.models import Creator, Video, VideoFile
from db.store import Store
from scoring.files import Looked, Looking, look
from scoring.run import Running, Summary, begin
from tests.fakes.cloud_storage import BUCKET, Double
from tests.scoring.programme import OTHER, VIDEO, at, ids, seen, take


def name_of(video_id: str) -> str:
    return f"videos/{video_id}.mp4"


async def file(store: Store, video_id: str = VIDEO) -> VideoFile | None:
    return await store.read(files.of_video, video_id)


async def all_files(store: Store) -> dict[str, str]:
    states = select(VideoFile.video_id, VideoFile.state)
    found = await store.read(lambda session: session.execute(states).all())
    return dict(map(tuple, found))


def looked_for(cloud: Double) -> list[str]:
    """The videos whose files were asked for, in order."""
    begins = f"/storage/v1/b/{BUCKET}/o/videos/"
    return [
        one.path.removeprefix(begins).removesuffix(".mp4")
        for one in cloud.asked
        if one.path.startswith(begins)
    ]


def change(video_id: str, **values: Any) -> Any:
    statement = update(Video).where(Video.video_id == video_id).values(**values)
    return lambda session: session.execute(statement) and None


async def test_a_file_is_found_and_remembered_with_all_that_is_known_of_it(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1))
    generation = cloud.put(name_of(VIDEO), b"a video")
    assert await look(look_at_day_5, run) == Looked({"looked_for": 1, "found": 1}, None)
    found = await file(store)
    assert found is not None
    assert (found.state, found.problem, found.name) == ("found", None, name_of(VIDEO))
    assert (found.generation, found.size, found.media_type) == (generation, 7, "video/mp4")
    assert found.md5 == "d4doEB7gDHLjT4KLmFXoIQ=="
    assert (found.tries, found.looked_at, found.due_at) == (0, at(5), None)


async def test_a_file_that_is_not_there_is_a_state_of_the_video(
    store: Store, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1))
    assert (await look(look_at_day_5, run)).counts == {"looked_for": 1, "missing": 1}
    missing = await file(store)
    assert missing is not None
    assert (missing.state, missing.generation) == ("missing", None)
    assert missing.problem == "There is no file of this video in the bucket yet."


async def test_it_is_looked_for_after_an_hour_then_twice_as_long_each_time_up_to_a_day(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1))
    now, waits = look_at_day_5.now, []
    for _ in range(7):
        await look(replace(look_at_day_5, now=now), run)
        missing = await file(store)
        assert missing is not None
        assert missing.due_at is not None
        early = replace(look_at_day_5, now=missing.due_at - timedelta(seconds=1))
        assert not (await look(early, run)).counts
        waits.append((missing.due_at - now) // timedelta(hours=1))
        now = missing.due_at
    assert waits == [1, 2, 4, 8, 16, 24, 24]
    assert len(looked_for(cloud)) == 7


async def test_a_file_that_comes_later_is_found_and_its_tries_are_forgotten(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1))
    await look(look_at_day_5, run)
    cloud.put(name_of(VIDEO), b"a video")
    await look(replace(look_at_day_5, now=at(6)), run)
    found = await file(store)
    assert found is not None
    assert (found.state, found.problem, found.tries, found.due_at) == ("found", None, 0, None)


@pytest.mark.parametrize(
    ("content", "media_type", "problem"),
    [
        (b"", "video/mp4", "The file of this video is empty."),
        (b"a" * 101, "video/mp4", "The file of this video is larger than is judged here."),
        (b"a", "text/html", "The file of this video is not a video."),
        (b"a", "image/jpeg", "The file of this video is not a video."),
        (b"a" * 100, "video/mp4", None),
        (b"a", "video/quicktime", None),
        (b"a", "Video/MP4; codecs=avc1", None),
        (b"a", "application/octet-stream", None),
        (b"a", "", None),
    ],
)
async def test_what_is_no_video_or_too_large_is_unfit(
    sqlite_store: Store, cloud: Double, look_at_day_5: Looking, content: bytes, media_type: str,
    problem: str | None,
):  # fmt: skip
    await take(sqlite_store, seen(1))
    cloud.put(name_of(VIDEO), content, media_type)
    await look(look_at_day_5, await begin(sqlite_store, Summary("judge", at(5)), "test"))
    found = await file(sqlite_store)
    assert found is not None
    assert (found.state, found.problem) == ("unfit" if problem else "found", problem)
    assert (found.due_at is None) is (problem is None)


async def test_a_file_of_which_nobody_told_the_kind_has_that_of_its_name(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1))
    cloud.put(f"{VIDEO}.webm", b"a", "application/octet-stream")
    await look(replace(look_at_day_5, template="{video_id}.webm"), run)
    found = await file(store)
    assert found is not None
    assert found.media_type == "video/webm"


async def test_those_that_settle_soon_come_first_then_the_newest(
    store: Store,
    cloud: Double,
    look_at_day_5: Looking,
    run: Running,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(scoring.files, "AT_ONCE", 1)
    days = [3.0, 1.0, 5.0, 2.0, 4.0, 6.0]
    named = ids(6)
    await take(
        store,
        *(seen(7, one, date_posted=at(day)) for one, day in zip(named, days, strict=True)),
    )
    await look(replace(look_at_day_5, now=at(8), closing_before=at(3)), run)
    assert [days[named.index(one)] for one in looked_for(cloud)] == [1, 2, 3, 6, 5, 4]


async def test_one_run_looks_for_so_many_and_the_next_for_the_others(
    store: Store, look_at_day_5: Looking, run: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scoring.files, "AT_MOST", 3)
    await take(store, *(seen(1, one) for one in ids(5)))
    assert [(await look(look_at_day_5, run)).counts["looked_for"] for _ in range(3)] == [3, 2, 0]


async def test_progress_is_shown(
    store: Store, look_at_day_5: Looking, run: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scoring.files, "KEPT_AT_ONCE", 2)
    shown: list[tuple[str, int, int]] = []
    await take(store, *(seen(1, one) for one in ids(5)))
    await look(replace(look_at_day_5, progress=lambda *said: shown.append(said)), run)
    assert shown == [("look for files", done, 5) for done in (0, 2, 4, 5)]


async def test_no_file_of_a_settled_video_is_looked_for(
    store: Store, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1), seen(1, OTHER))
    await store.write(change(VIDEO, settled_at=at(4)))
    await look(look_at_day_5, run)
    assert list(await all_files(store)) == [OTHER]


async def test_no_file_of_who_wants_to_be_forgotten_is_looked_for(
    store: Store, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1), seen(1, OTHER, handle="ash.demo"))
    gone = update(Creator).where(Creator.handle == "amber.demo").values(forgotten_at=at(4))
    await store.write(lambda session: session.execute(gone) and None)
    await look(look_at_day_5, run)
    assert list(await all_files(store)) == [OTHER]


async def test_no_file_is_looked_for_where_a_moderator_has_said_the_figure(
    store: Store, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1), seen(1, OTHER))
    source = corrections.Source("a", "test", "as the test says")
    await store.write(corrections.sentiment, VIDEO, 0.5, source, at(2))
    await look(look_at_day_5, run)
    assert list(await all_files(store)) == [OTHER]
    taken_back = corrections.Source("b", "test", "as the test says")
    await store.write(corrections.sentiment, VIDEO, None, taken_back, at(3))
    await look(look_at_day_5, run)
    assert set(await all_files(store)) == {VIDEO, OTHER}


async def test_a_figure_of_the_caption_does_not_keep_a_file_from_being_looked_for(
    store: Store, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1))
    said = [Judged(VIDEO, 0.5, "", 1, None)]
    await store.write(judging.keep, "vader", "1", said, at(2))
    await look(look_at_day_5, run)
    assert await all_files(store) == {VIDEO: "missing"}
