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
from bot.commands import topics
from bot.commands.topics import Topic
from bot.language import N_, _
from bot.line import call_text
from bot.reply import Button, Column, Menu, Refused, Reply, Table, Upload
from bot.uploads import MEGABYTE, UPLOAD_BYTES

MODERATING = N_("What moderators do")
ONE_MORE = N_("/help and a command's name tells how to use it.")


async def _commands(call: Call, typed: str) -> list[Choice]:
    wanted, offered = typed.strip().removeprefix("/").lower(), _offered(call)
    groups = topics.shown(offered)
    names = [
        *(one.name for one in offered if one.access is Access.EVERYONE),
        *([topics.MOD] if groups else []),
        *(topic.name for topic, _commands in groups),
        *(one.name for one in offered if one.access is Access.MODERATOR),
    ]
    return [Choice(f"/{name}", name) for name in dict.fromkeys(names) if wanted in name]


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
    """List the commands that the caller may run here, a topic of them, or explain one."""
    offered = _offered(call)
    if about:
        return _about(about.removeprefix("/").lower(), offered)
    moderates = bool(topics.shown(offered))
    more = ((f"/{topics.MOD}", _(MODERATING)),) if moderates else ()
    everyones = [one for one in offered if one.access is Access.EVERYONE]
    return Reply(
        title=_("What you can ask"),
        table=_listed(everyones, more),
        note=_(ONE_MORE),
        buttons=(Button(_(MODERATING), call_text("help", topics.MOD)),) if moderates else (),
    )


def _listed(commands: list[Command], more: tuple[tuple[str, str], ...] = ()) -> Table:
    rows = tuple((f"/{one.name}", _(one.summary)) for one in commands)
    return Table((Column(_("Command")), Column(_("What it does"))), (*rows, *more))


def _about(name: str, offered: list[Command]) -> Reply:
    """Explain a command, or list a topic; names may be typed as Telegram's menu has them."""
    typed = _alike(name)
    chosen = next((one for one in offered if _alike(one.name) == typed), None)
    if chosen is not None:
        return _one(chosen)
    if typed == topics.MOD and (groups := topics.shown(offered)):
        return _topics(groups)
    heading, found = topics.under(typed, offered)
    if not found:
        raise Refused("There is no /{name} here. /help lists what you can use.", name=name)
    # As facts and not as a table: whole on a phone, and to be touched on Telegram.
    facts = tuple((f"/{one.name}", _(one.summary)) for one in found)
    back = Button(_(MODERATING), call_text("help", topics.MOD))
    return Reply(title=_(heading), facts=facts, note=_(ONE_MORE), buttons=(back,))


def _alike(name: str) -> str:
    """Return a name without what tells platforms' spellings apart: Telegram has `_` alone."""
    return name.replace("_", " ").replace("-", " ")


def _topics(groups: list[tuple[Topic, list[Command]]]) -> Reply:
    facts = tuple(
        (_(topic.heading), ", ".join(f"/{one.name}" for one in found)) for topic, found in groups
    )
    choices = tuple(
        Button(_(topic.heading), call_text("help", topic.name)) for topic, _found in groups
    )
    menu = Menu(_("Which of them?"), choices)
    return Reply(title=_(MODERATING), facts=facts, menu=menu, note=_(ONE_MORE))


def _one(chosen: Command) -> Reply:
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
    if one.kind is Upload:
        return _("{help} (a file of {most} MB at most)", help=said, most=UPLOAD_BYTES // MEGABYTE)
    unsaid = [choice for choice in one.choices if f"{choice}:" not in said]
    return f"{said}: {', '.join(one.choices)}" if unsaid else said
