"""What is held on a person: given to them, and erased."""

import json
from dataclasses import dataclass
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands.identity import Sure
from bot.commands.wording import points
from bot.language import _
from bot.line import call_text
from bot.reply import Button, File, Refused, Reply, Style, Tone
from db import creators, forgetting, ledger, mydata


@command("mydata", "Everything that is held on you, as a file", private=True, slow=True)
async def my_data(call: Call) -> Reply:
    """Send a JSON file with all that the database holds on the caller and their creator."""
    creator_id = call.caller.as_creator_id or call.known.creator_id
    found = await call.read(mydata.held_on, call.known.person_id, creator_id, call.now)
    written = json.dumps(found, indent=2, ensure_ascii=False).encode()
    return Reply(
        title=_("Your data"),
        text=_(
            "This file has everything that is held on you, and on the TikTok account that you are "
            "linked to. /forgetme erases what is personal in it."
        ),
        file=File(written, f"my-data-{call.now:%Y-%m-%d}.json"),
        tone=Tone.GOOD,
    )


@command("forgetme", "Erase who you are, for ever", private=True, slow=True)
async def forget_me(
    call: Call,
    sure: Annotated[Sure | None, Argument("Erases everything", hidden=True)] = None,
) -> Reply:
    """Say what goes and what stays; a button does it, and then the erased bytes go too, in turn."""
    if call.caller.as_creator_id:  # it would erase whoever sits at the console
        raise Refused("You only play a creator here. Leave --as out to erase what is held on you.")
    if sure is None:
        return _ask(call, await call.read(_at_stake, call))
    who = call.caller
    erased: list[bool] = []
    reply = await call.write(
        lambda found: _forgotten(erased, found),
        forgetting.forget, who.platform, who.user_id, call.now,
    )  # fmt: skip
    if any(erased):
        await call.store.purge()
    return reply


@dataclass(frozen=True, slots=True)
class Stake:
    """What goes with a person."""

    handle: str = ""
    """Of the creator that they are linked to."""
    balance: int = 0
    goes: bool = False
    """Whether the creator is erased as well."""


def _at_stake(session: Session, call: Call) -> Stake:
    creator_id = call.known.creator_id
    if creator_id is None:
        return Stake()
    handle = creators.get(session, creator_id).handle
    goes = not forgetting.is_in_doubt(session, creator_id, call.now)
    return Stake(handle, ledger.balance_of(session, creator_id), goes)


def _ask(call: Call, stake: Stake) -> Reply:
    return Reply(
        title=_("Erase everything about you?"),
        text="\n".join(_what_goes(stake)),
        facts=((_("Points that are lost"), points(stake.balance)),) if stake.goes else (),
        note=_what_stays(call),
        buttons=(
            Button(_("Erase it for ever"), call_text("forgetme", "yes"), Style.DANGER),
            Button(_("No, keep it"), "help"),
            Button(_("My data first"), "mydata"),
        ),
        tone=Tone.ASK,
    )


def _what_goes(stake: Stake) -> list[str]:
    lines = [_("Your accounts here, codes, claims, settings and messages are erased.")]
    if stake.goes:
        lines.append(
            _(
                "So are the name, the figures and the captions of @{handle}; its videos are never "
                "taken in again, and its points are lost.",
                handle=stake.handle,
            )
        )
    elif stake.handle:
        lines.append(
            _(
                "It is not settled whose @{handle} is, so it stays, and you are parted from it.",
                handle=stake.handle,
            )
        )
    bytes_too = _(
        "It goes from the database at once; in its file no trace is left after the next hour's "
        "upkeep at the latest."
    )
    return [*lines, bytes_too, _("This can't be undone.")]


def _what_stays(call: Call) -> str:
    stays = _("The ledger keeps its entries without a name, so that all points still add up.")
    if call.caller.access is Access.MODERATOR:
        acts = _("What you did as a moderator stays in the record, with your account's number.")
        return f"{stays} {acts}"
    return stays


def _forgotten(erased: list[bool], found: bool) -> Reply:  # noqa: FBT001  # what the write found
    """Say the same where there was nobody: a repeat finds nobody any more."""
    erased.append(found)
    text = _("Nothing that tells who you are is kept here any more.")
    return Reply(title=_("Forgotten"), text=text, tone=Tone.GOOD)
