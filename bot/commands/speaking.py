"""How a person wants to be spoken to: language and timezone."""

import asyncio
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from bot.call import speech
from bot.command import SUGGESTED, Argument, Call, Choice, command
from bot.language import LANGUAGES, _, speaking, spoken
from bot.line import call_text
from bot.reply import Button, Refused, Reply, Tone
from db import wishes

AUTO = "auto"
"""Goes back to what the platform tells."""
UTC_NAME = "UTC"
WIDELY_USED = (
    UTC_NAME,
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Bogota",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Madrid",
    "Africa/Lagos",
    "Asia/Kolkata",
    "Asia/Jakarta",
    "Asia/Kuala_Lumpur",
    "Asia/Manila",
    "Asia/Tokyo",
    "Australia/Sydney",
)
"""What is suggested before anything is typed, from west to east after UTC."""


async def languages(_call: Call, typed: str) -> list[Choice]:
    """Suggest the languages that are spoken here."""
    wanted = _folded(typed)
    known = (*LANGUAGES.items(), (AUTO, _("As my app")))
    return [Choice(name, code) for code, name in known if wanted in f"{code} {_folded(name)}"]


@command("language", "In which language you are answered", private=True)
async def language(
    call: Call,
    language: Annotated[
        str, Argument("A language, such as English; auto follows your app", suggest=languages)
    ] = "",
) -> Reply:
    """Show the language, or change it and answer in the new one."""
    if not language:
        return _language(call)
    code, who = _code(language), call.caller
    chosen = replace(call, known=replace(call.known, language=code))
    return await call.write(
        lambda _none: _language(chosen, Tone.GOOD),
        wishes.speak, who.platform, who.user_id, who.name, code, call.now,
    )  # fmt: skip


def _language(call: Call, tone: Tone = Tone.PLAIN) -> Reply:
    """Say which language is spoken from now on, in that language."""
    with speaking(speech(call)):
        follows = _("It follows your app's language, where that is spoken here.")
        code = spoken().code
        return Reply(
            title=_("Language: {language}", language=LANGUAGES[code]),
            text=_("You chose it.") if call.known.language else follows,
            buttons=tuple(_others(code, chosen=call.known.language is not None)),
            tone=tone,
        )


def _others(code: str, *, chosen: bool) -> Sequence[Button]:
    """Return a button to each other choice."""
    buttons = [
        Button(name, call_text("language", other))
        for other, name in LANGUAGES.items()
        if other != code
    ]
    return [*buttons, *([Button(_("As my app"), call_text("language", AUTO))] if chosen else [])]


def _code(typed: str) -> str | None:
    """Return the code of a language that was typed by code or name; None for auto."""
    wanted = _folded(typed)
    if wanted == AUTO:
        return None
    for code, name in LANGUAGES.items():
        if wanted in {code, _folded(name)}:
            return code
    names = ", ".join(LANGUAGES.values())
    raise Refused("“{typed}” is not spoken here; there is: {names}.", typed=typed, names=names)


def _folded(text: str) -> str:
    """Return a name without case, accents, and the marks that stand for spaces."""
    parts = unicodedata.normalize("NFKD", text.strip().replace("_", " ").casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))


async def zones(_call: Call, typed: str) -> list[Choice]:
    """Suggest the timezones with what was typed in their names, cities that begin so first."""
    wanted = _folded(typed)
    if not wanted:
        return [Choice(one, one) for one in WIDELY_USED]
    found = [name for folded, name in (await _known_zones()).items() if wanted in folded]
    found.sort(key=lambda name: (not _city(_folded(name)).startswith(wanted), name))
    return [Choice(one, one) for one in found[:SUGGESTED]]


@command("timezone", "In which timezone times are told to you", private=True)
async def timezone(
    call: Call,
    zone: Annotated[str, Argument("A city, such as Kuala Lumpur", suggest=zones)] = "",
) -> Reply:
    """Show the timezone, or change it and tell the time there."""
    if not zone:
        return _timezone(call)
    name, who = _named(zone, await _known_zones()), call.caller
    chosen = replace(call, known=replace(call.known, timezone=name))
    return await call.write(
        lambda _none: _timezone(chosen, Tone.GOOD),
        wishes.live_in, who.platform, who.user_id, who.name, name, call.now,
    )  # fmt: skip


def _timezone(call: Call, tone: Tone = Tone.PLAIN) -> Reply:
    """Say which timezone holds from now on, and what time it is there."""
    name = call.known.timezone or UTC_NAME
    with speaking(speech(call)):
        return Reply(
            title=_("Timezone: {zone}", zone=name),
            text=_("It is {moment} there.", moment=call.now),
            note=_("/timezone and a city changes it, such as /timezone Kuala Lumpur."),
            tone=tone,
        )


def _named(typed: str, known: dict[str, str]) -> str:
    """Return the timezone of this name or city, or refuse and name the nearest."""
    wanted = _folded(typed)
    cities = {_city(folded): name for folded, name in known.items()}
    found = known.get(wanted) or cities.get(wanted)
    if found:
        return found
    near = get_close_matches(wanted, [*known, *cities], 1)
    if not near:
        raise Refused("There is no timezone {zone}; name a large city near you.", zone=typed[:40])
    nearest = known.get(near[0]) or cities[near[0]]
    raise Refused(
        "There is no timezone {zone}. Did you mean {near}?", zone=typed[:40], near=nearest
    )


def _city(folded: str) -> str:
    return folded.rpartition("/")[2]


async def _known_zones() -> dict[str, str]:
    """Return the timezones by their folded names; finding them the first time reads many files."""
    return await asyncio.to_thread(_every_zone)


@cache
def _every_zone() -> dict[str, str]:
    places = (one for one in available_timezones() if "/" in one and not one.startswith("Etc/"))
    return {_folded(one): one for one in (UTC_NAME, *sorted(places))}
