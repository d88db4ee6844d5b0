"""Questions and buttons: a missing argument is asked for, a button is a command call."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy.exc import SQLAlchemyError
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.call import acquainted, speech
from bot.command import Call, Command, Parameter, permitted, suggestions
from bot.fronts.narrow import one_line, units
from bot.fronts.on_telegram_lines import deep_link
from bot.fronts.on_telegram_quoted import question_for
from bot.language import Speech, _, speaking
from bot.line import call_text, marked_call
from bot.reply import Button, Link, Refused, Reply, Style, Tone

ROW_UNITS = 24
ROW_BUTTONS = 4
"""What a phone shows in one row without cutting labels."""
MOST_BUTTONS = 100
"""Telegram takes no more under a message."""
STYLES = {Style.PRIMARY: "primary", Style.DANGER: "danger"}


async def question(
    call: Call, chosen: Command, given: Mapping[str, str], lacking: Parameter | None
) -> Reply | None:
    """Ask for the argument that is lacking: with a button for each suggestion, else in words.

    None where nothing is, or where `run` has to say that the caller may not, or how it is used.
    """
    if lacking is None or not _may(call, chosen):
        return None
    offered = await suggestions(call, chosen.name, lacking.name, "")
    choices = ((one.label, one.value) for one in offered)
    buttons = tuple(_choices(chosen, lacking, given, choices))
    with speaking(await speech_to(call)):
        if not buttons:
            who = call.caller
            return question_for(chosen, given, lacking, int(who.user_id), who.name)
        text, note = _(lacking.about.help), _("Press one, or type it after the command.")
        return Reply(chosen.usage, text, note=note, buttons=buttons, tone=Tone.ASK)


def _may(call: Call, chosen: Command) -> bool:
    """Tell whether the caller may run a command, which they are asked for the rest of."""
    try:
        return permitted(call.caller, chosen.name) is chosen
    except Refused:
        return False


async def known(call: Call) -> Call:
    """Return the call with what is known of its caller, where the store is not too busy."""
    try:
        return await acquainted(call)
    except (Refused, SQLAlchemyError):  # a platform tells a language too
        return call


async def speech_to(call: Call) -> Speech:
    """Return how a caller is spoken to outside of `run`."""
    return speech(await known(call))


def _choices(
    chosen: Command,
    missing: Parameter,
    given: Mapping[str, str],
    choices: Iterable[tuple[str, str]],
) -> Iterator[Button]:
    """Yield a button for each choice that a button's call can carry."""
    for label, value in choices:
        filled = {**given, missing.name: value}
        values = [filled.get(one.name) for one in chosen.parameters]
        while values[-1] is None:
            values.pop()
        if any("|" in one for one in values if one):
            continue
        try:
            yield Button(label, call_text(chosen.name, *values))
        except ValueError:  # longer than a button's 64 bytes
            continue


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Lay out a menu, buttons (short ones side by side) and links; None for none.

    A button that asks for something first carries a mark for it.
    """
    rows = [
        *([_drawn(one)] for one in (reply.menu.choices if reply.menu else ())),
        *([_drawn(one) for one in row] for row in _rows(reply.buttons)),
        *([_linked(one)] for one in reply.links),
    ]
    while sum(map(len, rows)) > MOST_BUTTONS:
        rows.pop()
    return InlineKeyboardMarkup(rows) if rows else None


def _rows(buttons: tuple[Button, ...]) -> list[list[Button]]:
    rows: list[list[Button]] = []
    for button in buttons:
        row = rows[-1] if rows else []
        taken = sum(units(one.label) for one in (*row, button))
        if row and len(row) < ROW_BUTTONS and taken <= ROW_UNITS:
            row.append(button)
        else:
            rows.append([button])
    return rows


def _linked(link: Link) -> InlineKeyboardButton:
    return InlineKeyboardButton(one_line(link.label), url=link.url)


def _drawn(button: Button) -> InlineKeyboardButton:
    label = one_line(button.label)
    data, style = marked_call(button), STYLES.get(button.style)
    return InlineKeyboardButton(label, callback_data=data, style=style)


def invitation(username: str, name: str) -> InlineKeyboardMarkup:
    """Return the link button to the bot's own chat, where the command then runs."""
    link = InlineKeyboardButton(_("Open our private chat"), url=deep_link(username, name))
    return InlineKeyboardMarkup([[link]])
