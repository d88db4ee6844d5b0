"""/mod sentiment cost: what watching would cost, in words, before anything is asked."""

from dataclasses import replace

from sqlalchemy.orm import Session

from bot.config import Settings
from bot.language import Speech, speaking
from bot.reply import Tone
from bot.sections_judging import Budget, Sentiment
from tests.commands.programme import BOAT, LUNCH, MO, People, Person, said
from tests.scoring import watched

GEMINI = Settings(sentiment=Sentiment(judge="gemini"))


def moderator(people: People, settings: Settings = GEMINI) -> Person:
    return Person(people.store, settings, MO)


def _two_files(session: Session) -> None:
    watched.put_file(session, LUNCH, 250_000)
    watched.put_file(session, BOAT, 1_000_000)


def _earlier(session: Session) -> None:
    run_id = watched.begin(session)
    watched.ask(session, LUNCH, range(1, 41), run_id, prompt_version="0-old")


async def test_what_waits_is_told_in_dollars_and_days(people: People):
    await people.store.write(_two_files)
    reply = await moderator(people).says("/mod sentiment cost")
    facts = dict(reply.facts)
    assert reply.tone is Tone.PLAIN
    assert reply.text.startswith("gemini-2.5-flash-lite by rubric 1-")
    assert reply.text.endswith(", 3 answers for each video.")
    assert facts["Waiting"].startswith("2 videos, 6 questions, ")
    assert facts["By the budget"] == "1 day; as a batch 1 day"
    assert facts["Reckoned from"].startswith("the sizes of the files: so much at the most")
    assert facts["Without a file"] == "1 open video, which is not counted"


async def test_what_earlier_questions_cost_is_said_to_the_cent(people: People):
    await people.store.write(_two_files)
    await people.store.write(_earlier)
    facts = dict((await moderator(people).says("/mod sentiment cost")).facts)
    assert facts["Reckoned from"] == "what 40 earlier questions to this model cost"
    assert facts["Waiting"] == "2 videos, 6 questions, 12.6K tokens"
    assert facts["All that waits"] == "US$0.0018; as a batch US$0.00090"
    assert facts["A thousand videos"] == "US$0.90; as a batch US$0.45"


async def test_before_any_file_is_known_a_thousand_videos_are_told(people: People):
    reply = await moderator(people, Settings()).says("/mod sentiment cost")
    facts = dict(reply.facts)
    assert facts["Waiting"] == "0 videos"
    assert not {"All that waits", "By the budget"} & set(facts)
    assert "30 seconds" in facts["Reckoned from"]
    assert facts["A thousand videos"].startswith("US$")
    assert reply.note.endswith(
        "Nothing is watched so far: sentiment.judge in config.toml is caption."
    )


async def test_a_budget_of_nothing_is_never_enough(people: People):
    await people.store.write(_two_files)
    poor = GEMINI.model_copy(update={"budget": Budget(calls=0)})
    facts = dict((await moderator(people, poor).says("/mod sentiment cost")).facts)
    assert facts["By the budget"] == "never: the budget of a day is 0"


async def test_a_rubric_that_is_not_there_is_refused_in_one_sentence(people: People):
    wrong = Settings(sentiment=Sentiment(judge="gemini", rubric="x"))
    reply = await moderator(people, wrong).says("/mod sentiment cost")
    assert reply.tone is Tone.REFUSED
    assert reply.text == "sentiment.rubric in config.toml is x, and there is only: 1."


async def test_it_is_said_as_the_reader_writes_money(people: People):
    spanish = Person(people.store, GEMINI, replace(MO, language="es"))
    await people.store.write(_two_files)
    with speaking(Speech("es")):
        assert "US$" in said(await spanish.says("/mod sentiment cost"))
        assert "0," in said(await spanish.says("/mod sentiment cost"))
