"""Points that moderators move, as they type it, and what it leaves behind."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from db import awards, ledger, proposals, runs, settlements
from db.ids import readable
from db.ledger import Movement
from db.models import Audit, Reading, Video
from db.proposals import Asked
from tests.commands.programme import AVERAGE, BASELINE, NOW, People, _read, _seen

ELI = "author-eli"
"""Whom no other room speaks of."""
FIRST, SECOND = "7200000000000000001", "7200000000000000002"
POINTS = 106
"""Of each of the two, which are as average as ana's dog."""
RUN, GRANTED = "00000000000run-of-eli", "00000000000act-on-eli"
PROPOSED = readable("proposal ask-eli", 8)

LINES = {
    "mod deduct": "eli 5 counted twice",
    "mod reverse": f"settle-video:{FIRST} bought likes",
    "mod confirm": f'{PROPOSED} answer=no reason="not this time"',
    "mod undo": f"{GRANTED} the wrong creator",
    "mod undo-run": f'{RUN} sure=yes reason="the figures were wrong"',
}
"""How each command is typed."""

ACTS = {
    "mod deduct": (ELI, "counted twice"),
    "mod reverse": (ELI, "bought likes"),
    "mod confirm": (PROPOSED, "not this time"),
    "mod undo": (ELI, "the wrong creator"),
    "mod undo-run": (RUN, "the figures were wrong"),
}
"""To what and why each was done, as the record has it; those that write nothing are missing."""


async def prepare(people: People) -> None:
    """Let eli have two settled videos, a grant, and one that waits for a second moderator."""
    await people.store.write(_fill)


def _fill(session: Session) -> None:
    _read(session, [_seen("eli", one, 30, "A kite", AVERAGE) for one in (FIRST, SECOND)])
    runs.start(session, "refresh", "system:test", NOW, NOW, run_id=RUN)
    session.flush()
    runs.finish(session, RUN, {"settled": 2, "points": 2 * POINTS}, NOW)
    _settle(session, FIRST)
    _settle(session, SECOND)
    granted = _to_eli("grant:grant-of-eli", ledger.ADJUSTMENT, 5)
    ledger.move(session, granted, NOW)
    session.execute(
        insert(Audit).values(
            audit_id=GRANTED, key="grant-of-eli", created_at=NOW, actor="discord:77",
            act="mod grant", subject=ELI, reason="a prize", after={"points": 5},
        )
    )  # fmt: skip
    asked = Asked("mod grant", ELI, 2_000, "a big prize", creator_id=ELI)
    until = NOW + timedelta(hours=48)
    proposals.propose(session, asked, "eli", "discord:77", "ask-eli", NOW, until)


def _settle(session: Session, video_id: str) -> None:
    read = session.scalars(select(Reading.reading_id).where(Reading.video_id == video_id)).one()
    evidence = {"reading_id": read, "baseline_id": BASELINE.baseline_id}
    settled = {"settled_at": NOW, "settled_run_id": RUN, "video_points": POINTS, "changed": 0}
    video = update(Video).where(Video.video_id == video_id)
    session.execute(video.values(settled | evidence))
    award = _to_eli(settlements.award_key(video_id, 1), ledger.AWARD, POINTS, video_id)
    awards.pay(session, [replace(award, **evidence)], NOW)


def _to_eli(key: str, kind: str, amount: int, video_id: str | None = None) -> Movement:
    account = ledger.creator_account(ELI)
    return Movement(
        key, kind, amount, ledger.ISSUED, account, "a prize", "discord:77", video_id=video_id
    )
