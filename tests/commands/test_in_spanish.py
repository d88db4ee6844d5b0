"""Every command speaks Spanish to whom Spanish is spoken: no sentence of the code is left."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.command import COMMANDS, Access, Command
from bot.config import Settings
from bot.language import Speech, _, speaking
from bot.posting import words as posted
from bot.reply import Reply, Tone
from db import posts
from tests import catalogue
from tests.commands.moderating import LINES, prepare
from tests.commands.programme import ANA, EVE, GARDEN, LUNCH, MO, YAWN, People, said
from tests.test_posting import EXAMPLES, taken

EVERY = list(COMMANDS.values())
GIVEN: dict[str, Sequence[str]] = {
    "video": [GARDEN, LUNCH, YAWN, "nothing"],
    "videos": ["", "points", "likes 9"],
    "redeem": ["mug", "tour", "story", "car", "yacht"],
    "link": ["cem", "ana", "nobody"],
    "help": ["", "redeem", "mod", "mod grant", "mod reward", "xyzzy"],
    "about": ["", "xyzzy"],
    "appeal": ["", GARDEN, f"{LUNCH} views 1.200 people saw it", "", f"{LUNCH} likes 1", "nothing"],
    "history": ["", "9"],
    "shop": ["", "9"],
    "mod queue": ["", "9", "xyzzy"],
    "mod approve": ["xyzzy"],
    "mod undo": ["xyzzy it was wrong", "act-on-eli twice"],
    "mod scoring simulate": ["", "weights=views=2", "weights=xyzzy"],
    "mod record audit": ["", "since=xyzzy", "nobody"],
    "mod record export": ["videos xlsx", "audit 3d", "points 2026-03-02 2026-03-01"],
    "mod creator show": ["ana", "xyzzy"],
    "mod video hold": [f"{GARDEN} it has settled", "xyzzy it is none"],
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
    heard = words(reply)
    return [text for text, pattern in ENGLISH if _may_be(text, heard) and pattern.search(heard)]


def _may_be(text: str, heard: str) -> bool:
    """Whether each part is there at all, which is found out much quicker than their order."""
    return all(part in heard for part in re.split(r"{\w+}", text))


def names(declared: Command) -> str:
    return declared.name


@pytest.mark.parametrize("declared", EVERY, ids=names)
async def test_every_command_answers_and_refuses_in_spanish(people: People, declared: Command):
    moderates = declared.access is Access.MODERATOR
    lines = GIVEN.get(declared.name, [""])
    if moderates:
        await prepare(people, declared.name)
        lines = [LINES[declared.name], *lines]
    for caller in [MO] if moderates else [ANA, EVE]:
        person = people.playing(replace(caller, language="es-419"))
        for typed in lines:
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
    reply = await spanish.says("/mod grant ben 1.000 por la fiesta")
    assert "@ben tiene ahora 1.106 puntos" in reply.text
    assert (await spanish.says("/mod grant ben 1,000 otra vez")).tone is Tone.REFUSED


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_post_is_said_in_spanish(kind: str):
    reply = post(kind)
    assert in_english(reply) == [], words(reply)


def post(kind: str) -> Reply:
    """A post of a programme whose channel speaks Spanish."""
    return posted(taken(kind, EXAMPLES[kind]), Settings(language="es"))


def test_a_redemption_waits_in_a_spanish_channel():
    reply = post(posts.REDEMPTION)
    assert reply.title == "Mug para @ana"
    assert reply.text == "150 puntos, solicitado el 2 mar 2026 12:00 UTC."
    assert [one.label for one in reply.buttons] == ["Aprobar", "Rechazar", "Entregado"]


async def test_a_moderator_reads_what_waits_in_spanish(people: People):
    await prepare(people)
    reply = await people.playing(replace(MO, language="es")).says("/mod status")
    told = dict(reply.facts)
    assert told["En espera"] == (
        "1 por entregar, 1 por confirmar, 2 apelaciones, 1 disputa, 1 sentimiento"
    )
    assert told["Retenido"] == "1 vídeo, 1 creador congelado"
    assert reply.table is not None
    assert reply.table.rows[2][:2] == ("mantenimiento", "aún no")


async def test_a_price_is_announced_in_spanish(everybody: People):
    spanish = everybody.playing(replace(MO, language="es"))
    reply = await spanish.says("/mod reward edit mug amount=1.160 el proveedor cobra más")
    assert reply.facts == (("Precio", "150 puntos → 1.160 puntos desde el 9 mar 2026"),)
    assert reply.note == "Hasta entonces vale el precio anterior."


async def test_an_appeal_goes_its_way_in_spanish(everybody: People):
    ana = everybody.playing(replace(ANA, language="es"))
    reply = await ana.says(f"/appeal {LUNCH} likes TikTok muestra 170")
    told = dict(reply.facts)
    assert (told["Me gusta"], told["Dices"]) == ("70", "TikTok muestra 170")
    assert told["Otras cifras"].startswith("se puede apelar mientras el vídeo está abierto")
    mo = everybody.playing(replace(MO, language="es"))
    appeal = reply.title.split()[1]
    decided = await mo.says(f"/mod appeal uphold {appeal} 170 lo muestra TikTok")
    assert decided.facts[0] == ("Estimación", "94 puntos → 134 puntos")
