"""A batch of an export's rows, worked in as one transaction: what is kept, and what it proves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db import forgotten, proofs, videos
from db.observed import Observed
from db.videos import Recorded


@dataclass(frozen=True, slots=True)
class BatchOf:
    """What the rows of a batch have in common."""

    run_id: str
    now: datetime
    hold: timedelta
    """How long nothing is redeemed for a creator who changed hands by a proof."""


def record(session: Session, rows: Sequence[Observed], batch: BatchOf) -> Recorded:
    """Record rows, but none of a creator who asked to be forgotten; link whom they prove."""
    wanted, unwanted = forgotten.sift(session, rows)
    recorded = videos.record(session, wanted, batch.run_id)
    refused = {one.number for one in recorded.rejected}
    proofs.take(
        session, [row for row in wanted if row.number not in refused], batch.now, batch.hold
    )
    return replace(recorded, rejected=(*recorded.rejected, *unwanted))
