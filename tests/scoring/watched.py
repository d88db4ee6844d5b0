"""Rows about watching, as the tests need them: files, questions and what was made of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db import runs
from db.ids import new_id
from db.judges import Named
from db.models import Judgement, Sample, Sentiment, VideoFile

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
MODEL = "gemini-2.5-flash-lite"
BY = Named(MODEL, "1-0000aa")


def put_file(session: Session, video_id: str, size: int = 750_000, **other: Any) -> None:
    """Let a video's file be known, found unless something else is said."""
    said: dict[str, Any] = {
        "video_id": video_id, "state": "found", "problem": None, "name": f"{video_id}.mp4",
        "generation": "1", "size": size, "md5": None, "media_type": "video/mp4", "tries": 0,
        "looked_at": NOON, "due_at": None,
    }  # fmt: skip
    session.execute(insert(VideoFile).values(said | other))


def begin(session: Session, job: str = "judge") -> str:
    """Return a run that has ended, by which questions were asked."""
    run_id = runs.start(session, f"{job} {new_id(NOON)}", "test", NOON, NOON)
    session.flush()
    runs.finish(session, run_id, {}, NOON)
    return run_id


def ask(session: Session, video_id: str, numbers: Sequence[int], run_id: str, **other: Any) -> None:
    """Write questions about a video, answered unless something else is said."""
    said: dict[str, Any] = {
        "video_id": video_id, **BY._asdict(), "generation": "1", "run_id": run_id,
        "batch_id": None, "state": "answered", "sentiment": 0.7, "confidence": 0.9, "tone": "calm",
        "reason": "", "language": "en", "addresses_judge": 0, "day": "2026-11-05", "calls": 1,
        "input_tokens": 2_000, "output_tokens": 100, "micros": 300, "asked_at": NOON,
        "answered_at": NOON,
    }  # fmt: skip
    rows = [said | other | {"number": one, "sample_id": new_id(NOON)} for one in numbers]
    session.execute(insert(Sample), rows)


def judge(session: Session, video_id: str, run_id: str, **other: Any) -> None:
    """Write what was made of a video's answers; with a `counts` of True, as what counts."""
    counts = other.pop("counts", False)
    said: dict[str, Any] = {
        "judgement_id": new_id(NOON), "video_id": video_id, **BY._asdict(), "generation": "1",
        "state": "judged", "sentiment": 0.72, "spread": 0.05, "samples": 3, "confidence": 0.9,
        "tone": "warm, playful, calm", "reason": "A garden in the sun. Nothing else happens.",
        "language": "en", "tokens": 6_300, "micros": 900, "judged_at": NOON, "run_id": run_id,
        "sentiment_id": None,
    } | other  # fmt: skip
    if counts:
        said["sentiment_id"] = put_sentiment(session, said)
    session.execute(insert(Judgement).values(said))


def put_sentiment(session: Session, said: dict[str, Any]) -> str:
    """Let what was said of a video count for it."""
    sentiment_id = new_id(NOON)
    names = ("video_id", "sentiment", "model", "prompt_version", "samples", "spread", "judged_at")
    kept = {name: said[name] for name in names}
    reason = said.get("why", "what is seen and heard in the video")
    session.execute(
        insert(Sentiment).values(kept | {"sentiment_id": sentiment_id, "reason": reason})
    )
    return sentiment_id
