"""How moderators add to a reward's stock, or take from it."""

from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands import reward_terms as typed
from bot.commands.acting import act, put_on_record, undo_button
from bot.language import _, number
from bot.reply import Refused, Reply, Tone
from bot.undoing import OPPOSITES
from db import rewards
from db.models import Audit
from db.rewards import Restocked

RESTOCK = "mod reward restock"
MOST = typed.MOST_STOCK


@command(RESTOCK, "Add to a reward's stock", private=True, access=Access.MODERATOR)
async def restock(
    call: Call,
    reward: typed.Existing,
    count: Annotated[int, Argument("How many more, or -3", minimum=-MOST, maximum=MOST)],
    reason: typed.Reason,
) -> Reply:
    """Add so many to what is left, or take so many away, whatever is sold meanwhile."""
    if count == 0:
        raise Refused("count is how many more there are, or how many fewer, such as -3.")

    def restocked(done: tuple[Restocked, str]) -> Reply:
        one, audit_id = done
        stock = f"{number(one.stock - count)} → {number(one.stock)}"
        return Reply(
            title=_("Restocked: {reward}", reward=one.reward_id),
            facts=((_(typed.LABELS["stock"]), stock),),
            buttons=(undo_button(audit_id),),
            tone=Tone.GOOD,
        )

    return await call.write(restocked, _restock, call, reward, count, reason)


def _restock(
    session: Session, call: Call, reward: str, count: int, reason: str
) -> tuple[Restocked, str]:
    one = rewards.restock(session, reward, count)
    was, now = {"stock": one.stock - count}, {"stock": one.stock, "count": count}
    done = act(call, RESTOCK, one.reward_id, reason, before=was, after=now)
    return one, put_on_record(session, call, done)


def _undo_restock(session: Session, _call: Call, done: Audit, _reason: str) -> dict[str, Any]:
    one = rewards.restock(session, done.subject, -done.after["count"])
    return {"stock": one.stock, "count": -done.after["count"]}


OPPOSITES[RESTOCK] = _undo_restock
