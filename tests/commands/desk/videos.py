"""Videos, creators and appeals, as moderators type them, and what they leave behind."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.config import Settings
from db import appeals, freezes, holds
from db.appeals import Wanted
from db.ids import readable
from db.models import Video
from scoring.estimate import baselines_by_start, estimates, write_points
from tests.commands.programme import AVERAGE, FEW_LIKES, NOW, People, _read, _seen

OPEN, HELD, SCORED, FIRST, SECOND = (f"710000000000000000{number}" for number in range(1, 6))
"""Videos of dot's, whom no other room speaks of."""
DOT = "author-dot"
UPHELD, DISMISSED = readable("appeal first", 8), readable("appeal second", 8)

LINES = {
    "mod video hold": f"{OPEN} the views look bought",
    "mod video release": f"{HELD} the views are real",
    "mod video rescore": f"{SCORED} a late export came in",
    "mod creator show": "dot",
    "mod creator freeze": "cem the account was sold",
    "mod creator unfreeze": "dot the account is hers",
    "mod creator note": "dot asked us by mail",
    "mod appeal list": "",
    "mod appeal uphold": f"{UPHELD} 150 the app shows 150",
    "mod appeal dismiss": f"{DISMISSED} the app shows the same",
}
"""How each command is typed."""

ACTS = {
    "mod video hold": (OPEN, "the views look bought"),
    "mod video release": (HELD, "the views are real"),
    "mod video rescore": (SCORED, "a late export came in"),
    "mod creator freeze": ("author-cem", "the account was sold"),
    "mod creator unfreeze": (DOT, "the account is hers"),
    "mod creator note": (DOT, "asked us by mail"),
    "mod appeal uphold": (UPHELD, "the app shows 150"),
    "mod appeal dismiss": (DISMISSED, "the app shows the same"),
}
"""To what and why each was done, as the record has it; those that write nothing are missing."""


async def prepare(people: People) -> None:
    """Let dot have open videos, one held, one read again, two contested; and be frozen."""
    await people.store.write(_fill)


def _fill(session: Session) -> None:
    videos = [_seen("dot", one, 5, "A dot", AVERAGE) for one in (OPEN, HELD, FIRST, SECOND)]
    later = _seen("dot", SCORED, 5, "A dot", AVERAGE)
    earlier = replace(later, observed_at=later.date_posted, likes=FEW_LIKES[1])
    _read(session, [*videos, earlier])
    _estimate(session)
    _read(session, [later])
    holds.hold(session, HELD, "the views look bought", NOW)
    freezes.freeze(session, DOT, "the account was sold", "prepared", NOW)
    for video_id, key in ((FIRST, "first"), (SECOND, "second")):
        wanted = Wanted(video_id, DOT, "likes", "the app shows 150", key)
        appeals.open_(session, wanted, 30, NOW)


def _estimate(session: Session) -> None:
    rows = select(
        Video.video_id, Video.creator_id, Video.date_posted, Video.video_points, Video.held_at
    ).where(Video.creator_id == DOT)
    found = session.execute(rows).all()
    plan = Settings().plan
    write_points(session, estimates(session, found, plan, NOW, baselines_by_start(session)))
