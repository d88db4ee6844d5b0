"""Whoever sets a bucket up and gives its files other names is told, and mends it in one step."""

from dataclasses import replace

from db import files
from db.store import Store
from scoring.files import Looking, look
from scoring.run import Running
from tests.fakes.cloud_storage import Double
from tests.scoring.programme import OTHER, VIDEO, at, seen, take

RIGHT = "videos/{video_id}.mp4"


async def test_where_no_file_was_ever_found_a_name_is_told(
    store: Store, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1))
    told = [(await look(replace(look_at_day_5, now=at(days)), run)).note for days in (5, 5.01)]
    for note in told:
        assert note is not None
        assert note.reason == (
            f"No video's file was found yet, such as gs://our-videos/videos/{VIDEO}.mp4: "
            "bucket.videos says how they are called."
        )


async def test_once_a_file_was_found_a_missing_one_is_a_matter_of_its_video_alone(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    cloud.put(f"videos/{OTHER}.mp4", b"a video")
    await take(store, seen(1), seen(1, OTHER))
    looked = await look(look_at_day_5, run)
    assert (looked.counts["missing"], looked.counts["found"], looked.note) == (1, 1, None)


async def test_missing_files_are_looked_for_at_once_under_names_that_were_mended(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    cloud.put(f"videos/{VIDEO}.mp4", b"a video")
    await take(store, seen(1), seen(1, OTHER))
    wrong = replace(look_at_day_5, template="{video_id}.mp4")
    assert (await look(wrong, run)).counts == {"looked_for": 2, "missing": 2}
    assert not (await look(wrong, run)).counts
    right = replace(look_at_day_5, template=RIGHT)
    assert (await look(right, run)).counts == {"looked_for": 2, "missing": 1, "found": 1}
    assert not (await look(right, run)).counts
    found = await store.read(files.of_video, VIDEO)
    assert found is not None
    assert found.name == f"videos/{VIDEO}.mp4"


async def test_whoever_waits_for_it_has_missing_files_looked_for_at_once(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    await take(store, seen(1), seen(1, OTHER))
    assert (await look(look_at_day_5, run)).counts["missing"] == 2
    cloud.put(f"videos/{VIDEO}.mp4", b"a video")
    assert not (await look(look_at_day_5, run)).counts
    anew = replace(look_at_day_5, anew=True)
    assert (await look(anew, run)).counts == {"looked_for": 2, "missing": 1, "found": 1}
    assert (await look(anew, run)).counts == {"looked_for": 1, "missing": 1}


async def test_a_file_that_was_found_stays_under_its_name(
    store: Store, cloud: Double, look_at_day_5: Looking, run: Running
):
    cloud.put(f"videos/{VIDEO}.mp4", b"a video")
    await take(store, seen(1))
    await look(look_at_day_5, run)
    assert not (await look(replace(look_at_day_5, template="{video_id}.mp4"), run)).counts
