"""Whoever reads Spanish reads all of what watching says in it, also what is kept in English."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bot.commands.mod_refresh import _refreshed
from bot.config import Settings
from bot.language import Speech, speaking
from bot.posting import words as posted
from bot.posting_runs import WORKED
from bot.reply import Reply
from bot.verdicts import verdict
from db import files, judgements, kept_words, posts, runs
from db.models import Post, Spending, Video
from db.refused import Refused, Term
from scoring.run import Summary, clock
from scoring.run import begin as begun
from scoring.sentiment import caption, refusal
from scoring.sentiment.refusal import ServiceError
from scoring.stored import Access, denied
from tests.commands.programme import ANA, BOAT, DOG, LUNCH, MO, NOW, People, Person
from tests.commands.test_in_spanish import in_english, words
from tests.commands.test_mod_sentiment_adopt import _tried
from tests.commands.test_receipt_sentiment import (
    GEMINI,
    LATER,
    Act,
    adopted,
    counts,
    file,
    in_review,
    none_counts,
)
from tests.judged_world import OLD, TRIAL, begin, judge, watch
from tests.scoring import watched
from tests.test_posting import COUNTS, RUN, taken

NONE = {"sentiment": None, "counts": False}
PROBLEMS = (files.NO_FILE, files.NO_BUCKET, files.CLOSED_BUCKET, files.CLOSED_FILE, files.EMPTY,
            files.TOO_LARGE, files.NO_VIDEO, files.CHANGED)  # fmt: skip


async def receipt(people: People, video_id: str, *acts: Act) -> Reply:
    for act in acts:
        await people.store.write(act)
    return await Person(people.store, GEMINI, replace(ANA, language="es")).says(
        f"/video {video_id}"
    )


def moderator(people: People, settings: Settings = GEMINI) -> Person:
    return Person(people.store, settings, replace(MO, language="es"))


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        ((counts(LUNCH),), "0,5000, la mediana de 3 respuestas con una dispersión de 0,05"),
        ((counts(LUNCH, samples=1, spread=0.0),), "0,5000, de una sola respuesta"),
        ((none_counts,), "aún no hay. Su archivo aún no se ha buscado."),
        ((none_counts, file(LUNCH, "found", None)), "aún no hay. Su archivo está"),
        (
            (none_counts, counts(LUNCH, state="uncertain", sentiment=None), in_review),
            "aún no hay. Las respuestas de su juez difieren demasiado, así que lo revisa",
        ),
        (
            (none_counts, counts(LUNCH, state="flagged", sentiment=None), in_review),
            "aún no hay. Algo en él se dirige a su juez",
        ),
        ((none_counts, adopted, counts(LUNCH, state="refused", **NONE)), "aún no hay. Su juez no"),
        ((none_counts, adopted, counts(LUNCH, state="failed", **NONE)), "aún no hay. Ninguna"),
    ],
)
async def test_a_receipt_says_of_watching(people: People, acts: tuple[Act, ...], said: str):
    reply = await receipt(people, LUNCH, *acts)
    assert in_english(reply) == []
    assert dict(reply.facts)["Sentimiento"].startswith(said)


@pytest.mark.parametrize("problem", PROBLEMS)
async def test_a_receipt_says_what_is_wrong_with_a_file(people: People, problem: str):
    reply = await receipt(people, LUNCH, none_counts, file(LUNCH, "missing", problem, **LATER))
    assert in_english(reply) == []
    assert "Se vuelve a buscar a partir del 2 mar 2026" in dict(reply.facts)["Sentimiento"]


@pytest.mark.parametrize(
    "acts",
    [
        (file(DOG, "missing", files.NO_FILE),),
        (file(DOG, "unfit", files.TOO_LARGE),),
        (adopted, counts(DOG, state="flagged", **NONE)),
    ],
)
async def test_a_receipt_says_why_a_video_settled_without(people: People, acts: tuple[Act, ...]):
    reply = await receipt(people, DOG, *acts)
    assert in_english(reply) == []
    assert "Por eso se cerró sin él a la edad de 21 días" in dict(reply.facts)["Sentimiento"]


@pytest.mark.parametrize("reason", [caption.KNOWN, caption.UNKNOWN, *judgements.REASONS.values()])
async def test_a_receipt_says_what_a_judge_went_by(people: People, reason: str):
    def by(session: Session) -> None:
        row = {"video_id": LUNCH, "sentiment": 0.5, "model": "a", "prompt_version": "1",
               "samples": 1, "spread": None, "judged_at": NOW, "why": reason}  # fmt: skip
        change = update(Video).where(Video.video_id == LUNCH)
        session.execute(change.values(sentiment_id=watched.put_sentiment(session, row)))

    reply = await receipt(people, LUNCH, by)
    assert in_english(reply) == []
    assert reason not in words(reply)


async def test_about_says_who_judges(people: People):
    await people.store.write(_tried)
    reply = await Person(people.store, GEMINI, replace(ANA, language="es")).says("/about")
    assert in_english(reply) == []
    assert "Está a prueba: lo que dice aún no cuenta" in reply.text


def _unsure(session: Session) -> None:
    judge(session, OLD, NOW)
    run_id = begin(session, NOW)
    watch(session, BOAT, (0.2, 0.6, 0.9), run_id, NOW, state="uncertain")
    watch(session, LUNCH, (1.0, 1.0), run_id, NOW, state="flagged", addresses_judge=True)


async def test_a_moderator_reads_and_decides_what_waits(everybody: People):
    await everybody.store.write(_unsure)
    mo = moderator(everybody)
    for line in ("list", f"list {BOAT}", f"list {LUNCH}", "list nothing", f"set {BOAT} 7 alto",
                 f"set {BOAT} median la vi", f"set {BOAT} 0,5 otra vez", f"set {DOG} 0,5 la vi",
                 "adopt", "adopt convence"):  # fmt: skip
        reply = await mo.says(f"/mod sentiment {line}")
        assert in_english(reply) == [], words(reply)


async def test_a_moderator_reads_of_a_judge_on_trial_and_adopts_it(everybody: People):
    await everybody.store.write(_tried)
    mo = moderator(everybody)
    for line in ("status", "queue", "sentiment adopt", "sentiment adopt convence",
                 "sentiment adopt convence"):  # fmt: skip
        reply = await mo.says(f"/mod {line}")
        assert in_english(reply) == [], words(reply)


def _files(session: Session) -> None:
    watched.put_file(session, LUNCH)
    watched.ask(session, BOAT, range(1, 4), watched.begin(session), prompt_version="0-old")
    session.execute(insert(Spending), {"day": "2026-03-02", "calls": 1, "tokens": 9, "micros": 7})


async def test_a_moderator_reads_what_watching_costs(everybody: People):
    told = [await moderator(everybody).says("/mod sentiment cost")]
    await everybody.store.write(_files)
    told += [
        await moderator(everybody).says(f"/mod {line}") for line in ("sentiment cost", "status")
    ]
    told.append(await moderator(everybody, Settings()).says("/mod sentiment cost"))
    assert [in_english(reply) for reply in told] == [[]] * 4


OVERLOADED = refusal.meaning(ServiceError(503, "Overloaded."))
NO_ACCESS = denied(Access("videos"))
LEFT = [
    Refused("Gemini takes no questions: {reason}", reason=str(OVERLOADED)),
    Refused("A batch can't be collected now: {reason}", reason=str(NO_ACCESS)),
    Refused("Judging failed: {problem}", problem=NO_ACCESS.reason),
    Refused("{job} runs already, since {since}; if that was killed, another can start at {free}.",
            job=Term("judge"), since=NOW, free=NOW),
]  # fmt: skip
"""What a run may leave, or fail by, with a sentence or a word of ours in it."""


@pytest.mark.parametrize("left", LEFT)
async def test_what_a_run_left_or_failed_by_is_said(everybody: People, left: Refused):
    store = everybody.store
    for problem, not_done in ((None, left), (left.reason, None), (left.reason, left)):
        run_id = await store.write(runs.start, "judge", "system:test", NOW, clock())
        await store.write(runs.finish, run_id, {}, clock(), problem, not_done=not_done)
        reply = await moderator(everybody).says("/mod status")
        assert in_english(reply) == [], words(reply)
        assert left.reason not in words(reply)


@pytest.mark.parametrize("left", LEFT)
async def test_the_channel_reads_why_judging_failed(everybody: People, left: Refused):
    store = everybody.store
    summary = Summary("judge", NOW, problem=left.reason)
    run = await begun(store, summary, "system:test")
    await run.finish()
    rows = select(Post.told).where(Post.kind == posts.FAILED)
    told = await store.read(lambda session: session.scalars(rows).one())
    reply = posted(taken(posts.FAILED, told), Settings(language="es"))
    assert in_english(reply) == [], words(reply)
    assert left.reason not in words(reply)


@pytest.mark.parametrize("left", LEFT)
def test_the_channel_reads_what_a_refresh_left(left: Refused):
    did = dict.fromkeys((*COUNTS, *WORKED), 2)
    told = {**RUN, "counts": did, "read": {}, "not_done": kept_words.kept(left)}
    reply = posted(taken(posts.REFRESHED, told), Settings(language="es"))
    assert in_english(reply) == [], words(reply)
    assert left.reason not in words(reply)


def test_a_moderator_reads_what_came_of_each_export_of_a_refresh():
    problem = Summary("intake", NOW, source="gs://videos/exports/", problem=NO_ACCESS.reason)
    known = Summary("intake", NOW, source="a.csv", counts=Counter({"already taken in": 1}))
    with speaking(Speech("es")):
        reply = _refreshed(Summary("refresh", NOW, files=[problem, known]))
    assert reply.facts[0][1].startswith("No se permite leer el bucket videos: ")
    assert reply.facts[1] == ("a.csv", "1 ya leído")


@pytest.mark.parametrize("state", ["tried", "adopted", "undone"])
def test_the_channel_reads_of_a_trial(state: str):
    told = TRIAL | {"state": state, "by": "Mo", "at": NOW.isoformat()}
    reply = posted(taken(posts.TRIAL, told), Settings(language="es"))
    assert in_english(reply) == [], words(reply)


@pytest.mark.parametrize("event", ["judged", "unjudged"])
def test_a_creator_reads_what_a_moderator_decided(event: str):
    told = {"event": event, "video_id": LUNCH, "caption": "Lunch", "reason": "la vi",
            "field": "sentiment", "value": 0.75}  # fmt: skip
    with speaking(Speech("es")):
        reply = verdict(told)
        assert in_english(reply) == [], words(reply)
