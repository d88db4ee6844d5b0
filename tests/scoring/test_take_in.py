"""Taking files in: each once by its contents, good rows beside bad ones, and what is said of it."""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from db.creators import id_by_handle
from db.models import Reading, Video
from db.observed import Rejected
from db.store import Store
from scoring.intake.limits import Limits
from scoring.run import Summary
from scoring.take_in import KINDS_SHOWN, TakeIn
from tests.scoring.flat_csv import row, rows, taken, without, write
from tests.scoring.programme import all_runs, at


@pytest.fixture
def work(store: Store) -> TakeIn:
    return TakeIn(store, at(5), "test")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "exports"
    made.mkdir()
    return made


async def readings(store: Store) -> Sequence[Reading]:
    wanted = select(Reading).order_by(Reading.reading_id)
    return await store.read(lambda session: session.scalars(wanted).all())


async def videos(store: Store) -> Sequence[Video]:
    wanted = select(Video).order_by(Video.video_id)
    return await store.read(lambda session: session.scalars(wanted).all())


def add_up(summary: Summary) -> bool:
    """Tell whether each row was a new reading, a duplicate or rejected."""
    counts = summary.counts
    return counts["rows"] == counts["readings"] + counts["duplicates"] + counts["rejected"]


async def test_rows_become_videos_and_readings(work: TakeIn, folder: Path):
    (summary,) = await taken(work, write(folder / "a.csv", *rows(3)))
    assert summary.counts == {"rows": 3, "videos": 3, "readings": 3, "duplicates": 0, "rejected": 0}
    assert summary.ok
    assert [one.likes for one in await readings(work.store)] == [100] * 3
    assert (await videos(work.store))[0].creator_id == id_by_handle("amber.demo")


async def test_the_same_file_again_changes_nothing(work: TakeIn, folder: Path):
    path = write(folder / "a.csv", *rows(3))
    await taken(work, path)
    (again,) = await taken(work, path)
    assert again.counts == {"already taken in": 1}
    assert (again.ok, again.rejects_file) == (True, None)
    assert len(await all_runs(work.store, "intake")) == 1


async def test_the_same_bytes_under_another_name_change_nothing(work: TakeIn, folder: Path):
    # Without a time of their own the rows would count as seen anew.
    contents = without("vid_scrapeTime", rows(3))
    await taken(work, write(folder / "a.csv", *contents))
    later = TakeIn(work.store, at(9), "test")
    (again,) = await taken(later, write(folder / "b_2026-11-10.csv", *contents))
    assert again.counts == {"already taken in": 1}
    assert len(await readings(work.store)) == 3


async def test_the_same_rows_in_another_file_are_duplicates(work: TakeIn, folder: Path):
    first = write(folder / "a.csv", *rows(3))
    second = write(folder / "b.csv", *rows(4))
    _, summary = await taken(work, first, second)
    assert summary.counts == {"rows": 4, "videos": 1, "readings": 1, "duplicates": 3, "rejected": 0}
    assert add_up(summary)


async def test_a_later_export_adds_a_reading_and_keeps_the_earlier(work: TakeIn, folder: Path):
    early = write(folder / "early.csv", row(0))
    late = write(folder / "late.csv", row(0, vid_scrapeTime="2026-11-05 08:00:00", vid_nlike="90"))
    _, summary = await taken(work, early, late)
    assert (summary.counts["videos"], summary.counts["readings"]) == (0, 1)
    assert [one.likes for one in await readings(work.store)] == [100, 90]


async def test_a_bad_row_is_rejected_beside_good_ones(work: TakeIn, folder: Path):
    path = write(folder / "a.csv", row(0), row(1, vid_nlike="plenty"), row(2))
    (summary,) = await taken(work, path)
    assert summary.counts == {"rows": 3, "videos": 2, "readings": 2, "duplicates": 0, "rejected": 1}
    assert summary.rejected == {"likes: not a number": 1}
    assert (summary.ok, add_up(summary)) == (True, True)


async def test_rejects_tell_row_field_value_and_reason(work: TakeIn, folder: Path):
    path = write(folder / "a.csv", row(0), row(1, vid_nlike="plenty"), row(2, vid_id="12"))
    (summary,) = await taken(work, path)
    assert summary.rejects_file == folder / "rejects" / "a.csv.rejects.csv"
    with summary.rejects_file.open(encoding="utf-8", newline="") as file:
        header, *told = csv.reader(file)
    assert header == ["row", "field", "value", "reason"]
    assert [one[:3] for one in told] == [["2", "likes", "plenty"], ["3", "video_id", "12"]]


async def test_two_files_of_one_name_keep_their_rejects_apart(work: TakeIn, folder: Path):
    first = write(folder / "monday" / "a.csv", row(0, vid_nlike="plenty"), row(1))
    second = write(folder / "tuesday" / "a.csv", row(0, vid_nlike="few"), row(1))
    monday, tuesday = await taken(work, first, second)
    assert monday.rejects_file is not None
    assert tuesday.rejects_file is not None
    assert "plenty" in monday.rejects_file.read_text(encoding="utf-8")
    assert "few" in tuesday.rejects_file.read_text(encoding="utf-8")


async def test_a_file_without_bad_rows_leaves_no_rejects(work: TakeIn, folder: Path):
    (summary,) = await taken(work, write(folder / "a.csv", *rows(2)))
    assert (summary.rejects_file, list((folder / "rejects").iterdir())) == (None, [])


async def test_other_counts_at_the_same_moment_contradict_and_the_first_stands(
    work: TakeIn, folder: Path
):
    path = write(folder / "a.csv", row(0), row(0), row(0, vid_nlike="90"))
    (summary,) = await taken(work, path)
    assert summary.counts == {"rows": 3, "videos": 1, "readings": 1, "duplicates": 1, "rejected": 1}
    assert summary.rejected == {
        "likes: this video has a reading of the same moment with other counts already": 1
    }
    assert [one.likes for one in await readings(work.store)] == [100]
    assert add_up(summary)


async def test_a_contradiction_of_an_earlier_file_is_rejected_too(work: TakeIn, folder: Path):
    first = write(folder / "a.csv", row(0))
    second = write(folder / "b.csv", row(0, vid_nview="", vid_nlike="90"), row(1))
    _, summary = await taken(work, first, second)
    assert (summary.counts["readings"], summary.counts["rejected"]) == (1, 1)
    assert list(summary.rejected) == [
        "views: this video has a reading of the same moment with other counts already"
    ]


async def test_reasons_are_counted_and_the_commonest_comes_first(work: TakeIn, folder: Path):
    path = write(
        folder / "a.csv", row(0, vid_id="12"), *rows(3, vid_nlike="plenty"), row(4, vid_id="13")
    )
    (summary,) = await taken(work, path)
    assert summary.rejected.most_common() == [
        ("likes: not a number", 3),
        ("video_id: not an id: 15 to 19 digits are allowed", 2),
    ]


async def test_a_file_with_a_reason_a_row_has_a_summary_of_bounded_length(
    work: TakeIn, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def each_its_own(*_: object, **__: object) -> object:
        return (Rejected(number, "row", "x", f"reason {number}") for number in range(1, 201))

    monkeypatch.setattr("scoring.take_in.read_export", each_its_own)
    (summary,) = await taken(work, write(folder / "a.csv", row(0)))
    assert len(summary.rejected) == KINDS_SHOWN + 1
    assert summary.rejected["other reasons"] == 200 - KINDS_SHOWN
    assert summary.counts["rejected"] == 200


async def test_a_broken_file_keeps_its_good_rows_and_says_where_it_broke(
    work: TakeIn, folder: Path
):
    packed = gzip.compress(write(folder / "a.csv", *rows(2_000)).read_bytes())
    path = folder / "a.csv.gz"
    path.write_bytes(packed[: len(packed) * 3 // 4])
    (summary,) = await taken(work, path)
    kept = summary.counts["readings"]
    assert 1_000 < kept < 2_000
    assert summary.problem == f"a.csv.gz: its gzip packing ends too early, after row {kept}"
    assert (summary.ok, len(await readings(work.store))) == (False, kept)
    assert add_up(summary)
    (run,) = await all_runs(work.store, "intake")
    assert (run.outcome, run.problem, run.counts["readings"]) == ("failed", summary.problem, kept)


async def test_a_repaired_file_continues_where_the_broken_one_ended(work: TakeIn, folder: Path):
    whole = write(folder / "a.csv", *rows(2_000)).read_bytes()
    packed = gzip.compress(whole)
    path = folder / "a.csv.gz"
    path.write_bytes(packed[: len(packed) * 3 // 4])
    (broken,) = await taken(work, path)
    path.write_bytes(packed)
    (repaired,) = await taken(work, path)
    assert repaired.ok
    assert repaired.counts["duplicates"] == broken.counts["readings"]
    assert broken.counts["readings"] + repaired.counts["readings"] == 2_000
    assert len(await readings(work.store)) == 2_000


async def test_rows_without_a_time_were_seen_at_the_first_try(work: TakeIn, folder: Path):
    # The first try breaks off; the others, of the same bytes, come days later.
    packed = gzip.compress(
        write(folder / "a.csv", *without("vid_scrapeTime", rows(900))).read_bytes()
    )
    path = folder / "a.csv.gz"
    path.write_bytes(packed[:-9])
    await taken(work, path)
    for later in (7, 9):
        (again,) = await taken(TakeIn(work.store, at(later), "test"), path)
        assert again.counts["readings"] == 0
    assert {one.observed_at for one in await readings(work.store)} == {at(5)}


@pytest.mark.parametrize(
    ("contents", "problem"),
    [
        pytest.param(b"", "a.csv: is empty", id="empty"),
        pytest.param(
            b"\x00\x01\x02",
            "a.csv: is binary, not JSON, JSONL, CSV or Parquet in UTF-8",
            id="binary",
        ),
        pytest.param(
            b"name,age\nx,1\n",
            "a.csv: no name in its first line is a count of a TikTok video",
            id="something else",
        ),
        pytest.param(b'[{"id": ', "a.csv: its JSON ends too early", id="cut off"),
    ],
)
async def test_what_is_no_export_is_refused_in_one_line(
    work: TakeIn, folder: Path, contents: bytes, problem: str
):
    path = folder / "a.csv"
    path.write_bytes(contents)
    (summary,) = await taken(work, path)
    assert summary.problem == problem
    assert summary.as_json()["outcome"] == "failed"


async def test_a_file_larger_than_allowed_is_refused(store: Store, folder: Path):
    work = TakeIn(store, at(5), "test", Limits(file_bytes=1_000))
    (summary,) = await taken(work, write(folder / "a.csv", *rows(50)))
    assert summary.problem is not None
    assert summary.problem.startswith("a.csv: holds more than 1,000 bytes")


async def test_a_file_that_is_not_there_is_told_in_words(work: TakeIn, folder: Path):
    (summary,) = await taken(work, folder / "none.csv")
    assert summary.problem == "none.csv can't be read: No such file or directory"
    assert await all_runs(work.store, "intake") == []


async def test_a_folder_in_place_of_a_file_is_told_in_words(work: TakeIn, folder: Path):
    (summary,) = await taken(work, folder)
    assert summary.problem == "exports can't be read: Is a directory"


async def test_files_are_taken_in_the_order_given(work: TakeIn, folder: Path):
    late = write(folder / "late.csv", row(0, vid_scrapeTime="2026-11-05 08:00:00"))
    early = write(folder / "early.csv", row(0))
    done = await taken(work, late, early)
    assert [one.source for one in done] == ["late.csv", "early.csv"]
    assert [one.counts["readings"] for one in done] == [1, 1]


async def test_a_run_is_written_down_for_each_file(work: TakeIn, folder: Path):
    await taken(work, write(folder / "a.csv", *rows(2)), write(folder / "b.csv", row(7)))
    first, second = await all_runs(work.store, "intake")
    assert (first.source, second.source) == ("a.csv", "b.csv")
    assert (first.actor, first.as_of, first.outcome) == ("test", at(5), "done")
    assert first.counts["readings"] == 2
    assert len(first.source_digest or "") == 64
    assert {one.run_id for one in await readings(work.store)} == {first.run_id, second.run_id}


async def test_progress_tells_the_rows_read_so_far(store: Store, folder: Path):
    told: list[tuple[str, int, int]] = []
    work = TakeIn(store, at(5), "test", progress=lambda *one: told.append(one))
    await taken(work, write(folder / "a.csv", *rows(700)))
    assert told == [("read a.csv", rows_so_far, 0) for rows_so_far in (500, 700, 700)]


async def test_a_summary_of_a_file_is_plain_json(work: TakeIn, folder: Path):
    (summary,) = await taken(work, write(folder / "a.csv", row(0), row(1, vid_nlike="plenty")))
    assert summary.as_json() == {
        "job": "intake",
        "as_of": "2026-11-06T08:00:00+00:00",
        "source": "a.csv",
        "outcome": "done",
        "counts": {"rows": 2, "videos": 1, "readings": 1, "duplicates": 0, "rejected": 1},
        "rejects_file": str(folder / "rejects" / "a.csv.rejects.csv"),
        "rejected": {"likes: not a number": 1},
    }
