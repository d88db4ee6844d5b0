"""Every award, made again from the baseline, the reading and the sentiment that it names."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Row, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from db import ledger, settlements
from db.models import Baseline as KeptBaseline
from db.models import Entry, Reading, Sentiment, Transfer, Video
from scoring.estimate import observations, parsed
from scoring.formula.baseline import Baseline
from scoring.formula.score import score

CHUNK = 2_000
Settled = Row[
    int | None, int | None, int | None, int | None, int | None, float | None, str, int | None,
    str | None, str | None, int, str | None, str | None,
]  # fmt: skip
"""Five counts and sentiment; video_id, video_points, baseline_id, sentiment_id; the award, and the
ids of the reading and the sentiment where they stand in their tables as this video's own."""


def awards(session: Session) -> Iterator[str]:
    """Yield one line for each settled video or award that can't be derived; else nothing.

    A video that earned 0 has no award, and one whose award was reversed is open again. Of one that
    settled more than once every earlier award has its reversal, which the ledger's own check tells
    to be the exact opposite.
    """
    baselines: dict[str, Baseline] = {}
    yield from _read_baselines(session, baselines)
    for chunk in session.execute(_settled()).partitions(CHUNK):
        yield from _disagreements(baselines, chunk)
    yield from _strays(session)


def count_settled(session: Session) -> int:
    """Return how many videos have settled."""
    settled = select(func.count()).where(Video.settled_at.is_not(None))
    return session.scalar(settled) or 0


def _read_baselines(session: Session, baselines: dict[str, Baseline]) -> Iterator[str]:
    """Read the baselines; yield those whose contents no longer give their id."""
    for kept in session.scalars(select(KeptBaseline).order_by(KeptBaseline.baseline_id)):
        try:
            found = baselines[kept.baseline_id] = parsed(kept.parameters)
        except ValueError as error:
            yield f"baseline {kept.baseline_id} can't be read: {error}"
        else:
            if found.baseline_id != kept.baseline_id:
                yield f"baseline {kept.baseline_id} was changed after it was kept"


def _settled() -> Select[
    int | None, int | None, int | None, int | None, int | None, float | None, str, int | None,
    str | None, str | None, int, str | None, str | None,
]:  # fmt: skip
    reversal = aliased(Transfer)
    stands = case((reversal.transfer_id.is_(None), Transfer.amount), else_=0)
    return (
        select(
            Reading.views,
            Reading.likes,
            Reading.shares,
            Reading.bookmarks,
            Reading.comments,
            Sentiment.sentiment,
            Video.video_id,
            Video.video_points,
            Video.baseline_id,
            Video.sentiment_id,
            func.coalesce(stands, 0).label("awarded"),
            Reading.reading_id.label("reading_found"),
            Sentiment.sentiment_id.label("sentiment_found"),
        )
        .outerjoin(
            Transfer,
            (Transfer.key == settlements.standing_key()) & (Transfer.kind == ledger.AWARD),
        )
        .outerjoin(reversal, reversal.reverses == Transfer.transfer_id)
        .outerjoin(
            Reading,
            (Reading.reading_id == Video.reading_id) & (Reading.video_id == Video.video_id),
        )
        .outerjoin(
            Sentiment,
            (Sentiment.sentiment_id == Video.sentiment_id) & (Sentiment.video_id == Video.video_id),
        )
        .where(Video.settled_at.is_not(None))
        .execution_options(yield_per=CHUNK)
    )


def _disagreements(baselines: Mapping[str, Baseline], chunk: Sequence[Settled]) -> Iterator[str]:
    by_baseline: dict[str, list[Settled]] = defaultdict(list)
    for one in chunk:
        if one.baseline_id not in baselines or one.reading_found is None:
            missing = "its baseline or a reading of its own"
            yield f"video {one.video_id} has settled, and {missing} is missing"
        elif one.sentiment_found != one.sentiment_id:
            yield f"video {one.video_id} has settled, and a sentiment of its own is missing"
        else:
            by_baseline[one.baseline_id].append(one)
    for baseline_id, videos in by_baseline.items():
        derived = score(observations([one[:6] for one in videos]), baselines[baseline_id])
        for one, points in zip(videos, derived, strict=True):
            if not one.video_points == one.awarded == points:
                yield (
                    f"video {one.video_id} was awarded {one.awarded}, "
                    f"shows {one.video_points}, and derives {points}"
                )


def _strays(session: Session) -> Iterator[str]:
    """Yield awards not reversed whose video is open, or tells of another one or another creator."""
    paid = select(Entry.transfer_id, Entry.account_id).where(Entry.amount > 0).subquery()
    reversal = aliased(Transfer)
    statement = (
        select(Transfer.key)
        .outerjoin(Video, Video.video_id == Transfer.video_id)
        .outerjoin(paid, paid.c.transfer_id == Transfer.transfer_id)
        .outerjoin(reversal, reversal.reverses == Transfer.transfer_id)
        .where(
            Transfer.kind == ledger.AWARD,
            paid.c.account_id.is_distinct_from(ledger.creator_account("") + Video.creator_id)
            | and_(
                reversal.transfer_id.is_(None),
                Video.settled_at.is_(None)
                | (Transfer.key != settlements.standing_key())
                | Transfer.reading_id.is_distinct_from(Video.reading_id)
                | Transfer.sentiment_id.is_distinct_from(Video.sentiment_id)
                | Transfer.baseline_id.is_distinct_from(Video.baseline_id),
            ),
        )
        .order_by(Transfer.key)
    )
    for key in session.scalars(statement):
        yield f"award {key} does not agree with its video: it is open, or says something else"
