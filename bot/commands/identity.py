"""One person on several platforms, and parting from a creator."""

import secrets
from enum import Enum
from typing import Annotated

from sqlalchemy.orm import Session

from bot.command import Argument, Call, command
from bot.commands.playing import refuse_played
from bot.language import N_, _, minute
from bot.line import call_text
from bot.reply import Button, Link, Refused, Reply, Style, Tone
from db import codes, connecting, creators, identities, linking, people
from db.codes import Allowance, Issued
from db.connecting import Other

TELEGRAM = "telegram"
NOTHING = N_("There is nothing to undo: you are linked to no TikTok account.")


class Sure(Enum):
    """What only a button says: the answer to our question."""

    YES = "yes"


class Part(Enum):
    """What a person may be parted from."""

    CREATOR = "creator"
    CLAIM = "claim"
    ACCOUNT = "account"


@command("connect", "Be one person on Discord and Telegram", private=True)
async def connect(
    call: Call,
    code: Annotated[str, Argument("The code that the other app gave you", maximum=40)] = "",
    sure: Annotated[Sure | None, Argument("Joins the accounts", hidden=True)] = None,
) -> Reply:
    """Give a code; with a code of the other side ask first, since anybody may send one."""
    refuse_played(call)
    who, rules = call.caller, call.settings.linking
    if not code:
        allowed = Allowance(rules.connect_minutes * codes.MINUTE, rules.codes_a_day)
        mine = (who.platform, who.user_id, who.name, allowed, call.now)
        return await call.write(lambda made: _offered(call, made), connecting.offer, *mine)
    if sure is None:
        found = await call.read(connecting.other, who.platform, who.user_id, code, call.now)
        return _joins(found, code)
    typed = (who.platform, who.user_id, who.name, code, call.now)
    return await call.once(code).write(_joined, connecting.join, *typed)


def _offered(call: Call, made: Issued) -> Reply:
    text = _(
        "Your code is {code}. In the other app, type /connect {code}. Give it to nobody: "
        "whoever types it joins their account with yours, and sees and spends the same points.",
        code=made.code,
    )
    username = call.presence.usernames.get(TELEGRAM)
    links: tuple[Link, ...] = ()
    if username and call.caller.platform != TELEGRAM:
        address = f"https://t.me/{username}?start=connect-{made.code}"
        links = (Link(_("Open Telegram"), address),)
    return Reply(
        title=_("Join your accounts"),
        text=text,
        facts=((_("Code"), made.code), (_("Good until"), minute(made.expires_at))),
        links=links,
        secret=made.code,
    )


def _joins(found: Other, code: str) -> Reply:
    text = _(
        "Join this account with {name} on {platform}? Only if that is you: whoever it is "
        "sees and spends the same points afterwards.",
        name=found.name,
        platform=_platforms(found),
    )
    return Reply(
        title=_("Is that you?"),
        text=text,
        note=_("If somebody sent you here, do nothing."),
        buttons=(
            Button(_("Yes, that is me"), call_text("connect", code, "yes"), Style.DANGER),
            Button(_("No"), "help"),
        ),
        tone=Tone.ASK,
    )


def _joined(found: Other) -> Reply:
    text = _(
        "This account and {name} on {platform} are one person now.",
        name=found.name,
        platform=_platforms(found),
    )
    doors = (Button(_("My points"), "points"),)
    return Reply(title=_("Joined"), text=text, buttons=doors, tone=Tone.GOOD)


def _platforms(found: Other) -> str:
    return ", ".join(one.capitalize() for one in found.platforms)


@command("unlink", "Undo /link or /connect", private=True)
async def unlink(
    call: Call,
    part: Annotated[Part | None, Argument("What is parted", hidden=True)] = None,
    order: Annotated[str, Argument("The one-time order number", hidden=True)] = "",
) -> Reply:
    """Show what can be parted; a button does it, once."""
    refuse_played(call)
    if part is None:
        return _what(*await call.read(_situation, call))
    chosen = part
    return await call.once(order).write(lambda handle: _parted(chosen, handle), _part, call, chosen)


def _situation(session: Session, call: Call) -> tuple[str, str, int]:
    """Return the handles of the linked and of the claimed creator, and how many accounts."""
    if call.known.person_id is None:
        return "", "", 0
    person, accounts = identities.seen(session, call.known.person_id)
    linked, claimed = (
        creators.get(session, one).handle if one else ""
        for one in (person.creator_id, person.claims)
    )
    return linked, claimed, accounts


def _what(linked: str, claimed: str, accounts: int) -> Reply:
    texts, buttons = [], []
    if linked:
        texts.append(
            _("You are linked to @{handle}. Its points stay with it if you part.", handle=linked)
        )
        buttons.append(_choice(_("Unlink from @{handle}", handle=linked), Part.CREATOR))
    if claimed:
        texts.append(_("You claim @{handle}, and it is not proven yet.", handle=claimed))
        buttons.append(_choice(_("Take that back"), Part.CLAIM))
    if accounts > 1:
        texts.append(
            _("You use {count} accounts as one person. The others keep everything.", count=accounts)
        )
        buttons.append(_choice(_("Take this account out"), Part.ACCOUNT))
    if not buttons:
        return Reply(title=_("What do you want to undo?"), text=_(NOTHING))
    keep = Button(_("Leave it as it is"), "help")
    text = "\n".join(texts)
    title = _("What do you want to undo?")
    return Reply(title=title, text=text, buttons=(*buttons, keep), tone=Tone.ASK)


def _choice(label: str, part: Part) -> Button:
    return Button(label, call_text("unlink", part.value, secrets.token_hex(4)), Style.DANGER)


def _parted(part: Part, handle: str) -> Reply:
    texts = {
        Part.CREATOR: N_("You are not linked to @{handle} any more. Its points stay with it."),
        Part.CLAIM: N_("You do not claim @{handle} any more, and its code has ended."),
        Part.ACCOUNT: N_("This account stands alone now. The other one keeps everything."),
    }
    return Reply(title=_("Parted"), text=_(texts[part], handle=handle), tone=Tone.GOOD)


def _part(session: Session, call: Call, part: Part) -> str:
    """Part what was chosen; return the handle that it was about."""
    known, who = call.known, call.caller
    if part is Part.CREATOR and known.person_id and known.creator_id:
        return linking.leave(session, known.person_id, known.creator_id, call.now)
    if part is Part.CLAIM and known.person_id:
        return people.take_back(session, known.person_id, call.now)
    if part is Part.ACCOUNT:
        connecting.part(session, who.platform, who.user_id, who.name, call.now)
        return ""
    raise Refused(NOTHING)
