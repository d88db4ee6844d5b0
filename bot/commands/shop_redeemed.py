"""What a creator redeemed, and where it stands."""

from collections.abc import Sequence

from sqlalchemy import Row

from bot.command import Call, command
from bot.commands.wording import short
from bot.language import N_, _, day, number
from bot.reply import Button, Column, Reply, Table
from db import redemptions as kept
from db import rewards
from db.models import Redemption
from db.upkeep import NOT_IN_TIME

SHOWN = 15
REASON_LENGTH = 60
NEXT = {
    rewards.REQUESTED: N_("A moderator looks at it now; until then the points wait aside."),
    rewards.APPROVED: N_("It is yours, and a moderator sees that you get it."),
    rewards.FULFILLED: N_("It was given to you."),
    rewards.REJECTED: N_("A moderator said no, and your points came back."),
    rewards.REFUNDED: N_("It was taken back, and your points came back."),
}
"""What a redemption's state means for the creator."""
STATES = (N_("requested"), N_("approved"), N_("fulfilled"), N_("rejected"), N_("refunded"))
"""The states by their names in the database, for the translators."""


@command("redemptions", "What you redeemed, and where it stands", private=True)
async def redemptions(call: Call) -> Reply:
    """List a creator's newest redemptions."""
    rows = await call.read(kept.redemptions_of, await call.creator_id(), SHOWN)
    if not rows:
        text = _("You have redeemed nothing yet.")
        return Reply(title=_("Redemptions"), text=text, buttons=(Button(_("Shop"), "shop"),))
    note = _("Your newest {shown}.", shown=SHOWN) if len(rows) == SHOWN else ""
    return Reply(title=_("Redemptions"), table=_table(rows), note=note)


def _table(rows: Sequence[Row[Redemption, str]]) -> Table:
    columns = (
        Column(_("When")),
        Column(_("Reward")),
        Column(_("Points"), True),
        Column(_("State")),
        Column(_("Id")),
    )
    cells = (
        (day(one.creation_date), name, number(one.amount), stands(one), one.redemption_id)
        for one, name in rows
    )
    return Table(columns, tuple(cells))


def stands(one: Redemption) -> str:
    """Say a redemption's state, with its reason, or by when it is promised."""
    state = _(one.state)
    if one.state in rewards.GIVEN_BACK and one.reason:
        reason = _(one.reason) if one.reason == NOT_IN_TIME else short(one.reason, REASON_LENGTH)
        return _("{state}: {reason}", state=state, reason=reason)
    if one.state in {rewards.REQUESTED, rewards.APPROVED} and one.deliver_by is not None:
        return _("{state}, promised by {day}", state=state, day=day(one.deliver_by))
    return state
