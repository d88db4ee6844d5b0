"""Every award, made again from the baseline, the reading and the sentiment that it names."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Row, Select, func, literal, select
from sqlalchemy.orm import Session

from db import ledger
from db.models import Reading, Sentiment, Transfer, Video
from scoring.estimate import load_baseline, observations
from scoring.formula.score import score

CHUNK = 2_000
Settled = Row[
    str, int | None, str | None, int, str | None, int | None, int | None, int | None, int | None,
    int | None, float | None,
]  # fmt: skip


def awards(session: Session) -> Iterator[str]:
    """Yield one line for each settled video or award that can't be derived; else nothing.

    A video that earned 0 has no award. A corrected one has a reversal, and is told by the
    ledger's own check.
    """
    for chunk in session.execute(_settled()).partitions(CHUNK):
        yield from _disagreements(session, chunk)
    yield from _strays(session)


def count_settled(session: Session) -> int:
    """Return how many videos have settled."""
    settled = select(func.count()).where(Video.settled_at.is_not(None))
    return session.scalar(settled) or 0


def _settled() -> Select[
    str, int | None, str | None, int, str | None, int | None, int | None, int | None, int | None,
    int | None, float | None,
]:  # fmt: skip
    return (
        select(
            Video.video_id,
            Video.video_points,
            Video.baseline_id,
            func.coalesce(Transfer.amount, 0),
            Reading.reading_id,
            Reading.views,
            Reading.likes,
            Reading.shares,
            Reading.bookmarks,
            Reading.comments,
            Sentiment.sentiment,
        )
        .outerjoin(Transfer, Transfer.key == literal("settle-video:") + Video.video_id)
        .outerjoin(Reading, Reading.reading_id == Video.reading_id)
        .outerjoin(Sentiment, Sentiment.sentiment_id == Video.sentiment_id)
        .where(Video.settled_at.is_not(None))
        .execution_options(yield_per=CHUNK)
    )


def _disagreements(session: Session, chunk: Sequence[Settled]) -> Iterator[str]:
    by_baseline: dict[str, list[Settled]] = defaultdict(list)
    for one in chunk:
        if one[2] is None or one[4] is None:
            yield f"video {one[0]} has settled without a baseline or a reading"
        else:
            by_baseline[one[2]].append(one)
    for baseline_id, videos in by_baseline.items():
        seen = observations([one[5:] for one in videos])
        derived = score(seen, load_baseline(session, baseline_id))
        for one, points in zip(videos, derived, strict=True):
            if not one[1] == one[3] == points:
                yield f"video {one[0]} was awarded {one[3]}, shows {one[1]}, and derives {points}"


def _strays(session: Session) -> Iterator[str]:
    """Yield awards whose video is open, or whose evidence is another than the video's."""
    statement = (
        select(Transfer.key)
        .outerjoin(Video, Video.video_id == Transfer.video_id)
        .where(
            Transfer.kind == ledger.AWARD,
            Video.settled_at.is_(None)
            | Transfer.reading_id.is_distinct_from(Video.reading_id)
            | Transfer.sentiment_id.is_distinct_from(Video.sentiment_id)
            | Transfer.baseline_id.is_distinct_from(Video.baseline_id),
        )
    )
    for key in session.scalars(statement):
        yield f"award {key} names other evidence than its video, or its video is open"
