"""The check of awards: clean after any refresh, and every kind of tampering is named."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Executable, delete, func, select, update
from sqlalchemy.orm import Session

from db import ledger, settlements
from db.creators import id_by_handle
from db.models import Baseline as KeptBaseline
from db.models import Entry, Reading, Sentiment, Transfer, Video
from db.store import Store
from scoring import recheck
from scoring.refresh import Refresh, refresh
from tests.scoring.programme import (
    BASELINE,
    OTHER,
    PLAN,
    THIRD,
    VIDEO,
    at,
    awards,
    disagreements,
    disarm,
    judged,
    points,
    season,
    seen,
    take,
)


@pytest.fixture
async def programme(store: Store) -> Store:
    """A video that settled at 100, one at 130, and one at 0."""
    await season(store)
    await take(
        store,
        seen(14),
        seen(15),
        seen(14, OTHER, likes=110, handle="brisk.demo"),
        seen(14, THIRD, views=99),
    )
    await judged(store, 0.5)
    await judged(store, 0.75, video_id=OTHER)
    await judged(store, 0.5, video_id=THIRD)
    await refresh(Refresh(store, PLAN, at(16)), "test")
    return store


class Found(Exception):
    """Carries what was found out of a transaction, and undoes it."""

    def __init__(self, said: list[str]) -> None:
        self.said = said


async def tamper(store: Store, *changes: Executable) -> list[str]:
    """Return what the check of awards says of changes that the triggers would not let pass."""
    with pytest.raises(Found) as found:
        await store.write(_tamper, changes)
    return found.value.said


def _tamper(session: Session, changes: Sequence[Executable]) -> None:
    disarm(session)
    for one in changes:
        session.connection().execute(one)
    raise Found(list(recheck.awards(session)))


def changed(table: Any, video_id: str = VIDEO, **values: object) -> Executable:
    return update(table).where(table.video_id == video_id).values(**values)


def gone(table: Any, video_id: str = VIDEO) -> Executable:
    return delete(table).where(table.video_id == video_id)


def differs(video_id: str, awarded: int, shows: int, derives: int) -> str:
    return f"video {video_id} was awarded {awarded}, shows {shows}, and derives {derives}"


STRAY = (
    f"award settle-video:{VIDEO} does not agree with its video: it is open, or says something else"
)
TAMPERED = f"baseline {BASELINE.baseline_id} was changed after it was kept"


async def test_nothing_disagrees_after_a_refresh(programme: Store):
    assert [await points(programme, one) for one in (VIDEO, OTHER, THIRD)] == [100, 130, 0]
    assert await programme.read(recheck.count_settled) == 3
    assert await disagreements(programme) == []


async def test_nothing_disagrees_in_an_empty_programme(store: Store):
    assert await disagreements(store) == []
    assert await store.read(recheck.count_settled) == 0


async def test_nothing_disagrees_after_later_readings_and_judgements(programme: Store):
    await take(programme, seen(20, likes=900))
    await judged(programme, 1.0, model="another")
    await refresh(Refresh(programme, PLAN, at(21)), "test")
    assert await disagreements(programme) == []


async def test_nothing_disagrees_after_a_settlement_was_taken_back(programme: Store):
    await programme.write(settlements.take_back, [VIDEO], "bought likes", "mod", at(17))
    assert await disagreements(programme) == []


async def test_a_settled_video_whose_award_was_reversed_is_named(programme: Store):
    transfer_id = (await awards(programme))[0].transfer_id
    await programme.write(ledger.reverse, transfer_id, "bought likes", "mod", at(17))
    assert await disagreements(programme) == [differs(VIDEO, 0, 100, 100)]


async def test_estimates_of_open_videos_are_not_checked(store: Store):
    await season(store)
    await take(store, seen(3))
    await refresh(Refresh(store, PLAN, at(4)), "test")
    assert await tamper(store, changed(Video, video_points=7)) == []


async def test_changed_points_are_named(programme: Store):
    said = await tamper(programme, changed(Video, video_points=900))
    assert said == [differs(VIDEO, 100, 900, 100)]


async def test_points_given_to_a_video_that_earned_none_are_named(programme: Store):
    said = await tamper(programme, changed(Video, THIRD, video_points=50))
    assert said == [differs(THIRD, 0, 50, 0)]


async def test_a_changed_amount_of_an_award_is_named(programme: Store):
    said = await tamper(programme, changed(Transfer, amount=900))
    assert said == [differs(VIDEO, 900, 100, 100)]


async def test_points_and_award_changed_alike_are_named(programme: Store):
    said = await tamper(programme, changed(Transfer, amount=900), changed(Video, video_points=900))
    assert said == [differs(VIDEO, 900, 900, 100)]


async def test_an_award_that_is_gone_is_named(programme: Store):
    of_video = select(Transfer.transfer_id).where(Transfer.video_id == VIDEO)
    entries = delete(Entry).where(Entry.transfer_id.in_(of_video))
    said = await tamper(programme, entries, gone(Transfer))
    assert said == [differs(VIDEO, 0, 100, 100)]


async def test_a_changed_reading_is_named(programme: Store):
    assert await tamper(programme, changed(Reading, likes=110)) == [differs(VIDEO, 100, 100, 120)]


async def test_a_changed_sentiment_is_named(programme: Store):
    said = await tamper(programme, changed(Sentiment, sentiment=0.75))
    assert said == [differs(VIDEO, 100, 100, 110)]


async def test_a_sentiment_that_is_gone_is_named(programme: Store):
    said = await tamper(programme, gone(Sentiment))
    assert said == [f"video {VIDEO} has settled, and a sentiment of its own is missing"]


def replaced(old: str, new: str) -> Executable:
    """Replace a part of each baseline's parameters."""
    return update(KeptBaseline).values(parameters=func.replace(KeptBaseline.parameters, old, new))


async def test_a_changed_baseline_is_named_with_all_that_it_changes(programme: Store):
    said = await tamper(programme, replaced('"intercept":100.0', '"intercept":200.0'))
    assert said[0] == TAMPERED
    assert sorted(said[1:]) == [differs(VIDEO, 100, 100, 200), differs(OTHER, 130, 130, 230)]


async def test_a_baseline_changed_without_effect_is_named(programme: Store):
    assert await tamper(programme, replaced('"videos":300', '"videos":301')) == [TAMPERED]


async def test_a_baseline_that_is_none_is_named_and_so_are_its_videos(programme: Store):
    said = await tamper(programme, update(KeptBaseline).values(parameters="{}"))
    assert said[0].startswith(f"baseline {BASELINE.baseline_id} can't be read: ")
    assert sorted(said[1:]) == [
        f"video {one} has settled, and its baseline or a reading of its own is missing"
        for one in (VIDEO, OTHER, THIRD)
    ]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"settled_at": None}, id="opened again"),
        pytest.param({"reading_id": f"{VIDEO}@20261116T080000Z"}, id="another reading"),
        pytest.param({"creator_id": id_by_handle("brisk.demo")}, id="another creator"),
    ],
)
async def test_an_award_that_does_not_agree_with_its_video_is_named(
    programme: Store, change: dict[str, object]
):
    assert await tamper(programme, changed(Video, **change)) == [STRAY]


async def test_evidence_that_was_taken_away_is_named(programme: Store):
    said = await tamper(programme, changed(Video, THIRD, reading_id=None))
    assert said == [
        f"video {THIRD} has settled, and its baseline or a reading of its own is missing"
    ]


async def test_anothers_reading_is_named_though_award_and_points_follow_it(programme: Store):
    of_other = select(Reading.reading_id).where(Reading.video_id == OTHER).scalar_subquery()
    said = await tamper(
        programme,
        changed(Video, reading_id=of_other, video_points=130),
        changed(Transfer, reading_id=of_other, amount=130),
    )
    assert said == [
        f"video {VIDEO} has settled, and its baseline or a reading of its own is missing"
    ]


async def test_anothers_sentiment_is_named_though_award_and_points_follow_it(programme: Store):
    of_other = select(Sentiment.sentiment_id).where(Sentiment.video_id == OTHER).scalar_subquery()
    said = await tamper(
        programme,
        changed(Video, sentiment_id=of_other, video_points=110),
        changed(Transfer, sentiment_id=of_other, amount=110),
    )
    assert said == [f"video {VIDEO} has settled, and a sentiment of its own is missing"]


async def test_an_award_that_names_another_sentiment_of_its_video_is_named(programme: Store):
    await judged(programme, 0.5, model="another")  # which would have come to the same points
    other = (
        select(Sentiment.sentiment_id)
        .where(Sentiment.video_id == VIDEO, Sentiment.model == "another")
        .scalar_subquery()
    )
    assert await tamper(programme, changed(Transfer, sentiment_id=other)) == [STRAY]


async def test_what_stands_under_an_awards_key_and_is_none_is_named(programme: Store):
    said = await tamper(programme, changed(Transfer, kind=ledger.ADJUSTMENT))
    assert said == [differs(VIDEO, 0, 100, 100)]


async def test_an_award_of_an_open_video_is_named(programme: Store):
    said = await tamper(programme, changed(Video, settled_at=None, video_points=None))
    assert said == [STRAY]
