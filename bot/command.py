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
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from typing import (
    Annotated,
    Any,
    Concatenate,
    ParamSpec,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from sqlalchemy.orm import Session

from bot.config import Settings
from bot.reply import Refused, Reply, Tone
from bot.typed import TEXT_LENGTH, choice, plain, refuse_long, whole_number
from db import people
from db.store import Store

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

PLATFORM_CONSOLE = "console"


class Access(IntEnum):
    """Who may run a command."""

    EVERYONE = 0
    MODERATOR = 1


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as the front found it out; unknown or failing means `Access.EVERYONE`."""

    platform: str
    """discord, telegram or console."""
    user_id: str
    name: str
    access: Access = Access.EVERYONE
    moderators_place: bool = False
    """Whether this is a channel in which the config lets moderators work."""
    as_creator_id: str | None = None
    """On the console alone: the creator whose part is played."""

    @property
    def actor(self) -> str:
        """How the records name the caller, such as `discord:1234`."""
        return f"{self.platform}:{self.user_id}"


@dataclass(frozen=True, slots=True)
class Call:
    """All that a body may touch: it never sends and never commits."""

    store: Store
    settings: Settings
    caller: Caller
    now: datetime
    key: str
    """The request's own key: the same request delivered again has the same key."""

    async def read(
        self, f: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `f` in a read transaction."""
        return await self.store.read(f, *args, **kwargs)

    async def write(
        self, f: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `f` in a write transaction: returned means committed. Once a command at most."""
        return await self.store.write(f, *args, **kwargs)

    async def creator_id(self) -> str:
        """Return the caller's creator; `Refused` tells an unlinked person how to link."""
        if self.caller.as_creator_id:
            return self.caller.as_creator_id
        found = await self.read(people.creator_of, self.caller.platform, self.caller.user_id)
        if found is None:
            raise Refused(
                "You are not linked to a TikTok account yet. "
                "Use /link with your handle; a moderator confirms it."
            )
        return found


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
    hidden: bool = False
    """Given by buttons only: no front asks a person for it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument with its name, type and default, as fronts need it."""

    name: str
    kind: type
    """str, int or an Enum whose values are text."""
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
    try:
        chosen = permitted(call.caller, name)
        return await chosen.body(call, **_bound(chosen, given))
    except Refused as refused:
        return Reply(text=refused.reason, tone=Tone.REFUSED)
    except Exception:  # the reader gets a reference, the log the rest
        reference = secrets.token_hex(3)
        log.exception("reference %s: /%s failed", reference, name)
        return Reply(
            text=f"That did not work, and it is our fault. Reference {reference}: "
            "give it to a moderator, who finds the reason in the log.",
            tone=Tone.REFUSED,
        )


async def suggestions(call: Call, name: str, argument: str, typed: str) -> list[Choice]:
    """Return at most 25 choices for an argument; nothing where the caller may not run it.

    Hidden arguments have none: a button gives them.
    """
    sought = plain(typed[:TEXT_LENGTH])
    try:
        wanted = next(one for one in permitted(call.caller, name).shown if one.name == argument)
        if wanted.about.suggest is not None:
            return (await wanted.about.suggest(call, sought))[:SUGGESTED]
    except (Refused, StopIteration):
        return []
    return [Choice(one, one) for one in wanted.choices if sought.lower() in one]


def permitted(caller: Caller, name: str) -> Command:
    """Return the command if the caller may run it here, else refuse."""
    chosen = COMMANDS.get(name)
    if chosen is None or not visible(caller, chosen):
        raise Refused(f"There is no /{name} here. /help lists what you can use.")
    if chosen.access is Access.MODERATOR and not caller.moderators_place:
        raise Refused("Moderator commands work in the moderators' channel only.")
    return chosen


def visible(caller: Caller, one: Command) -> bool:
    """Tell whether menus and help show a command to this caller."""
    return caller.access >= one.access


def _bound(chosen: Command, given: Mapping[str, str]) -> dict[str, Any]:
    values = {}
    for one in chosen.parameters:
        text = plain(given.get(one.name, ""))
        if text:
            values[one.name] = one.read(text)
        elif one.required:
            about = one.about.help[:1].lower() + one.about.help[1:]
            raise Refused(f"{chosen.usage}: {one.name} is missing ({about}).")
    return values
