"""What Discord shows of the commands themselves, in each language that is spoken here.

Descriptions come from the catalogue that all words come from. The names of commands, arguments
and choices have a catalogue of their own, `commands.po`, by the part that a name plays.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache, partial

from discord import Locale, app_commands

from bot.command import COMMANDS, Command
from bot.fronts.on_discord_text import plain
from bot.language import ENGLISH, FOLDER, Speech, _, nearest, speaking
from bot.reply import Button, Reply, Table

DESCRIPTION_UNITS = 100
COMMAND, ARGUMENT, CHOICE = "command", "argument", "choice"

Place = app_commands.TranslationContextLocation
PARTS = {
    Place.command_name: COMMAND,
    Place.group_name: COMMAND,
    Place.parameter_name: ARGUMENT,
    Place.choice_name: CHOICE,
}
"""Which part a name plays, by where it stands."""


def translatable(text: str, **values: str) -> app_commands.locale_str:
    """Return a description in English, which `Words` says in other languages."""
    shown = plain(text.format(**values) if values else text, DESCRIPTION_UNITS)
    return app_commands.locale_str(shown, text=text, values=values)


class Words(app_commands.Translator):
    """Says what Discord shows, to each of its languages that comes near to one of ours."""

    def __init__(self, otherwise: str) -> None:
        self._otherwise = otherwise
        """The language of the programme, for all that are not spoken here."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the words in a language; None where the English ones stand."""
        code = nearest(locale.value, self._otherwise)
        if code == ENGLISH:
            return None
        if "text" not in string.extras:
            return name(code, PARTS.get(context.location, ""), string.message)
        with speaking(Speech(code)):
            said = _(string.extras["text"], **string.extras["values"])
        return plain(said, DESCRIPTION_UNITS)


def name(code: str, part: str, english: str) -> str | None:
    """Return the name of a command, an argument or a choice; None where there is none."""
    return _names(code).get((part, english))


def as_called(text: str, code: str) -> str:
    """Write each `/command` as Discord calls it to readers of a language.

    That is the language of their Discord, which may not be the one that they chose here.
    """
    if code == ENGLISH or "/" not in text:
        return text
    pattern, called = _called(code, tuple(COMMANDS))
    return pattern.sub(lambda found: called[found[0]], text)


def reply_as_called(reply: Reply, code: str) -> Reply:
    """Write each `/command` of a reply so, on what can be pressed too."""
    if code == ENGLISH:
        return reply
    said = partial(as_called, code=code)
    menu, table = reply.menu, reply.table
    return replace(
        reply,
        title=said(reply.title),
        text=said(reply.text),
        facts=tuple((said(one), said(other)) for one, other in reply.facts),
        table=table and Table(table.columns, tuple(tuple(map(said, row)) for row in table.rows)),
        note=said(reply.note),
        buttons=tuple(_labelled(one, code) for one in reply.buttons),
        menu=menu
        and replace(
            menu,
            prompt=said(menu.prompt),
            choices=tuple(_labelled(one, code) for one in menu.choices),
        ),
    )


def _labelled(button: Button, code: str) -> Button:
    return replace(button, label=as_called(button.label, code))


@lru_cache(maxsize=8)
def _called(code: str, _declared: tuple[str, ...]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return what finds the commands, how they are used or just named, and what each becomes."""
    called: dict[str, str] = {}
    for one in COMMANDS.values():
        path = " ".join(name(code, COMMAND, word) or word for word in one.name.split())
        called |= {f"/{one.name}": f"/{path}", one.usage: _usage(one, path, code)}
    longest_first = sorted(called, key=len, reverse=True)
    return re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"), called


def _usage(one: Command, path: str, code: str) -> str:
    words = {each.name: name(code, ARGUMENT, each.name) or each.name for each in one.shown}
    shown = (words[each.name] if each.required else f"[{words[each.name]}]" for each in one.shown)
    return " ".join((f"/{path}", *shown))


@cache
def _names(code: str) -> dict[tuple[str, str], str]:
    from babel.messages.pofile import read_po  # noqa: PLC0415  # only where it is spoken

    with (FOLDER / code / "LC_MESSAGES" / "commands.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    return {
        (str(one.context), str(one.id)): str(one.string)
        for one in catalogue
        if one.id and one.string
    }
