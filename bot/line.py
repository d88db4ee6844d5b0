"""Typed lines and pressed buttons become a command's name and arguments.

/mod grant ana 50 for the best video of the week
/mod reward edit mug amount=150 reason="the supplier got cheaper"
videos|likes|2
"""

import shlex
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from bot.command import COMMANDS, Command, Parameter
from bot.reply import Button, Refused, Upload

CALL_BYTES = 64
"""Telegram's limit for the data of a button."""
ASKED = "?"
"""Stands, in what a front makes of a button, for the argument that is asked for once pressed."""
HELP = "help"
"""What answers where somebody types no more than the name of a group of commands."""
SHOWN = 40
"""So much of an unknown command is said back."""
QUOTES = str.maketrans("“”„", '"""')


def parse_line(text: str) -> tuple[Command, dict[str, str]]:
    """Read a typed line: words in order or `name=value`; the last text takes the rest."""
    words = _words(text.strip().lstrip("/"))
    if not words:
        raise Refused("Type a command, such as /help.")
    chosen, rest = _command(words)
    return chosen, arguments(chosen, rest)


def read_words(words: Sequence[str]) -> tuple[Command, dict[str, str]]:
    """Read a command that was split into words already, as by a shell."""
    chosen, rest = _command(list(words))
    return chosen, arguments(chosen, rest)


def arguments(chosen: Command, words: Sequence[str]) -> dict[str, str]:
    """Give each word to its parameter."""
    free = {one.name: one for one in chosen.shown}
    given: dict[str, str] = {}
    plain = [word for word in words if not _named(word, free, given)]
    names = _in_order(chosen, given, plain)
    if len(plain) > len(names) and names and free[names[-1]].kind is str:
        last = len(names) - 1
        plain = [*plain[:last], " ".join(plain[last:])]
    if len(plain) > len(names):
        raise Refused("That is more than {usage} takes.", usage=chosen.usage)
    return given | dict(zip(names, plain, strict=False))


def _in_order(chosen: Command, given: Mapping[str, str], words: Sequence[str]) -> list[str]:
    """Return the parameters that words fill in order.

    The last required text takes all that is left, so what follows it is given by name only. A file
    is no word: it is sent, or named.
    A number is no choice: `/videos 2` leaves out how to sort.
    """
    shown = [one for one in chosen.shown if one.kind is not Upload]
    texts = [place for place, one in enumerate(shown) if _takes_the_rest(one)]
    end = texts[-1] + 1 if texts else len(shown)
    free = [one for one in shown[:end] if one.name not in given]
    if words and words[0].isdecimal() and free and free[0].choices and not free[0].required:
        del free[0]
    return [one.name for one in free]


def _takes_the_rest(one: Parameter) -> bool:
    return one.required and one.kind is str and not one.about.one_word


def _named(word: str, free: Mapping[str, Parameter], given: dict[str, str]) -> bool:
    name, equals, value = word.partition("=")
    if not equals or name not in free:
        return False
    if name in given:
        raise Refused("{name} is given twice.", name=name)
    given[name] = value
    return True


def _words(text: str) -> list[str]:
    """Split at spaces, but not between quotation marks, straight or as phones write them."""
    lexer = shlex.shlex(text.translate(QUOTES), posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.commenters, lexer.escape = True, '"', "", ""
    try:
        return list(lexer)
    except ValueError:
        return text.split()


def _command(words: list[str]) -> tuple[Command, list[str]]:
    for length in (3, 2, 1):
        chosen = COMMANDS.get(" ".join(words[:length]).lower())
        if chosen is not None:
            return chosen, words[length:]
    if HELP in COMMANDS and _begins_some(" ".join(words).lower()):
        return COMMANDS[HELP], words
    moderating = words[0].lower() == "mod"
    typed = " ".join(words[: 2 if moderating else 1])[:SHOWN]
    alike = [name for name in COMMANDS if name.startswith("mod ") == moderating]
    begun = [name for name in alike if name.startswith(typed.lower()) and typed.lower() != "mod"]
    near = get_close_matches(typed.lower(), alike, 1) or begun
    if near:
        raise Refused("There is no /{typed}. Did you mean /{near}?", typed=typed, near=near[0])
    raise Refused("There is no /{typed}. /help lists what you can use.", typed=typed)


def _begins_some(name: str) -> bool:
    """Tell whether this is the name of a group of commands, such as `mod reward`."""
    return any(one.startswith(f"{name} ") for one in COMMANDS)


def call_text(name: str, *values: object) -> str:
    """Write a button's call; values stand in the order of the command's parameters."""
    text = "|".join((name, *("" if one is None else str(one) for one in values)))
    if len(text.encode()) > CALL_BYTES:
        raise ValueError(f"a button's call is at most {CALL_BYTES} bytes: {text}")
    return text


def parse_call(text: str) -> tuple[str, dict[str, str]]:
    """Read a button's call into a command's name and its arguments."""
    name, *values = text.split("|")
    chosen = COMMANDS.get(name)
    if chosen is None or len(values) > len(chosen.parameters):
        raise Refused("This button is from an older message. Please send the command again.")
    names = (one.name for one in chosen.parameters)
    return name, {key: value for key, value in zip(names, values, strict=False) if value != ""}


def marked_call(button: Button) -> str:
    """Write what a button of a front carries: its call, and a mark where it asks for something.

    Where the mark has no room the call stands alone, which asks too if the argument is required.
    """
    name, *values = button.call.split("|")
    if not button.asks or name not in COMMANDS:
        return button.call
    place = [one.name for one in COMMANDS[name].parameters].index(button.asks)
    values += [""] * (place + 1 - len(values))
    values[place] = ASKED
    marked = "|".join((name, *values))
    return button.call if len(marked.encode()) > CALL_BYTES else marked


def parse_press(text: str) -> tuple[Command, dict[str, str], Parameter | None]:
    """Read what a pressed button carries: its call, and which argument it asks the person for.

    That is the marked one, or else the first that the command can't do without.
    """
    name, values = parse_call(text)
    chosen = COMMANDS[name]
    given = {key: value for key, value in values.items() if value != ASKED}
    marked = [one for one in chosen.shown if values.get(one.name) == ASKED]
    return chosen, given, next(iter(marked), None) or missing(chosen, given)


def missing(chosen: Command, given: Mapping[str, str]) -> Parameter | None:
    """Return the first argument that the command can't do without and that is not given."""
    return next((one for one in chosen.shown if one.required and not given.get(one.name)), None)
