"""What people type on Telegram becomes the line that every front's parser reads."""

from bot.command import COMMANDS
from bot.fronts.narrow import clean
from bot.fronts.on_telegram_text import command_name

CONNECT = "connect"
"""The command that joins a person's accounts with a code."""


def shared_line(text: str, username: str, *, private_chat: bool) -> str | None:
    """Return `/mod_grant@bot ana 50` as `/mod grant ana 50`; None where it is not for this bot.

    In a group, a command without an address that this bot does not know is some other bot's.
    """
    word, *rest = clean(text).strip().split(maxsplit=1)
    typed, _, addressee = word.removeprefix("/").lower().partition("@")
    if addressee and addressee != username.lower():
        return None
    name = _names().get(typed)
    if name == "start" and rest:
        return _linked(rest[0])
    if name is None and not (private_chat or addressee or _begins_one(typed)):
        return None
    return " ".join((f"/{name or typed}", *rest))


def _linked(payload: str) -> str:
    """Return the line of a deep link: a command's name alone, or the code that /connect asks for.

    /connect asks before it joins anything, so a link from a stranger does nothing by itself.
    """
    word, dash, code = payload.partition("-")
    if dash and word.lower() == CONNECT:
        return f"/{CONNECT} {code}"
    return f"/{_names().get(payload.lower(), 'start')}"


def deep_link(username: str, name: str) -> str:
    """Return the address that opens the bot's chat and, once Start is pressed, runs a command.

    It carries no arguments: whoever makes such a link must not choose what another person does.
    """
    return f"https://t.me/{username}?start={command_name(name)}"


def _names() -> dict[str, str]:
    """Return the commands, and the groups of commands, by what they are called here."""
    words = [name.split() for name in COMMANDS]
    groups = {" ".join(each[:length]) for each in words for length in range(1, len(each))}
    return {command_name(name): name for name in (*groups, *COMMANDS)}


def _begins_one(word: str) -> bool:
    return any(name.startswith(f"{word} ") for name in COMMANDS)
