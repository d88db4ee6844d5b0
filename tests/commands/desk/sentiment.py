"""Sentiments that moderators decide, and a judge on trial, and what they leave behind."""

from sqlalchemy.orm import Session

from db.judgements import UNCERTAIN
from tests.commands.programme import AVERAGE, NOW, People, _read, _seen
from tests.judged_world import NEW, OLD, begin, judge, watch

FAY = "author-fay"
"""Whom no other room speaks of."""
ASKED, TRIED = "7300000000000000001", "7300000000000000002"
"""A video about which the judge is uncertain, and one that another judge judged on trial."""
JUDGE = "va4yy8uv"

LINES = {
    "mod sentiment list": "",
    "mod sentiment set": f"{ASKED} 0.75 she laughs throughout",
    "mod sentiment adopt": "it agrees with us more",
    "mod sentiment cost": "",
}
"""How each command is typed."""

ACTS = {
    "mod sentiment set": (ASKED, "she laughs throughout"),
    "mod sentiment adopt": (JUDGE, "it agrees with us more"),
}
"""To what and why each was done, as the record has it; those that write nothing are missing."""


async def prepare(people: People) -> None:
    """Let a judge be uncertain about a video of fay's, and another have judged one on trial."""
    await people.store.write(_fill)


def _fill(session: Session) -> None:
    _read(session, [_seen("fay", one, 5, "A fox", AVERAGE) for one in (ASKED, TRIED)])
    judge(session, OLD, NOW)
    judge(session, NEW, NOW, adopted=False)
    run_id = begin(session, NOW)
    watch(session, ASKED, (0.2, 0.6, 0.9), run_id, NOW, state=UNCERTAIN)
    watch(session, TRIED, (0.75, 0.75, 0.75), run_id, NOW, by=NEW, counts=False)
