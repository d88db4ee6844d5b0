"""The record of moderators' acts, sentiments, seasons and baselines."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import audit, judging, seasons, videos
from db.audit import Act
from db.judging import Judged, Unjudged
from db.models import Audit, Baseline, Season, Video
from db.store import Store
from tests.db.programme import DAY, NOW, RUN, begin_run, open_creators, open_videos, seen

GRANT = Act("mod grant", "ann", "dc:1", "discord:9", "thanks", before={"b": 1}, after=[1, "ü"])


async def test_an_act_is_recorded_with_actor_reason_and_what_it_changed(store: Store):
    await store.write(audit.note, GRANT, NOW)
    one = await store.read(lambda session: session.query(Audit).one())
    assert (one.act, one.subject, one.key) == ("mod grant", "ann", "dc:1")
    assert (one.actor, one.reason, one.created_at) == ("discord:9", "thanks", NOW)
    assert (one.before, one.after) == ({"b": 1}, [1, "ü"])


async def test_a_request_does_an_act_once_but_may_do_several(store: Store):
    await store.write(audit.note, GRANT, NOW)
    assert await store.read(audit.seen, "dc:1", "mod grant")
    assert not await store.read(audit.seen, "dc:2", "mod grant")
    assert not await store.read(audit.seen, "dc:1", "mod verify")
    with pytest.raises(IntegrityError):
        await store.write(audit.note, GRANT, NOW)
    await store.write(audit.note, Act("mod verify", "ann", "dc:1", "discord:9", "x"), NOW)
    assert await store.read(lambda one: one.scalar(select(func.count(Audit.audit_id)))) == 2


def some_videos(session: Session) -> None:
    open_creators(session, ann=0)
    open_videos(session, "ann", "v0", "v1", "v2", "v3", "v4")
    for one in ("v1", "v2", "v3", "v4"):
        session.get_one(Video, one).caption = "Hello"
    session.get_one(Video, "v4").settled_at = NOW


def calm(video_id: str, sentiment: float | None = 0.5) -> Judged:
    return Judged(video_id, sentiment, "calm", 1, None)


async def test_open_videos_with_a_caption_wait_for_each_judge_page_by_page(store: Store):
    await store.write(some_videos)
    first = await store.read(judging.unjudged, "caption", "1", "", 2)
    assert first == [Unjudged("v1", "Hello"), Unjudged("v2", "Hello")]
    assert await store.read(judging.unjudged, "caption", "1", "v2", 2) == [Unjudged("v3", "Hello")]
    assert await store.read(judging.count_unjudged, "caption", "1") == 3


async def test_what_a_judge_judged_waits_for_others_only(store: Store):
    await store.write(some_videos)
    await store.write(judging.keep, "caption", "1", [calm("v1"), calm("v2", None)], NOW)
    assert await store.read(judging.count_unjudged, "caption", "1") == 1
    assert await store.read(judging.count_unjudged, "caption", "2") == 3
    assert await store.read(judging.count_unjudged, "gemini", "1") == 3


async def test_a_sentiment_opens_its_video_for_estimating_again_unless_it_has_settled(
    store: Store,
):
    await store.write(some_videos)
    await store.write(_all_estimated)
    await store.write(judging.keep, "caption", "1", [calm("v1"), calm("v4")], NOW)
    changed = select(Video.video_id).where(Video.changed == 1)
    assert await store.read(lambda one: one.scalars(changed).all()) == ["v1"]


def _all_estimated(session: Session) -> None:
    for one in session.scalars(select(Video)):
        one.changed = 0


async def test_judging_again_keeps_the_first(store: Store):
    await store.write(some_videos)
    await store.write(judging.keep, "caption", "1", [calm("v1", 0.5)], NOW)
    await store.write(judging.keep, "caption", "1", [calm("v1", 0.9)], NOW + DAY)
    assert await store.read(seasons.sentiments_of_window, None) == {"v1": 0.5}
    assert await store.write(judging.keep, "caption", "1", [], NOW) == 0


async def test_a_window_holds_the_newest_sentiment_of_each_video(store: Store):
    await store.write(some_videos)
    await store.write(judging.keep, "gemini", "1", [calm("v1", 0.9)], NOW + DAY)
    await store.write(judging.keep, "caption", "1", [calm("v1", 0.2), calm("v2", 0.4)], NOW)
    await store.write(judging.keep, "caption", "1", [calm("v3", None)], NOW)
    assert await store.read(seasons.sentiments_of_window, None) == {"v1": 0.9, "v2": 0.4}
    assert await store.read(seasons.sentiments_of_window, NOW) == {}


def _keep_baselines(session: Session) -> None:
    for one in ("b1", "b2"):
        seasons.keep_baseline(session, one, f'"{one}"', origin="fitted", video_count=9, now=NOW)


async def test_a_baseline_is_kept_once_under_its_id(store: Store):
    await store.write(_keep_baselines)
    await store.write(_keep_baselines)
    kept = await store.read(lambda one: one.scalars(select(Baseline.baseline_id)).all())
    assert sorted(kept) == ["b1", "b2"]


async def test_a_season_begins_once_and_holds_until_the_next(store: Store):
    await store.write(_keep_baselines)
    begun = [
        await store.write(seasons.begin, start, start + 91 * DAY, baseline, NOW)
        for start, baseline in [(NOW, "b1"), (NOW, "b2"), (NOW + 91 * DAY, "b2")]
    ]
    assert begun == [True, False, True]
    assert await store.read(seasons.current, NOW - DAY) is None
    held = [await store.read(_baseline_at, NOW + days * DAY) for days in (0, 90, 91, 500)]
    assert held == ["b1", "b1", "b2", "b2"]
    starts = [one.starts_at for one in await store.read(seasons.all_of)]
    assert starts == [NOW, NOW + 91 * DAY]


def _baseline_at(session: Session, now: object) -> str | None:
    season: Season | None = seasons.current(session, now)
    return season and season.baseline_id


async def test_a_window_streams_each_videos_readings_together_in_order(store: Store):
    rows = [
        seen("v2", "ann", NOW, likes=1),
        seen("v1", "ann", NOW + DAY, likes=3),
        seen("v1", "ann", NOW, likes=2),
        seen("v3", "ann", NOW, date_posted=NOW - 90 * DAY),
        seen("v4", "ann", NOW + 2 * DAY),
    ]
    await store.write(begin_run)
    await store.write(videos.record, rows, RUN)

    def told(session: Session) -> list[tuple[str, int | None]]:
        first, last = NOW - 60 * DAY, NOW + DAY
        found = seasons.readings_of_window(session, first, last)
        return [(one.video_id, one.likes) for one in found]

    assert await store.read(told) == [("v1", 2), ("v1", 3), ("v2", 1)]
