"""How moderators begin a season before its time, and take that back."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot import jobs
from bot.command import Access, Argument, Call, command
from bot.commands.acting import WHY, act, put_on_record, undo_button
from bot.language import _, day, several
from bot.reply import Reply, Tone
from bot.undoing import OPPOSITES
from db.models import Audit
from scoring.next_season import season_from, turn_back, turn_now
from scoring.turn import Coming, fitted

NAME = "mod scoring turn"


@command(NAME, "Begin a new season now", private=True, access=Access.MODERATOR, slow=True)
async def turn(call: Call, reason: Annotated[str, Argument(WHY)]) -> Reply:
    """Begin a season now: what is posted from now on scores against its baseline."""
    plan = await jobs.plan_of(call.settings, call.store, call.now)
    coming = await fitted(call.store, plan, season_from(plan, call.now))

    def said(audit_id: str) -> Reply:
        return Reply(
            title=_("A new season"),
            text=_("Videos posted from now on score against its baseline; older ones keep theirs."),
            facts=_facts(coming),
            buttons=(undo_button(audit_id),),
            tone=Tone.GOOD,
        )

    return await call.write(said, _turn, call, coming, reason)


def _facts(coming: Coming) -> tuple[tuple[str, str], ...]:
    baseline = coming.baseline
    videos = several("{count} video", "{count} videos", baseline.videos)
    return (
        (_("Until"), day(coming.turn.ends_at)),
        (_("Baseline"), f"{baseline.baseline_id} ({_(coming.origin)}, {videos})"),
    )


def _turn(session: Session, call: Call, coming: Coming, reason: str) -> str:
    last = turn_now(session, coming, call.now)
    before = {"baseline_id": last.baseline_id, "ends_at": last.ends_at.isoformat()}
    after = {
        "baseline_id": coming.baseline.baseline_id,
        "starts_at": coming.turn.starts_at.isoformat(),
    }
    return put_on_record(
        session, call, act(call, NAME, "the season", reason, before=before, after=after)
    )


def _undo(session: Session, call: Call, done: Audit, _reason: str) -> dict[str, Any]:
    """Begin a season with the baseline of before, from now on."""
    turned_at = datetime.fromisoformat(done.after["starts_at"])
    baseline_id, ends_at = done.before["baseline_id"], done.before["ends_at"]
    ends = datetime.fromisoformat(ends_at)
    starts_at = turn_back(session, turned_at, baseline_id, ends, call.now)
    return {"baseline_id": baseline_id, "starts_at": starts_at.isoformat()}


OPPOSITES[NAME] = _undo
