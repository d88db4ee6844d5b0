"""Every command speaks Spanish to whom Spanish is spoken: no sentence of the code is left."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.command import COMMANDS, Access, Command
from bot.language import Speech, _, speaking
from bot.reply import Reply, Tone
from tests import catalogue
from tests.commands.programme import ANA, EVE, GARDEN, LUNCH, MO, YAWN, People, said

EVERY = list(COMMANDS.values())
GIVEN: dict[str, Sequence[str]] = {
    "video": [GARDEN, LUNCH, YAWN, "nothing"],
    "videos": ["", "points", "likes 9"],
    "redeem": ["mug", "tour", "story", "car", "yacht"],
    "link": ["cem", "ana", "nobody"],
    "help": ["", "redeem", "mod grant", "xyzzy"],
    "about": ["", "xyzzy"],
    "history": ["", "9"],
    "shop": ["", "9"],
    "mod grant": ["ben 5 for the tests", "nobody 5 for", "ben", "ben 0 for"],
    "mod reward add": ['hat 9 "A hat" new', "mug 9 b c", "-- 9 b c"],
    "mod reward edit": ["mug amount=160 dearer", "mug reason=same", "xyzzy amount=1 why"],
    "mod reward retire": ["car gone", "xyzzy gone"],
    "mod fulfil": ["xyzzy by post"],
    "mod verify": ["cem I know"],
    "language": ["", "es", "xyzzy"],
    "timezone": ["", "madrid", "madrit", "qqqqqqqq"],
}
"""What is typed after each command: what is answered, and what is refused."""
SHORTEST = 12
"""Shorter sentences can be a part of a Spanish one, as `no` is."""


def sentences() -> list[tuple[str, re.Pattern[str]]]:
    """Every English sentence that has another Spanish one, as a pattern of what it may be."""
    found = []
    for message in catalogue.read("es"):
        ids = (message.id,) if isinstance(message.id, str) else message.id
        for text in ids:
            bare = re.sub(r"{\w+}", "", text)
            if len(bare.strip()) >= SHORTEST and text not in catalogue.texts_of(message):
                parts = (re.escape(part) for part in re.split(r"{\w+}", text))
                found.append((text, re.compile(".+".join(parts))))
    return found


ENGLISH = sentences()


def words(reply: Reply) -> str:
    """Every word of a reply, as one text."""
    more = [one.label for one in (*reply.buttons, *reply.links)]
    more += [one.heading for one in reply.table.columns] if reply.table else []
    if reply.menu:
        more += [reply.menu.prompt, *(one.label for one in reply.menu.choices)]
    return "\n".join((said(reply), *more, reply.picture.alt if reply.picture else ""))


def in_english(reply: Reply) -> list[str]:
    return [text for text, pattern in ENGLISH if pattern.search(words(reply))]


def names(declared: Command) -> str:
    return declared.name


@pytest.mark.parametrize("declared", EVERY, ids=names)
async def test_every_command_answers_and_refuses_in_spanish(people: People, declared: Command):
    callers = [MO] if declared.access is Access.MODERATOR else [ANA, EVE]
    for caller in callers:
        person = people.playing(replace(caller, language="es-419"))
        for typed in GIVEN.get(declared.name, [""]):
            reply = await person.says(f"/{declared.name} {typed}")
            assert in_english(reply) == [], words(reply)


async def test_an_english_answer_would_be_seen(people: People):
    reply = await people.ana.says("/points")
    assert "Pending points are estimates" in reply.note
    assert len(in_english(reply)) > 1
    assert in_english(await people.ana.says("/redeem yacht"))


async def test_a_redemption_goes_its_way_in_spanish(everybody: People):
    ana = everybody.playing(replace(ANA, language="es"))
    asked = await ana.says("/redeem tour")
    assert asked.title == "¿Tour por 200 puntos?"
    done = await ana.presses(asked.buttons[0])
    assert done.title == "Solicitado: Tour"
    assert "Ahora lo revisa un moderador" in done.text
    listed = await ana.says("/redemptions")
    assert listed.table is not None
    assert listed.table.rows[0][:4] == ("2 mar 2026", "Tour", "200", "solicitado")
    refused = await ana.says("/redeem mug")
    assert (refused.tone, refused.text) == (
        Tone.REFUSED, "Mug cuesta 150 puntos y tienes 34: faltan 116.",
    )  # fmt: skip


async def test_a_receipt_can_be_added_up_in_spanish(people: People):
    reply = await people.playing(replace(ANA, language="es")).says(f"/video {GARDEN}")
    assert reply.title == "My garden in spring: 128 puntos"
    assert reply.table is not None
    cells = [
        row[3].replace(".", "").replace(",", ".").replace("−", "-") for row in reply.table.rows
    ]
    assert reply.table.rows[1] == ("Vistas", "2.000", "+2,0000", "20,00")
    assert sum(map(float, cells[:-1])) == float(cells[-1]) == 128


def test_every_summary_and_help_is_said_in_spanish():
    with speaking(Speech("es")):
        for one in EVERY:
            assert _(one.summary) != one.summary
            assert all(_(each.about.help) != each.about.help for each in one.parameters)


async def test_a_thousand_is_typed_as_the_language_writes_it(everybody: People):
    spanish = everybody.playing(replace(MO, language="es"))
    reply = await spanish.says("/mod grant ben 1.500 por la fiesta")
    assert "@ben tiene ahora 1.606 puntos" in reply.text
    assert (await spanish.says("/mod grant ben 1,500 otra vez")).tone is Tone.REFUSED
