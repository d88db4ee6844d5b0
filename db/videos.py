"""Videos and their readings: recorded from exports, listed and explained for chat."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from db import creators
from db.models import Baseline, Reading, Sentiment, Video
from db.observed import Observed, Rejected
from db.refused import Refused
from db.typed import contains

COUNTS = ("views", "likes", "shares", "bookmarks", "comments")
TEXTS = ("caption", "url")

Texts = Mapping[str, Mapping[str, str]]
"""Each of them by video_id, where a batch tells it."""


class Sort(Enum):
    """In which order a creator's videos are listed."""

    NEWEST = "newest"
    POINTS = "points"
    VIEWS = "views"
    LIKES = "likes"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a batch of rows changed."""

    counts: Counter[str]
    """videos, readings: new ones; duplicates: rows that said what was known."""
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A video as a list shows it."""

    video_id: str
    caption: str
    date_posted: datetime
    video_points: int | None
    settled_at: datetime | None
    views: int | None
    likes: int | None
    held_reason: str | None
    """None where no moderator holds it."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that a video's points were made from."""

    video: Video
    reading: Reading | None
    sentiment: Sentiment | None
    baseline: Baseline | None


def reading_id(video_id: str, observed_at: datetime) -> str:
    """Return the id that a video's reading of this moment has."""
    return f"{video_id}@{observed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def record(session: Session, rows: Sequence[Observed], run_id: str) -> Recorded:
    """Record a batch of rows: creators, videos and readings; what is known already is left alone.

    Two rows that give one video other counts at one moment contradict each other: the first
    stands, the second is rejected. So is a row that gives a video to another creator.
    """
    found = _found(session, rows)
    known = {one.video_id: one.creator_id for one in found}
    owners, strangers = creators.record(session, rows, known)
    if strangers:
        refused = set(strangers)
        rows = [row for row in rows if row not in refused]
    texts = {name: _first_told(rows, name) for name in TEXTS}
    counts: Counter[str] = Counter()
    counts["videos"] = _record_new(session, rows, owners, known, texts)
    _fill(session, [one.video_id for one in found if one.lacks_text], texts)
    fresh, rejected = _sift(session, rows, counts)
    rejected += [_of_another(row) for row in strangers]
    if fresh:
        readings = [_reading(row, run_id) for row in fresh.values()]
        session.connection().execute(_READINGS, readings)
        _mark_changed(session, known.keys() & {row.video_id for row in fresh.values()})
    counts["readings"] = len(fresh)
    return Recorded(counts, tuple(rejected))


# These carry many rows, so they do without the ORM's share.
_VIDEOS, _READINGS = insert(Video), insert(Reading)
_FILL = (
    update(Video)
    .where(Video.video_id == bindparam("known_id"), Video.settled_at.is_(None))
    .values(
        caption=func.coalesce(func.nullif(Video.caption, ""), bindparam("caption_told")),
        url=func.coalesce(Video.url, bindparam("url_told", type_=String)),
    )
    .execution_options(synchronize_session=False)
)


def _found(session: Session, rows: Sequence[Observed]) -> Sequence[Row[str, str, bool]]:
    """Return the videos that are known already, and whether they are open and lack a text."""
    lacks_text = and_(Video.settled_at.is_(None), or_(Video.caption == "", Video.url.is_(None)))
    return session.execute(
        select(Video.video_id, Video.creator_id, lacks_text.label("lacks_text")).where(
            Video.video_id.in_({row.video_id for row in rows})
        )
    ).all()


def _first_told(rows: Sequence[Observed], name: str) -> dict[str, str]:
    """Return a text of each video as the first row that has it tells it."""
    return {row.video_id: getattr(row, name) for row in reversed(rows) if getattr(row, name)}


def _record_new(
    session: Session,
    rows: Sequence[Observed],
    owners: Mapping[str, str],
    known: Mapping[str, str],
    texts: Texts,
) -> int:
    """Record the videos that are not known, each as its first row tells it; return how many."""
    first = {row.video_id: row for row in reversed(rows) if row.video_id not in known}
    if first:
        new = [_video(row, owners[row.video_id], texts) for row in first.values()]
        session.connection().execute(_VIDEOS, new)
    return len(first)


def _fill(session: Session, lacking: Sequence[str], texts: Texts) -> None:
    """Give open videos the texts that earlier rows left empty."""
    captions, urls = (texts[name] for name in TEXTS)
    told = [
        {"known_id": one, "caption_told": captions.get(one, ""), "url_told": urls.get(one)}
        for one in lacking
        if one in captions or one in urls
    ]
    if told:
        session.connection().execute(_FILL, told)


def _video(row: Observed, creator_id: str, texts: Texts) -> dict[str, object]:
    return {
        "video_id": row.video_id,
        "creator_id": creator_id,
        "caption": texts["caption"].get(row.video_id, ""),
        "url": texts["url"].get(row.video_id),
        "date_posted": row.date_posted,
        "first_observed_at": row.observed_at,
        "changed": 1,
    }


def _sift(
    session: Session, rows: Sequence[Observed], counts: Counter[str]
) -> tuple[dict[str, Observed], list[Rejected]]:
    ids = [reading_id(row.video_id, row.observed_at) for row in rows]
    columns = [getattr(Reading, name) for name in COUNTS]
    found = session.execute(
        select(Reading.reading_id, *columns).where(Reading.reading_id.in_(set(ids)))
    )
    known = {one[0]: tuple(one[1:]) for one in found}
    fresh: dict[str, Observed] = {}
    rejected = []
    for key, row in zip(ids, rows, strict=True):
        seen = tuple(getattr(row, name) for name in COUNTS)
        if key not in known:
            fresh[key], known[key] = row, seen
        elif known[key] == seen:
            counts["duplicates"] += 1
        else:
            rejected.append(_contradiction(row, seen, known[key]))
    return fresh, rejected


def _of_another(row: Observed) -> Rejected:
    reason = "this video belongs to another creator"
    return Rejected(row.number, "author_id", str(row.author_id), reason)


def _contradiction(row: Observed, seen: tuple[Any, ...], known: tuple[Any, ...]) -> Rejected:
    name = next(one for one, a, b in zip(COUNTS, seen, known, strict=True) if a != b)
    reason = "this video has a reading of the same moment with other counts already"
    return Rejected(row.number, name, str(getattr(row, name)), reason)


def _reading(row: Observed, run_id: str) -> dict[str, object]:
    return {
        "reading_id": reading_id(row.video_id, row.observed_at),
        "video_id": row.video_id,
        "observed_at": row.observed_at,
        "run_id": run_id,
        **{name: getattr(row, name) for name in COUNTS},
    }


def _mark_changed(session: Session, video_ids: Set[str]) -> None:
    session.execute(
        update(Video)
        .where(Video.video_id.in_(video_ids), Video.settled_at.is_(None), Video.changed == 0)
        .values(changed=1)
        .execution_options(synchronize_session=False)
    )


def page(
    session: Session, creator_id: str, sort: Sort, number: int, size: int, typed: str = ""
) -> tuple[Sequence[Listed], int]:
    """Return one page (from 1) of a creator's videos, and how many there are in all.

    Only those whose caption or id has what was typed.
    """
    meant = Video.creator_id == creator_id
    if typed:
        meant &= contains(Video.caption, typed) | Video.video_id.contains(typed, autoescape=True)
    total = session.scalar(select(func.count()).where(meant)) or 0
    rows = session.execute(
        select(
            Video.video_id,
            Video.caption,
            Video.date_posted,
            Video.video_points,
            Video.settled_at,
            Reading.views,
            Reading.likes,
            Video.held_reason,
        )
        .outerjoin(Reading, Reading.reading_id == Video.reading_id)
        .where(meant)
        .order_by(_order(sort), Video.date_posted.desc(), Video.video_id)
        .limit(size)
        .offset((number - 1) * size)
    )
    return [Listed(*row) for row in rows], total


def _order(sort: Sort) -> ColumnElement[Any]:
    column = {
        Sort.NEWEST: Video.date_posted,
        Sort.POINTS: Video.video_points,
        Sort.VIEWS: Reading.views,
        Sort.LIKES: Reading.likes,
    }[sort]
    return column.desc().nulls_last()


def receipt(session: Session, video_id: str, creator_id: str | None) -> Receipt:
    """Return what a video's points were made from.

    `Refused` where there is no such video, or it is another creator's (None: anybody's).
    """
    video = session.get(Video, video_id)
    if video is None or (creator_id is not None and video.creator_id != creator_id):
        raise Refused("You have no video {video}; /videos lists yours.", video=video_id)
    return Receipt(
        video,
        session.get(Reading, video.reading_id) if video.reading_id else None,
        session.get(Sentiment, video.sentiment_id) if video.sentiment_id else None,
        session.get(Baseline, video.baseline_id) if video.baseline_id else None,
    )
