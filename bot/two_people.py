"""Acts that one moderator can't do alone: above so many points a second one confirms them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.call import Access, Call, Caller
from bot.commands.acting import act
from bot.commands.wording import points
from bot.language import _, several
from bot.line import call_text
from bot.reply import Button, Reply, Tone
from db import identities, proposals
from db.models import Proposal
from db.proposals import Asked

Say = Callable[[], Reply]
"""Words what was done; it is called once the words' language is known, and reads no database."""
Doer = Callable[[Session, Call, Asked], Say]

Counting = Callable[[Session, Call, Asked], tuple[int, Say]]
"""Does an act of which only doing it tells how many points it moves, and tells that too."""

DOERS: dict[str, Doer] = {}
"""What does each act, by its name; the modules of the commands fill it.

Each looks for itself at all that may have changed since it was asked for, and writes the record.
"""


def do_or_propose(session: Session, call: Call, asked: Asked, about: str) -> Say:
    """Do an act, or keep it for a second moderator where it moves too many points.

    `about` says to people whom or what it is done to.
    """
    wanted = replace(asked, reason=act(call, asked.act, asked.subject, asked.reason).reason)
    if asked.amount <= call.settings.desk.two_person_over:
        return DOERS[asked.act](session, call, wanted)
    return propose(session, call, wanted, about)


def do_or_take_back(session: Session, call: Call, do: Counting, asked: Asked, about: str) -> Say:
    """Do an act; where that has moved too many points, take it back, and keep it for a second."""
    wanted = replace(asked, reason=act(call, asked.act, asked.subject, asked.reason).reason)
    with session.begin_nested() as tried:
        moved, say = do(session, call, wanted)
        if moved <= call.settings.desk.two_person_over:
            return say
        tried.rollback()
    return propose(session, call, replace(wanted, amount=moved), about)


def without_count(do: Counting) -> Doer:
    """Return what does an act that was counted when it was asked for."""
    return lambda session, call, asked: do(session, call, asked)[1]


def propose(session: Session, call: Call, asked: Asked, about: str) -> Say:
    """Keep an act for a second moderator, and post it in the moderators' channels."""
    who, hours = call.caller, call.settings.desk.confirm_hours
    identities.person_of(session, who.platform, who.user_id, who.name, call.now)
    until = call.now + timedelta(hours=hours)
    proposal_id = proposals.propose(session, asked, about, who.actor, call.key, call.now, until)
    return lambda: _proposed(proposal_id, asked.amount, call.settings.desk.two_person_over, hours)


def _proposed(proposal_id: str, amount: int, most: int, hours: int) -> Reply:
    text = _(
        "It moves {points}, more than {most} at once: another moderator types "
        "/mod confirm {proposal}, or presses the button in the moderators' channel.",
        points=points(amount),
        most=most,
        proposal=proposal_id,
    )
    note = several("It waits for {count} hour.", "It waits for {count} hours.", hours)
    confirm = Button(_("Confirm"), call_text("mod confirm", proposal_id, "yes"))
    title = _("A second moderator has to confirm")
    return Reply(title=title, text=text, note=note, buttons=(confirm,), tone=Tone.ASK)


def as_asker(session: Session, call: Call, one: Proposal) -> Call:
    """Return the call as who asked would make it now: their acts stand under their name."""
    platform, _colon, user_id = one.asked_by.partition(":")
    name = identities.name_of(session, one.asked_by)
    caller = Caller(platform, user_id, name, Access.MODERATOR, moderators_place=True)
    known = identities.known(session, platform, user_id)
    return replace(call, caller=caller, key=one.key, known=known)


def confirmed(asked: Asked) -> dict[str, str]:
    """Return what the record says of who confirmed an act, if somebody had to."""
    return {"confirmed_by": asked.confirmed_by} if asked.confirmed_by else {}
