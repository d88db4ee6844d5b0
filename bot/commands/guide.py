"""How to begin, and what can be asked."""

from typing import Annotated

from bot.command import (
    COMMANDS,
    Access,
    Argument,
    Call,
    Choice,
    Command,
    Parameter,
    command,
    visible,
)
from bot.language import N_, _
from bot.reply import Button, Column, Refused, Reply, Table


async def _commands(call: Call, typed: str) -> list[Choice]:
    wanted = typed.strip().removeprefix("/").lower()
    return [Choice(f"/{one.name}", one.name) for one in _offered(call) if wanted in one.name]


def _offered(call: Call) -> list[Command]:
    place = call.caller.moderators_place
    return [
        one
        for one in COMMANDS.values()
        if visible(call.caller, one) and (one.access is Access.EVERYONE or place)
    ]


BEGINNING = N_(
    "Your TikTok videos earn points by a formula that anybody can compute again, and "
    "points buy rewards.\n\n"
    "1. /link with your TikTok handle: a code shows that it is yours, or a moderator confirms "
    "it.\n"
    "2. /points shows what you have and what is on its way.\n"
    "3. /video explains the points of one video to the last unit.\n"
    "4. /shop shows the rewards, /redeem takes one."
)


@command("start", "What this is and how to begin", private=True)
async def start(call: Call) -> Reply:
    """Greet a person, and say the next step."""
    is_linked = call.caller.as_creator_id or call.known.creator_id
    mine = Button(_("My points"), "points") if is_linked else Button(_("How it works"), "about")
    doors = (mine, Button(_("Shop"), "shop"), Button(_("Help"), "help"))
    title = _("Welcome to {programme}", programme=call.settings.programme)
    return Reply(title=title, text=_(BEGINNING), buttons=doors)


@command("help", "What you can ask, or how one command works", private=True)
async def help_(
    call: Call,
    about: Annotated[str, Argument("A command, such as redeem", suggest=_commands)] = "",
) -> Reply:
    """List the commands that the caller may run here, or explain one."""
    offered = _offered(call)
    if about:
        return _one(about.removeprefix("/").lower(), offered)
    rows = tuple((f"/{one.name}", _(one.summary)) for one in offered)
    return Reply(
        title=_("What you can ask"),
        table=Table((Column(_("Command")), Column(_("What it does"))), rows),
        note=_("/help and a command's name tells how to use it."),
    )


def _one(name: str, offered: list[Command]) -> Reply:
    typed = name.replace("_", " ")  # Telegram's menu knows no blanks
    chosen = next((one for one in offered if one.name == typed), None)
    if chosen is None:
        raise Refused("There is no /{name} here. /help lists what you can use.", name=name)
    facts = tuple((_label(one), _says(one)) for one in chosen.shown)
    text = _(chosen.summary) + "."
    return Reply(title=chosen.usage, text=text, facts=facts, note=_seen(chosen))


def _seen(one: Command) -> str:
    """Say who sees the answer, as it is true on every platform."""
    if one.access is Access.MODERATOR:
        return _("It works in the moderators' channel only.")
    return (
        _("The answer is for you alone.") if one.private else _("Everyone in the channel sees it.")
    )


def _label(one: Parameter) -> str:
    return one.name if one.required else _("{argument} (optional)", argument=one.name)


def _says(one: Parameter) -> str:
    said = _(one.about.help)
    unsaid = [choice for choice in one.choices if f"{choice}:" not in said]
    return f"{said}: {', '.join(one.choices)}" if unsaid else said
