"""Videos that judges have watched: their answers, and what was made of them."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db import judgements, runs
from db.ids import new_id
from db.judgements import JUDGED, Made
from db.judges import Named, id_of
from db.models import Judge, Sample
from db.unwatched import Waiting

OLD, NEW = Named("gemini-old", "1-aaaaaa"), Named("gemini-new", "1-aaaaaa")
"""Who judges, and who is tried."""
TRIAL: dict[str, Any] = {
    "judge_id": "va4yy8uv",
    "model": "gemini-new",
    "prompt_version": "2-aaaaaa",
    "state": "tried",
    "judged": 28,
    "to_review": 2,
    "before": 0.5,
    "after": 0.625,
    "up": 120,
    "down": 30,
    "most": 14,
}
"""What is told of a trial."""


def judge(session: Session, named: Named, now: datetime, *, adopted: bool = True) -> str:
    """Let a judge be known, adopted or tried; return its id."""
    stands = {"adopted_at": now, "adopted_by": "system:first"} if adopted else {"tried_at": now}
    row = {"judge_id": id_of(named), **named._asdict(), "first_at": now, **stands}
    session.execute(insert(Judge), row)
    return id_of(named)


def begin(session: Session, now: datetime) -> str:
    """Return a run that has ended, in which videos were watched."""
    run_id = runs.start(session, f"judge {new_id(now)}", "system:test", now, now)
    session.flush()
    runs.finish(session, run_id, {}, now)
    return run_id


def watch(
    session: Session,
    video_id: str,
    answers: Sequence[float],
    run_id: str,
    now: datetime,
    *,
    state: str = JUDGED,
    by: Named = OLD,
    counts: bool = True,
    **told: Any,
) -> str:
    """Let a judge have answered so about a video; return the judgement's id."""
    generation = str(told.pop("generation", "1"))
    speaks = int(told.pop("addresses_judge", 0))
    rows = [
        _sample(video_id, by, generation, run_id, now)
        | {"number": number, "sentiment": value, "addresses_judge": speaks}
        for number, value in enumerate(answers, 1)
    ]
    if rows:
        session.execute(insert(Sample), rows)
    said: dict[str, Any] = {
        "sentiment": median(answers) if answers else None,
        "spread": max(answers) - min(answers) if answers else None,
        "samples": len(answers),
        "tone": "warm, calm, plain",
        "reason": "Somebody smiles. Nothing else happens.",
        "language": "en",
    }
    one = Waiting(video_id, "", now, f"{video_id}.mp4", generation, 1_000, "video/mp4")
    made = Made(state, **(said | told))
    return judgements.conclude(session, by, one, made, run_id, now, counts=counts)


def _sample(
    video_id: str, by: Named, generation: str, run_id: str, now: datetime
) -> dict[str, Any]:
    return {
        "sample_id": new_id(now), "video_id": video_id, **by._asdict(), "generation": generation,
        "run_id": run_id, "state": "answered", "tone": "warm", "reason": "", "language": "en",
        "day": now.date().isoformat(), "calls": 1, "input_tokens": 2_000, "output_tokens": 100,
        "micros": 300, "asked_at": now, "answered_at": now,
    }  # fmt: skip
