"""Two programs with one key, such as a rehearsal beside the true one: neither harms the other."""

from datetime import timedelta
from pathlib import Path

import pytest

from db import runs
from db.store import Store
from scoring.run import clock
from scoring.sentiment.gemini_batch import ROOM
from scoring.sentiment.uploads import ALONE, IN_BATCH, name_of, prefix_of
from tests.fakes.cloud_storage import Emulator
from tests.fakes.gemini_files import StoredFile
from tests.scoring.batches.world import batch_world
from tests.scoring.programme import at
from tests.scoring.watching_world import World, world


async def ended(store: Store) -> str:
    """A run that was killed and is over; its id."""
    run_id = await store.write(runs.start, "judge", "test", at(1), clock())
    await store.write(runs.finish, run_id, {}, clock(), "interrupted")
    return run_id


def lies_there(here: World, kind: str, owner: str) -> str:
    name = name_of(prefix_of(kind, owner), "a video")
    here.server.files[name] = StoredFile(name, "video/mp4", 3, b"old", looks_until_ready=0)
    return name


async def test_only_what_runs_of_its_own_left_is_deleted(store: Store, cloud: Emulator):
    async with world(store, cloud) as here:
        mine = lies_there(here, ALONE, await ended(store))
        others = [lies_there(here, ALONE, "another"), lies_there(here, IN_BATCH, "another")]
        await here.judge()
        assert here.server.deleted == [mine]
        assert sorted(here.server.files) == sorted(others)


async def test_both_may_show_the_same_video_at_once(store: Store, cloud: Emulator):
    async with world(store, cloud) as here:
        await here.post(1)
        await here.judge(inline_bytes=0)
        (upload,) = here.server.deleted
        (run,) = await store.read(runs.ended, "judge", clock() - timedelta(days=3))
        assert upload.startswith(f"files/{prefix_of(ALONE, run)}-")
        assert prefix_of(ALONE, run) != prefix_of(ALONE, "another")


@pytest.mark.parametrize("kind", [ALONE, IN_BATCH])
def test_a_name_is_no_longer_than_it_may_be(kind: str):
    assert len(name_of(prefix_of(kind, "a run"), "a video")) <= len("files/") + 40


async def test_runs_are_over_once_they_ended_and_forgotten_after_a_while(store: Store):
    over = await ended(store)
    await store.write(runs.start, "judge", "test", at(1), clock())
    assert await store.read(runs.ended, "judge", clock() - timedelta(days=3)) == [over]
    assert await store.read(runs.ended, "refresh", clock() - timedelta(days=3)) == []
    assert await store.read(runs.ended, "judge", clock() + timedelta(seconds=1)) == []


async def test_a_batchs_files_in_the_bucket_are_left_to_who_has_sent_it(
    sqlite_store: Store, cloud: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with batch_world(sqlite_store, cloud, "vertex", tmp_path, monkeypatch) as here:
        cloud.put(f"{ROOM}another/in.jsonl", b"{}")
        await here.post(1)
        await here.hand_over()
        await here.answered()
        assert await here.left_behind() == [f"{ROOM}another/in.jsonl"]


async def test_a_batchs_uploads_are_left_to_who_has_sent_it(
    sqlite_store: Store, cloud: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with batch_world(sqlite_store, cloud, "key", tmp_path, monkeypatch) as here:
        others = lies_there(here, IN_BATCH, "another")
        await here.post(1)
        await here.hand_over()
        await here.answered()
        assert await here.left_behind() == [others]
