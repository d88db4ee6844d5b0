"""What people are told without asking, and where."""

from enum import Enum
from typing import Annotated

from sqlalchemy.orm import Session

from bot.call import PLATFORM_CONSOLE
from bot.command import Argument, Call, command
from bot.language import _
from bot.line import call_text
from bot.reply import Button, Refused, Reply
from bot.telling import KINDS
from db import identities, notices
from db.notices import OPTIONAL


class Kind(Enum):
    """What may be switched off."""

    SETTLED = notices.SETTLED
    REDEMPTION = notices.REDEMPTION
    CODE = notices.CODE


class Switch(Enum):
    """Whether it comes."""

    ON = "on"
    OFF = "off"


@command("notify", "What you are told without asking, and where", private=True)
async def notify(
    call: Call,
    kind: Annotated[Kind | None, Argument("Which kind of notice")] = None,
    switch: Annotated[Switch | None, Argument("Whether it comes")] = None,
) -> Reply:
    """Let notices come here, switch a kind of them, and show how all are switched."""
    if kind is not None and switch is None:
        raise Refused("Say on or off too, such as /notify {kind} off.", kind=kind.value)

    def shown(muted: frozenset[str]) -> Reply:
        return _shown(call, muted)

    return await call.write(shown, _wish, call, kind, switch is Switch.ON)


def _wish(session: Session, call: Call, kind: Kind | None, on: bool) -> frozenset[str]:  # noqa: FBT001  # what was typed
    """Return the kinds that are switched off after it."""
    who = call.caller
    person = identities.person_of(session, who.platform, who.user_id, who.name, call.now)
    notices.come_here(session, who.platform, who.user_id, call.now)
    if kind is not None:
        notices.switch(person, kind.value, on=on)
    return frozenset(person.muted or ())


def _shown(call: Call, muted: frozenset[str]) -> Reply:
    facts = tuple((_(name), _state(kind, muted)) for kind, name in KINDS.items())
    buttons = tuple(_button(kind, muted) for kind in OPTIONAL)
    return Reply(title=_("Notices"), text=_where(call), facts=facts, buttons=buttons)


def _where(call: Call) -> str:
    platform = call.caller.platform
    if platform == PLATFORM_CONSOLE:
        return _("Nothing can be sent to the console. Use /notify on Discord or Telegram.")
    return _("Notices come to you here on {platform}, in private.", platform=platform.capitalize())


def _state(kind: str, muted: frozenset[str]) -> str:
    if kind not in OPTIONAL:
        return _("always on")
    return _("off") if kind in muted else _("on")


def _button(kind: str, muted: frozenset[str]) -> Button:
    name = _(KINDS[kind])
    if kind in muted:
        return Button(_("Switch on: {kind}", kind=name), call_text("notify", kind, "on"))
    return Button(_("Switch off: {kind}", kind=name), call_text("notify", kind, "off"))
