"""Whatever is corrected, undone and spent: points are those of the figures that stand."""

import asyncio
from itertools import count
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import check, judging, ledger, runs, videos
from db.creators import id_by_handle
from db.judging import Judged
from db.ledger import Movement
from db.models import Account, Video
from db.refused import Refused
from db.store import Store
from scoring import recheck
from scoring.correct import Figure, correct, put_back
from scoring.estimate import estimate_batch
from scoring.rescore import Asked, Made
from scoring.settle import settle_batch
from tests.scoring.programme import BASELINE, PLAN, at, season, seen

FIELDS = ("views", "likes", "shares", "bookmarks", "comments", "sentiment")
VALUES = {
    "views": st.integers(500, 2_000),
    "likes": st.integers(0, 400),
    "shares": st.integers(0, 30),
    "bookmarks": st.integers(0, 30),
    "comments": st.integers(0, 30),
    "sentiment": st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0)),
}
STEPS = st.lists(
    st.one_of(
        *(st.tuples(st.just(field), values) for field, values in VALUES.items()),
        st.tuples(st.just("undo"), st.just(0)),
        st.tuples(st.just("spend"), st.integers(1, 200)),
    ),
    max_size=10,
)
_examples = count()


def worth(figures: dict[str, float]) -> int:
    """The plain formula, written down anew."""
    *counts, sentiment = (figures[name] for name in FIELDS)
    seven = (*counts, sum(counts[1:]) / counts[0], sentiment)
    z = ((x - mu) / sd for x, mu, sd in zip(seven, BASELINE.mu, BASELINE.sd, strict=True))
    return max(0, floor(round(100 + 10 * sum(z), 6) + 0.5))


def settle_one(session: Session, number: int) -> tuple[str, str]:
    """Let a video of a creator of its own settle at 100 points; return both ids."""
    video_id, handle = str(7_800_000_000_000_000_000 + number), f"law.{number}"
    run_id = runs.start(session, f"intake {number}", "test", at(14), at(14))
    videos.record(session, [seen(14, video_id, handle=handle)], run_id)
    judging.keep(session, "m", "1", [Judged(video_id, 0.5, "", 1, None)], at(14))
    session.flush()
    estimate_batch(session, PLAN, at(15), "", 500)
    settle_batch(session, PLAN, at(15), "", 500)
    return video_id, id_by_handle(handle)


def obey(session: Session, steps: list[tuple[str, float]]) -> None:
    number = next(_examples)
    video_id, creator_id = settle_one(session, number)
    figures = dict(zip(FIELDS, (1000, 100, 10, 10, 10, 0.5), strict=True))
    spent, past = 0, list[tuple[dict[str, float], Made, Made, str]]()
    for place, (step, value) in enumerate(steps):
        name, asked = f"{number}-{place}", Asked("why", "discord:7", PLAN, at(20))
        if step == "spend":
            spent += spend(session, creator_id, int(value), name)
        elif step == "undo" and past:
            figures, before, after, appeal = past.pop()
            put_back(session, video_id, after, before, appeal, asked)
        elif step in FIELDS:
            try:
                done = correct(session, Figure(video_id, step, value), name, asked)
            except Refused:
                assert value == figures[step]
            else:
                past.append((figures, done.before, done.after, name))
                figures = figures | {step: value}
        assert points_of(session, video_id) == worth(figures)
        account = session.get_one(Account, ledger.creator_account(creator_id))
        session.refresh(account)
        assert (account.balance or 0) - account.owed == worth(figures) - spent


def spend(session: Session, creator_id: str, amount: int, key: str) -> int:
    """Spend so much where there is so much; return what was spent."""
    if ledger.balance_of(session, creator_id) < amount:
        return 0
    account = ledger.creator_account(creator_id)
    gone = Movement(key, ledger.ADJUSTMENT, amount, account, ledger.ISSUED, "spent", "test")
    ledger.move(session, gone, at(20))
    return amount


def points_of(session: Session, video_id: str) -> int | None:
    return session.scalar(select(Video.video_points).where(Video.video_id == video_id))


async def test_points_are_those_of_the_figures_that_stand_and_the_books_agree(
    sqlite_store: Store,
):
    loop = asyncio.get_running_loop()
    await season(sqlite_store)

    @settings(max_examples=60, deadline=None)
    @given(steps=STEPS)
    def law(steps: list[tuple[str, float]]) -> None:
        work = sqlite_store.write(obey, steps)
        asyncio.run_coroutine_threadsafe(work, loop).result(30)

    await asyncio.to_thread(law)
    assert await sqlite_store.read(lambda session: list(check.books(session))) == []
    assert await sqlite_store.read(lambda session: list(recheck.awards(session))) == []
