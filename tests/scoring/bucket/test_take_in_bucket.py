"""Exports in the bucket: each taken in once, the oldest first, and told of as files are."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

import scoring.bucket
import scoring.take_in_bucket
from db.models import Reading, TakenObject
from db.store import Store
from scoring.bucket import Access, Bucket
from scoring.intake.limits import Limits
from scoring.run import Summary, begin
from scoring.take_in import TakeIn
from scoring.take_in_bucket import Exports, take_in_bucket
from tests.fakes.cloud_storage import BUCKET, TOKEN, Double
from tests.scoring.flat_csv import row, rows, text, without
from tests.scoring.programme import all_runs, at


@pytest.fixture
def work(store: Store) -> TakeIn:
    return TakeIn(store, at(5), "test")


@pytest.fixture
def exports(bucket: Bucket, tmp_path: Path) -> Exports:
    return Exports(bucket, "exports/", tmp_path / "fetched", tmp_path / "rejects")


def put(cloud: Double, name: str, *all_rows: dict[str, object], **told: str) -> str:
    return cloud.put(f"exports/{name}", text(*all_rows).encode(), "text/csv", **told)


async def taken(store: Store) -> list[tuple[str, str, str]]:
    columns = (TakenObject.name, TakenObject.generation, TakenObject.outcome)
    found = select(*columns).order_by(TakenObject.name, TakenObject.generation)
    return await store.read(lambda session: [tuple(one) for one in session.execute(found)])


async def count_readings(store: Store) -> int:
    found = await store.read(lambda session: session.scalar(select(func.count(Reading.run_id))))
    return found or 0


async def observed(store: Store) -> list[str]:
    found = select(Reading.observed_at).order_by(Reading.observed_at)
    return await store.read(lambda session: [f"{one:%d %H:%M}" for one in session.scalars(found)])


def below(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


async def test_what_is_new_is_taken_in(store: Store, cloud: Double, work: TakeIn, exports: Exports):
    generation = put(cloud, "a.csv", *rows(3))
    cloud.put("videos/1.mp4", b"no export")
    (summary,) = await take_in_bucket(work, exports)
    assert summary.ok
    assert (summary.source, summary.counts["readings"]) == ("a.csv", 3)
    assert await count_readings(store) == 3
    assert await taken(store) == [("exports/a.csv", generation, "done")]
    assert [one.source for one in await all_runs(store, "intake")] == ["a.csv"]
    assert (below(exports.fetched), below(exports.rejects)) == ([], [])


async def test_each_is_fetched_once(store: Store, cloud: Double, work: TakeIn, exports: Exports):
    put(cloud, "a.csv", *rows(3))
    await take_in_bucket(work, exports)
    cloud.asked.clear()
    assert await take_in_bucket(work, exports) == []
    assert cloud.paths() == [f"/storage/v1/b/{BUCKET}/o"]


async def test_another_generation_is_taken_in_as_well(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    first = put(cloud, "a.csv", *rows(1))
    await take_in_bucket(work, exports)
    second = put(cloud, "a.csv", *rows(2))
    (summary,) = await take_in_bucket(work, exports)
    assert (summary.counts["duplicates"], summary.counts["readings"]) == (1, 1)
    name = "exports/a.csv"
    assert await taken(store) == [(name, first, "done"), (name, second, "done")]


async def test_the_same_bytes_under_another_name_change_nothing(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    put(cloud, "a.csv", *rows(1))
    put(cloud, "b.csv", *rows(1))
    counts = [one.counts for one in await take_in_bucket(work, exports)]
    assert counts[1] == {"already taken in": 1}
    assert [name for name, _, _ in await taken(store)] == ["exports/a.csv", "exports/b.csv"]


async def test_the_oldest_observation_comes_first_by_its_name_or_else_by_its_upload(
    cloud: Double, work: TakeIn, exports: Exports
):
    put(cloud, "c.csv", row(0), updated="2026-11-03T08:00:00.000Z")
    put(cloud, "a_2026-11-04.csv", row(1), updated="2026-11-01T08:00:00.000Z")
    put(cloud, "b_2026-11-02.csv", row(2), updated="2026-11-05T08:00:00.000Z")
    sources = [one.source for one in await take_in_bucket(work, exports)]
    assert sources == ["b_2026-11-02.csv", "c.csv", "a_2026-11-04.csv"]


async def test_the_name_of_an_object_tells_when_it_was_observed(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    put(cloud, "of_amber/trending_2026-11-03_12-30-00.csv", *without("vid_scrapeTime", rows(1)))
    (summary,) = await take_in_bucket(work, exports)
    assert summary.ok
    assert await observed(store) == ["03 12:30"]


@pytest.mark.parametrize(
    "name", [".a.csv", "~a.csv", "a.csv~", "a.csv.part", "a.csv.CRDOWNLOAD", "old/", ".old/a.csv"]
)
async def test_what_is_hidden_or_on_its_way_is_left(
    sqlite_store: Store, cloud: Double, exports: Exports, name: str
):
    put(cloud, name, *rows(1))
    assert await take_in_bucket(TakeIn(sqlite_store, at(5), "test"), exports) == []


async def test_bad_rows_and_a_report_are_kept_where_those_of_files_are(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    generation = put(cloud, "a.csv", row(0), row(1, vid_nlike="plenty"))
    (summary,) = await take_in_bucket(work, exports)
    assert summary.rejects_file == exports.rejects / "a.csv.rejects.csv"
    assert below(exports.rejects) == ["a.csv.rejects.csv", "a.csv.report.txt"]
    assert "rejected: 1" in (exports.rejects / "a.csv.report.txt").read_text(encoding="utf-8")
    assert await taken(store) == [("exports/a.csv", generation, "done")]


async def test_those_of_another_object_of_the_name_are_kept(
    cloud: Double, work: TakeIn, exports: Exports
):
    for folder in ("1", "2"):
        put(cloud, f"{folder}/a.csv", row(0, vid_nlike=f"plenty, {folder} times"))
    await take_in_bucket(work, exports)
    assert below(exports.rejects) == [
        "2-a.csv.rejects.csv", "2-a.csv.report.txt", "a.csv.rejects.csv", "a.csv.report.txt",
    ]  # fmt: skip


async def test_what_is_no_export_is_refused_once(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    generation = cloud.put("exports/a.csv", b"\x00\x01\x02", "text/csv")
    (summary,) = await take_in_bucket(work, exports)
    assert summary.problem is not None
    assert await taken(store) == [("exports/a.csv", generation, "rejected")]
    assert below(exports.rejects) == ["a.csv.report.txt"]
    assert await take_in_bucket(work, exports) == []


async def test_what_is_larger_than_config_allows_is_refused_unfetched(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    generation = put(cloud, "a.csv", *rows(9))
    (summary,) = await take_in_bucket(replace(work, limits=Limits(file_bytes=100)), exports)
    assert summary.problem == "a.csv is larger than intake.max_gigabytes allows."
    assert await taken(store) == [("exports/a.csv", generation, "rejected")]
    assert not any("/download/" in path for path in cloud.paths())


async def test_what_can_not_be_taken_in_now_waits_for_the_next_time(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    put(cloud, "a.csv", *rows(1))
    running = await begin(store, Summary("intake", at(5)), "another")
    (summary,) = await take_in_bucket(work, exports)
    assert summary.waits
    assert await taken(store) == []
    await running.finish()
    (summary,) = await take_in_bucket(work, exports)
    assert summary.ok
    assert len(await taken(store)) == 1


async def test_a_bucket_that_can_not_be_read_is_one_line(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    cloud.token = TOKEN
    (summary,) = await take_in_bucket(work, exports)
    assert summary.source == f"gs://{BUCKET}/exports/"
    assert summary.problem is not None
    assert summary.problem.startswith(f"The bucket {BUCKET} may not be read: ")


async def test_what_was_taken_in_before_the_bucket_failed_is_told(
    store: Store, cloud: Double, work: TakeIn, exports: Exports, monkeypatch: pytest.MonkeyPatch
):
    put(cloud, "a_2026-11-01.csv", *rows(1))
    put(cloud, "b_2026-11-02.csv", *rows(2))
    monkeypatch.setattr(scoring.bucket, "TRIED_SECONDS", 0.05)
    save = exports.bucket.save

    async def failing(name: str, generation: str, path: Path) -> None:
        await save(name, generation, path)
        cloud.failing.extend([503] * 10_000)

    monkeypatch.setattr(exports.bucket, "save", failing)
    first, second = await take_in_bucket(work, exports)
    assert (first.source, first.ok) == ("a_2026-11-01.csv", True)
    assert second.problem == f"The bucket {BUCKET} can't be reached at 127.0.0.1: 503."
    assert len(await taken(store)) == 1


async def test_an_object_that_is_denied_keeps_no_other_from_being_read(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    put(cloud, "a.csv", *rows(1))
    put(cloud, "b.csv", *rows(2))
    cloud.denied = {"exports/a.csv"}
    first, second = await take_in_bucket(work, exports)
    assert first.problem == f"gs://{BUCKET}/exports/a.csv may not be read."
    assert (first.waits, second.ok) == (True, True)
    assert [name for name, _, _ in await taken(store)] == ["exports/b.csv"]


async def test_an_object_that_is_replaced_while_it_is_read_waits_for_the_next_time(
    store: Store, cloud: Double, work: TakeIn, exports: Exports, monkeypatch: pytest.MonkeyPatch
):
    put(cloud, "a.csv", *rows(1))
    save = exports.bucket.save

    async def too_late(name: str, generation: str, path: Path) -> None:
        put(cloud, "a.csv", *rows(2))
        await save(name, generation, path)

    with monkeypatch.context() as patch:
        patch.setattr(exports.bucket, "save", too_late)
        assert await take_in_bucket(work, exports) == []
    (summary,) = await take_in_bucket(work, exports)
    assert summary.counts["readings"] == 2


async def test_a_very_long_name_is_shortened(cloud: Double, work: TakeIn, exports: Exports):
    put(cloud, f"{'a' * 500}_{'b' * 300}.csv", row(0, vid_nlike="plenty"))
    (summary,) = await take_in_bucket(work, exports)
    assert (summary.source, summary.ok) == (f"{'a' * 180}.csv", True)


async def test_one_run_takes_in_so_many_the_oldest_and_the_next_the_others(
    sqlite_store: Store, cloud: Double, exports: Exports, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scoring.take_in_bucket, "AT_MOST", 2)
    cloud.page = 2
    work = TakeIn(sqlite_store, at(5), "test")
    for day in (5, 1, 4, 2, 3):
        put(cloud, f"{9 - day}_2026-11-0{day}.csv", row(day))
    sources = [[one.source for one in await take_in_bucket(work, exports)] for _ in range(4)]
    assert sources == [
        ["8_2026-11-01.csv", "7_2026-11-02.csv"], ["6_2026-11-03.csv", "5_2026-11-04.csv"],
        ["4_2026-11-05.csv"], [],
    ]  # fmt: skip


async def test_what_a_killed_run_left_is_cleared_after_a_day(
    cloud: Double, work: TakeIn, exports: Exports, monkeypatch: pytest.MonkeyPatch
):
    (exports.fetched / "left").mkdir(parents=True)
    await take_in_bucket(work, exports)
    assert below(exports.fetched) == ["left"]
    monkeypatch.setattr(scoring.take_in_bucket, "LEFT_SECONDS", -1)
    await take_in_bucket(work, exports)
    assert below(exports.fetched) == []


async def test_a_bucket_that_is_not_there_is_one_line(
    cloud: Double, work: TakeIn, exports: Exports
):
    async with Bucket(Access("nobodys", "anonymous", cloud.address)) as bucket:
        (summary,) = await take_in_bucket(work, replace(exports, bucket=bucket))
    assert summary.problem == "There is no bucket nobodys."


async def test_one_that_was_taken_in_before_the_run_was_killed_is_noted_next_time(
    store: Store, cloud: Double, work: TakeIn, exports: Exports
):
    put(cloud, "a.csv", *rows(3))
    await take_in_bucket(work, exports)
    await store.write(lambda session: session.execute(delete(TakenObject)) and None)
    (summary,) = await take_in_bucket(work, exports)
    assert summary.counts == {"already taken in": 1}
    assert (await count_readings(store), len(await taken(store))) == (3, 1)
