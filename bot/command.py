"""One declaration of a command serves every front.

    @command("redeem", "Spend points on a reward", private=True)
    async def redeem(
        call: Call, reward: Annotated[str, Argument("Which reward", suggest=rewards_on_sale)]
    ) -> Reply: ...

The signature gives Discord its options, Telegram its questions and the console its completion.
"""

import inspect
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from time import monotonic
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from bot import logs
from bot.call import PLATFORM_CONSOLE, Access, Call, Caller, acquainted, speech
from bot.language import N_, Speech, _, in_words, speaking
from bot.reply import Refused, Reply, Tone, Upload
from bot.typed import TEXT_LENGTH, choice, plain, refuse_long, whole_number
from bot.under_way import under_way
from bot.uploads import fetched
from db import notices

__all__ = [
    "COMMANDS",
    "PLATFORM_CONSOLE",
    "SUGGESTED",
    "Access",
    "Argument",
    "Call",
    "Caller",
    "Choice",
    "Command",
    "Parameter",
    "answer",
    "command",
    "permitted",
    "run",
    "suggestions",
    "visible",
]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """One suggestion: what is shown, and what is sent."""

    label: str
    value: str


SUGGESTED = 25
"""Discord shows no more."""

Suggest = Callable[[Call, str], Awaitable[list[Choice]]]


@dataclass(frozen=True, slots=True)
class Argument:
    """What the signature can't say of an argument."""

    help: str
    suggest: Suggest | None = None
    minimum: int | None = None
    maximum: int | None = None
    """The highest number; of a text, the most characters (500 where nothing is said)."""
    one_word: bool = False
    """A text without spaces, such as an id: typed words after it are the next argument's."""
    hidden: bool = False
    """Given by buttons only: no front asks a person for it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument with its name, type and default, as fronts need it."""

    name: str
    kind: type
    """str, int, an Enum whose values are text, or Upload."""
    required: bool
    about: Argument

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of an Enum, or nothing."""
        return tuple(str(one.value) for one in self.kind) if issubclass(self.kind, Enum) else ()

    def read(self, text: str) -> Any:
        """Turn what was typed into the argument's value, or refuse in one sentence."""
        low, high = self.about.minimum, self.about.maximum
        most = high if self.kind is str and high else TEXT_LENGTH
        refuse_long(self.name, text, most)
        if issubclass(self.kind, Enum):
            return choice(self.name, self.kind, text)
        return whole_number(self.name, text, low, high) if self.kind is int else text


Body = Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command:
    """A declared command."""

    name: str
    """As typed on the console: `points`, or `mod grant`."""
    summary: str
    body: Body
    parameters: tuple[Parameter, ...]
    private: bool
    """Only the caller sees the reply."""
    access: Access
    slow: bool
    """May take longer than a moment (a picture, a whole refresh): fronts show that they work."""

    @property
    def shown(self) -> tuple[Parameter, ...]:
        """The parameters that a person gives."""
        return tuple(one for one in self.parameters if not one.about.hidden)

    @property
    def usage(self) -> str:
        """How it is typed, such as `/videos [sort] [page]`."""
        words = (one.name if one.required else f"[{one.name}]" for one in self.shown)
        return " ".join((f"/{self.name}", *words))


COMMANDS: dict[str, Command] = {}
"""Every command by name, in the order of declaration; `bot.commands` fills it."""


def command(
    name: str,
    summary: str,
    *,
    private: bool = False,
    access: Access = Access.EVERYONE,
    slow: bool = False,
) -> Callable[[Body], Body]:
    """Declare the decorated coroutine as a command."""

    def declare(body: Body) -> Body:
        COMMANDS[name] = Command(name, summary, body, _parameters(body), private, access, slow)
        return body

    return declare


def _parameters(body: Body) -> tuple[Parameter, ...]:
    hints = get_type_hints(body, include_extras=True)
    declared = list(inspect.signature(body).parameters.values())[1:]
    return tuple(_parameter(one, hints[one.name]) for one in declared)


def _parameter(declared: inspect.Parameter, hint: Any) -> Parameter:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"{declared.name} needs Annotated[type, Argument(...)]")
    kind, about = get_args(hint)[:2]
    plain = next((one for one in get_args(kind) if one is not type(None)), kind)
    return Parameter(declared.name, plain, declared.default is inspect.Parameter.empty, about)


async def run(call: Call, name: str, given: Mapping[str, str]) -> Reply:
    """Run a command by name with what was typed for each argument; never raises.

    Access is compared before anything else, for buttons and suggestions too.
    """
    reply, _speech = await answer(call, name, given)
    return reply


async def answer(call: Call, name: str, given: Mapping[str, str]) -> tuple[Reply, Speech]:
    """Run a command, and tell too how its caller is spoken to, so that no front looks again."""
    begun = monotonic()
    known = name if name in COMMANDS else "unknown"
    with logs.request(call.caller.platform, call.key), under_way(known):
        reply, outcome, language = await _ran(call, name, given)
        logs.answered(known, outcome, monotonic() - begun)
    return reply, language


async def _ran(call: Call, name: str, given: Mapping[str, str]) -> tuple[Reply, str, Speech]:
    """Return the reply, how the request ended in a word for the log, and how it was spoken."""
    try:
        chosen = permitted(call.caller, name)
        call = await acquainted(replace(call, name=name, given=given))
        if call.known.is_blocked:  # who writes can be written to
            await call.store.write(notices.unblock, call.caller.platform, call.caller.user_id)
        with speaking(speech(call)):
            call = await fetched(call)
            reply = await chosen.body(call, **_bound(call, chosen))
    except Refused as refused:
        with speaking(speech(call)):
            reply = Reply(text=in_words(refused), tone=Tone.REFUSED)
    except Exception:  # the reader gets a reference, the log the rest
        reference = secrets.token_hex(3)
        log.exception("reference %s: /%s failed", reference, name)
        with speaking(speech(call)):
            return _failed(reference), "failed", speech(call)
    return reply, reply.tone.value, speech(call)


def _failed(reference: str) -> Reply:
    text = _(
        "That did not work, and it is our fault. Reference {reference}: "
        "give it to a moderator, who finds the reason in the log.",
        reference=reference,
    )
    return Reply(text=text, tone=Tone.REFUSED)


async def suggestions(call: Call, name: str, argument: str, typed: str) -> list[Choice]:
    """Return at most 25 choices for an argument; nothing where the caller may not run it.

    Hidden arguments have none: a button gives them.
    """
    sought = plain(typed[:TEXT_LENGTH])
    try:
        wanted = next(one for one in permitted(call.caller, name).shown if one.name == argument)
        if wanted.about.suggest is not None:
            known = await acquainted(replace(call, name=name))
            with speaking(speech(known)):
                return (await wanted.about.suggest(known, sought))[:SUGGESTED]
    except (Refused, StopIteration):
        return []
    return [Choice(one, one) for one in wanted.choices if sought.lower() in one]


def permitted(caller: Caller, name: str) -> Command:
    """Return the command if the caller may run it here, else refuse."""
    chosen = COMMANDS.get(name)
    if chosen is None or not visible(caller, chosen):
        raise Refused("There is no /{name} here. /help lists what you can use.", name=name)
    if chosen.access is Access.MODERATOR and not caller.moderators_place:
        raise Refused("Moderator commands work in the moderators' channel only.")
    return chosen


def visible(caller: Caller, one: Command) -> bool:
    """Tell whether menus and help show a command to this caller."""
    return caller.access >= one.access


def _bound(call: Call, chosen: Command) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in chosen.parameters:
        text = plain(call.given.get(one.name, ""))
        if text and one.kind is Upload:
            values[one.name] = _uploaded(call, one, text)
        elif text:
            values[one.name] = one.read(text)
        elif one.required:
            raise _missing(chosen, one)
    return values


def _uploaded(call: Call, one: Parameter, digest: str) -> Upload:
    """Return a file that came with the request; a digest that was typed stands for none."""
    if digest not in call.uploads:
        raise Refused("{name} is a file; send it with the command.", name=one.name)
    return call.uploads[digest]


def _missing(chosen: Command, one: Parameter) -> Refused:
    """Say what is missing; the words of its help are a refusal's value, so they are said here."""
    said = _(one.about.help)
    typed = N_("{usage}: {name} is missing ({about}). Type it after the command.")
    sent = N_("{usage}: {name} is missing ({about}). Send the file with the command.")
    return Refused(
        sent if one.kind is Upload else typed,
        usage=chosen.usage,
        name=one.name,
        about=said[:1].lower() + said[1:],
    )
