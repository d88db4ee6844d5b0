"""/about where videos are watched: what judges, by which rubric, and what becomes of doubt."""

from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.fronts.on_discord_drawing import draw
from bot.judging import judge_of
from bot.sections_judging import Sentiment
from db import judges
from db.judges import Named
from db.models import Judge
from scoring.sentiment import rubric
from tests.commands.programme import BASELINE, EVE, NOW, People, Person

GEMINI = Settings(sentiment=Sentiment(judge="gemini"))
BY = judge_of(GEMINI) or Named("", "")


async def text_of(people: People, settings: Settings = GEMINI, line: str = "/about") -> str:
    return (await Person(people.store, settings, EVE).says(line)).text


async def test_the_rubric_is_told_in_plain_words(people: People):
    assert rubric.load("1").plain["en"] in await text_of(people)


async def test_in_the_readers_language(people: People):
    spanish = Person(people.store, GEMINI, replace(EVE, language="es"))
    assert rubric.load("1").plain["es"] in (await spanish.says("/about")).text


async def test_who_judges_how_often_and_what_becomes_of_doubt(people: People):
    said = await text_of(people)
    assert f"gemini-2.5-flash-lite (rubric {BY.prompt_version}) gives 3 answers for each" in said
    assert "their median counts, and over a spread of 0.20 it is asked as often again." in said
    assert "A video that has no sentiment at an age of 21 days settles without one." in said
    assert "So neither a caption nor words in a video can ask for a mark." in said
    assert "trial" not in said


async def test_one_answer_is_told_as_one(people: People):
    once = Settings(sentiment=Sentiment(judge="gemini", samples=1))
    assert "gives 1 answer for each video, and that counts." in await text_of(people, once)


def _on_trial(session: Session) -> None:
    row = {"judge_id": judges.id_of(BY), **BY._asdict(), "first_at": NOW}
    session.execute(insert(Judge).values(row))


async def test_a_judge_on_trial_is_told_as_such(people: People):
    await people.store.write(_on_trial)
    assert "It is on trial: what it says counts for nobody's points yet." in await text_of(people)


@pytest.mark.parametrize("judge", ["caption", "none"])
async def test_where_nobody_watches_nothing_is_said_of_it(people: People, judge: str):
    assert "Gemini" not in await text_of(people, Settings(sentiment=Sentiment(judge=judge)))


async def test_a_baseline_that_is_asked_for_is_told_alone(people: People):
    assert "Gemini" not in await text_of(people, line=f"/about {BASELINE.baseline_id}")


@pytest.mark.parametrize("language", ["en", "es"])
async def test_discord_shows_all_of_it(people: People, language: str):
    reply = await Person(people.store, GEMINI, replace(EVE, language=language)).says("/about")
    shown = draw(reply).embed.description or ""
    assert reply.text.rpartition("/history")[0][-40:] in shown.replace("\\", "")
    assert reply.table is not None
    assert reply.table.rows[-1][0] in shown
