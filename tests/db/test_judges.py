"""Judges: the first is adopted at once, each further one is on trial."""

import asyncio

from sqlalchemy import update
from sqlalchemy.orm import Session

from db import corrections, judges, judging
from db.corrections import Source
from db.judges import FIRST, Named
from db.judging import Judged
from db.models import Judge
from db.store import Store
from tests.db.programme import DAY, NOW, open_creators, open_videos
from tests.db.watching import JUDGE, OTHER


def a_video(session: Session) -> None:
    open_creators(session, ann=0)
    open_videos(session, "ann", "v1")


def judged(session: Session) -> None:
    judging.keep(session, "caption", "1", [Judged("v1", 0.5, "calm", 1, None)], NOW)


async def test_where_nobody_judged_before_a_judge_is_adopted_at_once(store: Store):
    first = await store.write(judges.standing, JUDGE, NOW)
    assert first == (judges.id_of(JUDGE), True, True)
    (one,) = await store.read(judges.adopted)
    assert (one.model, one.prompt_version, one.adopted_at, one.adopted_by) == (
        *JUDGE, NOW, FIRST,
    )  # fmt: skip


async def test_where_somebody_judged_before_a_judge_is_on_trial(store: Store):
    await store.write(a_video)
    await store.write(judged)
    assert await store.write(judges.standing, JUDGE, NOW) == (judges.id_of(JUDGE), False, False)
    assert await store.read(judges.adopted) == []


async def test_what_moderators_said_themselves_makes_no_judge(store: Store):
    await store.write(a_video)
    source = Source("a1", "console:mo", "it is a joke")
    await store.write(corrections.sentiment, "v1", 0.5, source, NOW)
    assert (await store.write(judges.standing, JUDGE, NOW)).is_adopted


async def test_a_judge_stands_as_it_stood_when_it_is_met_again(store: Store):
    first = await store.write(judges.standing, JUDGE, NOW)
    await store.write(a_video)
    await store.write(judged)
    assert await store.write(judges.standing, JUDGE, NOW + DAY) == first
    assert not (await store.write(judges.standing, OTHER, NOW)).is_adopted


async def test_another_rubric_is_another_judge(store: Store):
    await store.write(judges.standing, JUDGE, NOW)
    await store.write(a_video)
    await store.write(judged)
    other = await store.write(judges.standing, OTHER, NOW)
    assert other.judge_id != judges.id_of(JUDGE)


async def test_the_one_adopted_last_comes_first(store: Store):
    for day, named in enumerate((OTHER, JUDGE)):
        await store.write(judges.standing, named, NOW + day * DAY)
    found = await store.read(judges.adopted)
    assert [Named(one.model, one.prompt_version) for one in found] == [JUDGE, OTHER]
    later = update(Judge).where(Judge.prompt_version == OTHER.prompt_version)
    await store.write(lambda one: one.execute(later.values(adopted_at=NOW + 2 * DAY)) and None)
    assert (await store.read(judges.adopted))[0].prompt_version == OTHER.prompt_version


async def test_a_judge_is_found_by_the_id_that_people_type(store: Store):
    standing = await store.write(judges.standing, JUDGE, NOW)
    found = await store.read(judges.by_id, f" {standing.judge_id.upper()} ")
    assert found is not None
    assert found.model == JUDGE.model
    assert await store.read(judges.by_id, "nobody") is None


async def test_two_that_meet_it_at_once_know_one_judge(store: Store):
    both = (store.write(judges.standing, JUDGE, NOW) for _ in range(2))
    async with asyncio.timeout(20):
        first, second = await asyncio.gather(*both)
    assert first == second
    assert len(await store.read(judges.adopted)) == 1
