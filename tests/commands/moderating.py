"""What moderators may do, prepared so that each of it can be done, and what it leaves behind."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.command import Caller
from bot.line import CALL_BYTES, parse_line
from db.models import Audit
from db.shop import redemption_id_of
from tests.commands.desk import moves, record, redemptions, scoring, sentiment, shop, videos
from tests.commands.programme import People

DESK = (redemptions, moves, shop, scoring, videos, record, sentiment)
"""Each room of the desk tells its own commands."""

MUG = redemption_id_of("redeem:author-ana:00000000")
"""Ana's redemption of a mug, which waits to be given."""

DAN = Caller("discord", "8", "Dan")
"""He is linked to nobody."""

EVIDENCE = "sent by post"
"""Stays with the redemption, and out of the record."""

LINES = {
    "mod verify": "cem the code stands in the bio",
    "mod disputes": "",
    "mod resolve": "ben keep his name is on the profile",
    "mod grant": "cem 5 for the best video",
    "mod fulfil": f"{MUG} {EVIDENCE}",
    "mod points": "ana",
    "mod reward add": 'cap 120 "A cap by post" reason="new in the shop"',
    "mod reward edit": "mug amount=160 the supplier is dearer",
    "mod reward retire": "mug nobody wants it",
    "mod refresh": "",
    "mod status": "",
    "mod sentiment cost": "",
    **{name: line for room in DESK for name, line in room.LINES.items()},
}
"""How each command is typed."""

ACTS = {
    "mod verify": ("author-cem", "the code stands in the bio"),
    "mod resolve": ("author-ben", "his name is on the profile"),
    "mod grant": ("author-cem", "for the best video"),
    "mod fulfil": (MUG, "given; how stands with the redemption"),
    "mod reward add": ("cap", "new in the shop"),
    "mod reward edit": ("mug", "the supplier is dearer"),
    "mod reward retire": ("mug", "nobody wants it"),
    "mod refresh": ("all points", "asked for by hand"),
    **{name: done for room in DESK for name, done in room.ACTS.items()},
}
"""To what and why each was done, as the record has it."""

READS = {"mod status", "mod points", "mod disputes", "mod sentiment cost"} | {
    name for room in DESK for name in room.LINES if name not in room.ACTS
}
"""Those that write nothing."""


def button_of(name: str) -> str:
    """What a button would carry that does it; the name alone where all has no room."""
    chosen, given = parse_line(f"/{name} {LINES[name]}")
    values = [given.get(one.name, "") for one in chosen.parameters]
    call = "|".join((name, *values)).rstrip("|")
    return call if len(call.encode()) <= CALL_BYTES else name


FIRST = {**shop.FIRST, **redemptions.FIRST}
"""What a command needs besides, which would be in the way of others."""


async def prepare(people: People, name: str = "") -> None:
    """Let Eve say that she is cem, Dan that he is ben, and Ana redeem a mug."""
    await people.eve.says("/link cem")
    await people.playing(DAN).says("/link ben")
    await people.ana.presses("redeem|mug|150|00000000")
    for room in DESK:
        await room.prepare(people)
    if name in FIRST:
        await FIRST[name](people.store)


def acts(session: Session) -> list[Audit]:
    """The record, the oldest first."""
    return list(session.scalars(select(Audit).order_by(Audit.created_at, Audit.audit_id)))


def recorded(session: Session, name: str, actor: str) -> list[tuple[str, str]]:
    """To what, and why, somebody did an act, as the record has it."""
    done = select(Audit.subject, Audit.reason).where(Audit.act == name, Audit.actor == actor)
    return [(row.subject, row.reason) for row in session.execute(done)]
