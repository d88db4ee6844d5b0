"""What a member has earned, for moderators."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands.account import known_handles
from bot.commands.points import Glance, at_a_glance, stands_at
from bot.commands.wording import points
from bot.language import _, day
from bot.reply import Refused, Reply
from db import creators, people
from db.models import Identity, Person


@command("mod points", "What a member has earned", private=True, access=Access.MODERATOR)
async def points_of(
    call: Call,
    person: Annotated[
        str, Argument("A handle, or a person such as discord:1234", suggest=known_handles)
    ],
) -> Reply:
    """Show the points of whoever is linked to a creator, as they see them themselves."""
    (standing, on_sale, _awarded, handle), since = await call.read(_looked_up, person, call.now)
    linked = ((_("Linked since"), day(since)),) if since else ()
    return Reply(
        title=f"@{handle}: {points(standing.available)}",
        facts=(*stands_at(call, standing, on_sale), *linked),
    )


def _looked_up(session: Session, person: str, now: datetime) -> tuple[Glance, datetime | None]:
    creator_id, since = _linked(session, person)
    return at_a_glance(session, creator_id, now), since


def _linked(session: Session, person: str) -> tuple[str, datetime | None]:
    """Return who somebody is, and since when; `Refused` where they are linked to no creator."""
    platform, named, user_id = person.partition(":")
    statement = select(Person.creator_id, Person.linked_at)
    if named:
        statement = statement.join(Identity, Identity.person_id == Person.person_id).where(
            Identity.platform == platform.lower(), Identity.user_id == user_id
        )
    else:
        statement = statement.where(Person.creator_id == creators.known(session, person).creator_id)
    found = session.execute(statement).first()
    if found is None and not named:
        raise Refused("Nobody is linked to @{handle}.", handle=people.bare(person))
    if found is None or found.creator_id is None:
        raise Refused("{person} is not linked to a TikTok account.", person=person)
    return found.creator_id, found.linked_at
