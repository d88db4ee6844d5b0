"""What Tab offers while a line is typed, and the hint under it; both follow the declarations."""

import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.command import COMMANDS, Access, Call, Caller, Command, Parameter, suggestions, visible
from bot.fronts.narrow import one_line
from bot.language import Speech, _, speaking
from bot.line import parse_line
from bot.reply import Refused

log = logging.getLogger(__name__)

LEAVE = "quit"
"""The one word that is the console's own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a line the cursor stands."""

    command: Command
    argument: Parameter
    typed: str
    """What there is of the argument so far; a text at the end may be of several words."""
    word: str
    """The last word of it."""
    free: tuple[Parameter, ...]
    """What the word could name instead, as in `page=2`."""


class Typing(Completer):
    """Completes commands that the caller may run, then each argument from its declaration."""

    def __init__(self, call: Callable[[], Call], speech: Callable[[], Speech] = Speech) -> None:
        self._call = call
        self._speech = speech

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Offer nothing: suggestions read the database and have to be awaited."""
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Offer names while a name is typed, and values while an argument is."""
        text = document.text_before_cursor.lstrip()
        call = self._call()
        with speaking(self._speech()):
            found = [*_names(call.caller, text), *await _values(call, text)]
        for each in found:
            yield each


def hint(caller: Caller, text: str) -> str:
    """Say what is expected at the end of `text`."""
    here = place(caller, text.lstrip())
    if here is None:
        return _("Tab completes   /help explains   /{leave} or Ctrl-D ends", leave=LEAVE)
    return f"{here.argument.name}: {_(here.argument.about.help)}   {here.command.usage}"


def place(caller: Caller, text: str) -> Place | None:
    """Find the command and the argument that are being typed, if there are any."""
    bare = text.removeprefix("/")
    began = [one for one in _runnable(caller) if bare.lower().startswith(one.name + " ")]
    if not began:
        return None
    longest = max(began, key=lambda one: len(one.name))
    return _argument(longest, bare[len(longest.name) + 1 :])


def _argument(chosen: Command, rest: str) -> Place | None:
    """Find the argument at the end of `rest`, which begins after the command's name."""
    before, word = _last_word(rest)
    try:
        _, given = parse_line(f"{chosen.name} {before}")
        _, more = parse_line(f"{chosen.name} {before} x")
    except Refused:
        return None
    free = tuple(one for one in chosen.shown if one.name not in given)
    name, equals, value = word.partition("=")
    named = next((one for one in free if equals and one.name == name), None)
    if named:
        return Place(chosen, named, value, value, ())
    filled = next(one for one in chosen.shown if given.get(one.name) != more.get(one.name))
    begun = f"{given[filled.name]} {word}" if filled.name in given else word
    return Place(chosen, filled, begun, word, free)


def _last_word(rest: str) -> tuple[str, str]:
    """Split off the word under way; one that began with a quotation mark may hold spaces."""
    end = rest.rfind('"') if rest.count('"') % 2 else len(rest)
    before, _, word = rest[:end].rpartition(" ")
    return before, word + rest[end:]


def _runnable(caller: Caller) -> list[Command]:
    return [
        one
        for one in COMMANDS.values()
        if visible(caller, one) and (caller.moderators_place or one.access is Access.EVERYONE)
    ]


def _names(caller: Caller, text: str) -> list[Completion]:
    bare = text.removeprefix("/").lower()
    known = [(one.name, _(one.summary)) for one in _runnable(caller)]
    return [
        Completion(f"/{name}", -len(text), display_meta=summary)
        for name, summary in (*known, (LEAVE, _("End the console")))
        if name.startswith(bare)
    ]


async def _values(call: Call, text: str) -> list[Completion]:
    here = place(call.caller, text)
    if here is None:
        return []
    named = [one for one in here.free if here.word and one.name.startswith(here.word)]
    choices = []
    if text.endswith(here.typed):
        sought = here.typed.removeprefix('"')
        choices = await _offered(call, here.command, here.argument, sought)
    return [
        *(Completion(value, -len(here.typed), display=one_line(label)) for value, label in choices),
        *(_naming(one, here.word) for one in named),
    ]


def _naming(parameter: Parameter, word: str) -> Completion:
    return Completion(f"{parameter.name}=", -len(word), display_meta=_(parameter.about.help))


EXAMPLES = 3
"""So many of what may be typed are named."""


async def example(call: Call, chosen: Command, given: Mapping[str, str]) -> str:
    """Say what may stand for the first argument that is missing, if one is."""
    missing = next((one for one in chosen.shown if one.required and not given.get(one.name)), None)
    if missing is None:
        return ""
    offered = (await _offered(call, chosen, missing, ""))[:EXAMPLES]
    if not offered:
        return ""
    told = [_explained(value, label) for value, label in offered]
    if told == [value for value, _label in offered]:
        return _("{name} can be {values}", name=missing.name, values=", ".join(told))
    return "\n".join((_("{name} can be", name=missing.name), *told))


def _explained(value: str, label: str) -> str:
    """Say what an id stands for; a word says it itself."""
    if value in label or not any(map(str.isdigit, value)):
        return label if label.startswith(f"{value}: ") else value
    return f"{value}: {one_line(label)}"


async def _offered(
    call: Call, chosen: Command, argument: Parameter, typed: str
) -> list[tuple[str, str]]:
    """Return (what is typed, what is shown) for an argument; a failure offers nothing."""
    try:
        found = await suggestions(call, chosen.name, argument.name, typed)
    except Exception:  # the person goes on typing, and the log has the reason
        log.exception("suggestions for %s of /%s failed", argument.name, chosen.name)
        return []
    return [(_quoted(one.value), one.label) for one in found]


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
