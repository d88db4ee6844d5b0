"""`fairpoints job judge` as it is run: killed twice, out of budget once, and right in the end."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.cloud_storage import Emulator, emulator
from tests.fakes.gemini_server import gemini_server
from tests.judging_ordeal import AT_ONCE, SAMPLES, Mind, Ordeal, problems

VIDEOS = {"sqlite": 200, "postgres": 100}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Emulator]:
    with emulator() as started:
        yield started


async def test_each_question_is_answered_once_at_most_whatever_is_killed(
    kind: str, url: str, tmp_path: Path, cloud: Emulator
):
    cloud.server.wipe(keep_buckets=True)
    mind = Mind()
    async with gemini_server(mind) as server:
        ordeal = Ordeal(tmp_path, url, cloud, server, mind)
        await ordeal.fill(VIDEOS[kind])
        await ordeal.run_and_kill(after=60)
        await ordeal.run_and_kill(after=60)
        before = sum(one.calls for one in (await ordeal.found()).spent)

        poor = await ordeal.run(budget__calls=before + 70)
        spent = sum(one.calls for one in (await ordeal.found()).spent)
        assert before + 60 < spent <= before + 70
        assert poor["not_done"].startswith("The day's budget for watching is spent; ")
        assert poor["counts"]["left"] > 0

        rich = await ordeal.finish()
        assert ("problem" in rich, "not_done" in rich) == (False, False)
        found = await ordeal.found()
        assert list(problems(found, mind, VIDEOS[kind])) == []
        lost = found.of_state("lost")
        assert 0 < len(lost) <= 2 * AT_ONCE * SAMPLES
        assert {one.state for one in found.judgements} <= {"judged", "refused", "failed"}
        judged = sum(one.state == "judged" for one in found.judgements)
        assert judged > 0.95 * VIDEOS[kind]
        assert server.wrong == []


async def test_what_is_told_to_stop_says_so_and_the_next_begins_at_once(
    sqlite_url: str, tmp_path: Path, cloud: Emulator
):
    cloud.server.wipe(keep_buckets=True)
    mind = Mind()
    async with gemini_server(mind) as server:
        ordeal = Ordeal(tmp_path, sqlite_url, cloud, server, mind)
        await ordeal.fill(40)
        process = await ordeal.start()
        await mind.until(20)
        process.terminate()
        async with asyncio.timeout(ordeal.seconds):
            await process.communicate()
        assert process.returncode == 130
        assert "problem" not in await ordeal.finish()
        assert list(problems(await ordeal.found(), mind, 40)) == []
