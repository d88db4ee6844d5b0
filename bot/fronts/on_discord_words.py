"""What Discord shows of the commands themselves, in each language that is spoken here.

Descriptions come from the catalogue that all words come from. The names of commands, arguments
and choices have a catalogue of their own, `commands.po`, by the part that a name plays.
"""

from functools import cache

from discord import Locale, app_commands

from bot.fronts.on_discord_text import plain
from bot.language import ENGLISH, FOLDER, Speech, _, nearest, speaking

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
