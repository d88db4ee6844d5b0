"""What /mod status says of who watches: what waits, what is spent and left, and a trial."""

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.commands import status_judging
from bot.config import Settings
from bot.judging import judge_of
from bot.sections_judging import Sentiment
from db import judges
from db.judges import Named
from db.models import Judge, Spending
from tests.commands.programme import BOAT, LUNCH, MO, NOW, People, Person
from tests.scoring import watched

GEMINI = Settings(sentiment=Sentiment(judge="gemini"))
BY = judge_of(GEMINI) or Named("", "")
WHO = f"gemini-2.5-flash-lite, rubric {BY.prompt_version}"


async def facts_of(people: People, settings: Settings = GEMINI) -> dict[str, str]:
    return dict((await Person(people.store, settings, MO).says("/mod status")).facts)


def known(session: Session, named: Named = BY, **other: Any) -> None:
    row = {"judge_id": judges.id_of(named), **named._asdict(), "first_at": NOW} | other
    session.execute(insert(Judge).values(row))


def _files(session: Session) -> None:
    watched.put_file(session, LUNCH)
    watched.put_file(session, BOAT)


def _judged(session: Session) -> None:
    watched.judge(session, LUNCH, watched.begin(session), **BY._asdict())


def _spent(session: Session) -> None:
    days = {"2026-03-01": 900, NOW.date().isoformat(): 120}
    rows = [
        {"day": day, "calls": calls, "tokens": calls * 10_000, "micros": calls * 2_700}
        for day, calls in days.items()
    ]
    session.execute(insert(Spending), rows)


async def test_where_nobody_watches_it_is_one_line_as_ever(people: People):
    facts = await facts_of(people, Settings())
    assert facts["Sentiment"] == "caption: no calls, no cost"
    assert not {"Spent today", "Left today", "On trial"} & set(facts)


async def test_a_judge_that_has_not_begun_is_told(people: People):
    facts = await facts_of(people)
    assert facts["Sentiment"] == f"{WHO}, not begun yet; 0 videos wait to be judged"
    assert "On trial" not in facts


async def test_whose_words_count_and_how_many_videos_wait(people: People):
    await people.store.write(lambda session: known(session, adopted_at=NOW))
    await people.store.write(_files)
    assert (await facts_of(people))["Sentiment"] == f"{WHO}; 2 videos wait to be judged"
    await people.store.write(_judged)
    assert (await facts_of(people))["Sentiment"] == f"{WHO}; 1 video waits to be judged"


async def test_more_than_anybody_needs_to_know_are_not_counted(
    people: People, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(status_judging, "WORTH_COUNTING", 1)
    await people.store.write(_files)
    assert (await facts_of(people))["Sentiment"].endswith("; over 1 videos wait to be judged")


async def test_what_today_cost_and_what_is_left_of_the_budget(people: People):
    await people.store.write(_spent)
    facts = await facts_of(people)
    assert facts["Spent today"] == "120 calls, 1.2M tokens, US$0.32"
    assert facts["Left today"] == "2,880 calls, 18.8M tokens, US$4.68"


async def test_what_cost_more_than_was_set_aside_leaves_nothing(people: People):
    await people.store.write(_spent)
    small = {"calls": 100, "tokens": 1_000_000, "dollars": 0.3}
    poor = GEMINI.model_copy(update={"budget": GEMINI.budget.model_copy(update=small)})
    assert (await facts_of(people, poor))["Left today"] == "0 calls, 0 tokens, US$0.00"


async def test_a_judge_on_trial_is_told_beside_the_one_whose_words_count(everybody: People):
    before = Named("gemini-1", "1-aaaaaa")
    await everybody.store.write(lambda session: known(session, before, adopted_at=NOW))
    await everybody.store.write(known)
    await everybody.store.write(_files)
    await everybody.store.write(_judged)
    facts = await facts_of(everybody)
    assert facts["Sentiment"] == "gemini-1, rubric 1-aaaaaa; 2 videos wait to be judged"
    assert facts["On trial"] == f"{WHO}: 1 of 30 videos judged, and none of it counts yet"


async def test_another_judge_that_has_not_begun_leaves_the_word_to_who_has_it(people: People):
    before = Named("gemini-1", "1-aaaaaa")
    await people.store.write(lambda session: known(session, before, adopted_at=NOW))
    facts = await facts_of(people)
    assert facts["Sentiment"].startswith("gemini-1, rubric 1-aaaaaa; ")
    assert facts["On trial"].startswith(f"{WHO}: 0 of 30 videos")


async def test_before_anybody_who_watches_was_adopted_the_captions_words_count(people: People):
    await people.store.write(known)
    facts = await facts_of(people)
    assert facts["Sentiment"].startswith("the caption's words; ")
    assert facts["On trial"].startswith(f"{WHO}: 0 of 30 videos")


async def test_a_rubric_that_is_not_there_is_told(people: People):
    wrong = Settings(sentiment=Sentiment(judge="gemini", rubric="x"))
    assert (await facts_of(people, wrong))["Sentiment"] == "gemini, by a rubric that is not there"
