"""What a request carries: who asks, where, when, and the store that a body may touch."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from bot.config import Settings
from bot.language import Speech, nearest, zone
from bot.presence import Presence
from bot.reply import Refused, Reply, Upload, kept, repeated
from db import identities, outcomes
from db.identities import Known
from db.store import Store

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
    language: str = ""
    """As the platform tells it, such as `es-419`."""

    @property
    def actor(self) -> str:
        """How the records name the caller, such as `discord:1234`."""
        return f"{self.platform}:{self.user_id}"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that came with a request, and still lies where its platform keeps it."""

    name: str
    size: int
    """In bytes, as the platform says."""
    fetch: Callable[[], Awaitable[bytes]]
    """Raises `bot.uploads.Unfetched` where it can't be had."""


NOT_LOOKED_UP = Known()
"""Stands for what the database knows of a caller until it is asked."""


@dataclass(frozen=True, slots=True)
class Call:
    """All that a body may touch: it never sends and never commits."""

    store: Store
    settings: Settings
    caller: Caller
    now: datetime
    key: str
    """The request's own key: the same request delivered again has the same key."""
    presence: Presence = field(default_factory=Presence)
    name: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    """The command that runs, and what was typed for its arguments."""
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    """The files that came with the request, by their digests, which stand in `given`."""
    sent: Mapping[str, Sent] = field(default_factory=dict)
    """Those files before they are fetched, by their arguments."""
    leave_in: Path | None = None
    """Where a file of any size is left; None: it goes through a chat, which takes little."""
    known: Known = NOT_LOOKED_UP
    """Who asks, as the database knows them; read by `run` before anything else."""

    async def read(
        self, f: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `f` in a read transaction."""
        return await self.store.read(f, *args, **kwargs)

    async def write(
        self,
        say: Callable[[T], Reply],
        f: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Reply:
        """Run `f` in a write transaction and return what `say` makes of it: once a command.

        What is said is kept under the request's key in the same transaction, so a request that is
        delivered again gets the same answer and writes nothing. `say` reads no database.
        """
        here = copy_context()
        asked = json.dumps([self.name, self.given], sort_keys=True)
        fingerprint = hashlib.sha256(asked.encode()).hexdigest()
        request = outcomes.Request(self.key, self.name, fingerprint, self.caller.actor)
        said: list[Reply] = []

        def work(session: Session) -> Any:
            result = f(session, *args, **kwargs)
            said.append(here.copy().run(say, result))
            return kept(said[0])

        def once(session: Session) -> Any:
            said.clear()
            return outcomes.once(session, request, lambda: work(session), self.now)

        found = await self.store.write(once)
        if said:
            return said[0]
        return repeated(found)

    def once(self, order: str) -> "Call":
        """Return the call under a button's one-time order number.

        Whoever presses the button twice makes one request, though each press has a key of its own.
        """
        said = hashlib.sha256(f"{self.name} {self.caller.actor} {order}".encode()).hexdigest()
        return replace(self, key=f"order:{said[:32]}") if order else self

    async def creator_id(self) -> str:
        """Return the caller's creator; `Refused` tells an unlinked person how to link."""
        found = self.caller.as_creator_id or self.known.creator_id
        if found is None:
            raise Refused(
                "You are not linked to a TikTok account yet. "
                "Use /link with your handle: a code shows that it is yours, "
                "or a moderator confirms it."
            )
        return found


async def acquainted(call: Call) -> Call:
    """Return the call with what is known of its caller, who is looked up once a request."""
    if call.known is not NOT_LOOKED_UP:
        return call
    who = call.caller
    return replace(call, known=await call.read(identities.known, who.platform, who.user_id))


def speech(call: Call) -> Speech:
    """Return how the caller is spoken to: as they chose, else as their platform says."""
    language = nearest(call.known.language or call.caller.language, call.settings.language)
    return Speech(language, zone(call.known.timezone or ""))
