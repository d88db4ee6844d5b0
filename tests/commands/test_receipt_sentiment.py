"""What a receipt says of a video's sentiment: its figure and why, or why there is none.

A sentiment of 0.5 has z 0 in the programme, as none has, so that its points stay the same.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from bot.commands.receipt_sentiment import _watched
from bot.config import Settings
from bot.fronts.on_discord_drawing import draw
from bot.reply import Reply, Table
from bot.sections_judging import Sentiment
from db import files
from db.models import Judge, Judgement, Review, Video
from tests.commands.programme import ANA, DOG, GARDEN, LUNCH, NOW, People, Person
from tests.fakes.nasty import TYPED
from tests.scoring import watched
from tests.scoring.watched import BY

GEMINI = Settings(sentiment=Sentiment(judge="gemini"))
Act = Callable[[Session], Any]


async def shown(people: People, video_id: str, *acts: Act, settings: Settings = GEMINI) -> Reply:
    """A receipt after what was done, as ana sees it."""

    def done(session: Session) -> None:
        for act in acts:
            act(session)

    await people.store.write(done)
    return await Person(people.store, settings, ANA).says(f"/video {video_id}")


def counts(video_id: str, **other: Any) -> Act:
    """A judgement whose figure, or whose lack of one, is what counts for a video."""

    def act(session: Session) -> None:
        said = {"sentiment": 0.5, "counts": True, "judgement_id": "a-judgement"} | other
        watched.judge(session, video_id, watched.begin(session), **said)
        session.flush()
        if said["counts"]:
            row = session.get_one(Judgement, "a-judgement")
            change = update(Video).where(Video.video_id == video_id)
            session.execute(change.values(sentiment_id=row.sentiment_id))

    return act


def none_counts(session: Session) -> None:
    session.execute(update(Video).where(Video.video_id == LUNCH).values(sentiment_id=None))


def adopted(session: Session) -> None:
    row = {"judge_id": "judge", **BY._asdict(), "first_at": NOW, "adopted_at": NOW}
    session.execute(insert(Judge).values(row))


def in_review(session: Session) -> None:
    row = {"review_id": "review", "judgement_id": "a-judgement", "video_id": LUNCH,
           "why": "uncertain", "opened_at": NOW, "state": "open"}  # fmt: skip
    session.execute(insert(Review).values(row))


def file(video_id: str, state: str, problem: str | None, **other: Any) -> Act:
    def act(session: Session) -> None:
        watched.put_file(session, video_id, state=state, problem=problem, **other)

    return act


async def test_a_watched_video_shows_figure_spread_tone_reason_and_who_judged(everybody: People):
    facts = dict((await shown(everybody, LUNCH, counts(LUNCH))).facts)
    assert facts["Sentiment"] == "0.5000, the median of 3 answers with a spread of 0.05"
    assert facts["Tone"] == "warm, playful, calm"
    assert facts["Why"] == "A garden in the sun. Nothing else happens."
    assert facts["Judged by"] == "gemini-2.5-flash-lite, rubric 1-0000aa"
    assert "Sentiment by" not in facts


async def test_one_answer_has_no_spread(people: People):
    facts = dict((await shown(people, LUNCH, counts(LUNCH, samples=1, spread=0.0))).facts)
    assert facts["Sentiment"] == "0.5000, from one answer"


async def test_words_that_were_erased_are_left_out(people: People):
    facts = dict((await shown(people, LUNCH, counts(LUNCH, tone="", reason=" "))).facts)
    assert "Sentiment" in facts
    assert not {"Tone", "Why"} & set(facts)


async def test_a_moderators_value_is_told_as_such(people: People):
    by = {"model": "moderator", "prompt_version": "a", "spread": None, "why": "it is a joke"}

    def decided(session: Session) -> None:
        row = {"video_id": LUNCH, "sentiment": 0.5, "samples": 1, "judged_at": NOW} | by
        change = update(Video).where(Video.video_id == LUNCH)
        session.execute(change.values(sentiment_id=watched.put_sentiment(session, row)))

    facts = dict((await shown(people, LUNCH, decided)).facts)
    assert facts["Sentiment"] == "0.5000, set by a moderator: it is a joke"


async def test_the_captions_judge_is_named_as_before(people: People):
    facts = dict((await shown(people, GARDEN, settings=Settings())).facts)
    assert facts["Sentiment by"] == "paper: worked out"


async def test_a_judged_caption_says_that_the_video_will_be_watched(people: People):
    facts = dict((await shown(people, LUNCH, adopted, file(LUNCH, "found", None))).facts)
    assert facts["Sentiment by"] == "paper: worked out"
    assert facts["Watched"] == "not yet. Its file is there, and it waits for its turn."
    assert "Watched" not in dict((await shown(people, GARDEN)).facts)


async def test_while_nobody_who_watches_counts_a_judged_caption_stands_alone(people: People):
    assert "Watched" not in dict((await shown(people, LUNCH)).facts)


AFTER = "Without one it settles at an age of 21 days, and its z is 0."
AGAIN = "It is looked for again from 2 Mar 2026 14:00 UTC on."
LATER = {"due_at": NOW + timedelta(hours=2)}


@pytest.mark.parametrize(
    ("acts", "why"),
    [
        ((), "Its file has not been looked for yet."),
        (
            (file(LUNCH, "missing", files.NO_FILE, **LATER),),
            f"There is no file of this video in the bucket yet. {AGAIN}",
        ),
        (
            (file(LUNCH, "denied", files.CLOSED_FILE, **LATER),),
            f"The file of this video may not be read. {AGAIN}",
        ),
        ((file(LUNCH, "found", None),), "Its file is there, and it waits for its turn."),
        (
            (counts(LUNCH, sentiment=None, state="uncertain"), in_review),
            "The answers of its judge differ too much, so a moderator looks at it.",
        ),
        (
            (counts(LUNCH, sentiment=None, state="flagged"), in_review),
            "Something in it speaks to its judge, so a moderator looks at it.",
        ),
        (
            (adopted, counts(LUNCH, state="refused", sentiment=None, counts=False)),
            "Its judge would not answer.",
        ),
        (
            (adopted, counts(LUNCH, state="unjudgeable", sentiment=None, counts=False)),
            "There is nothing in it to judge.",
        ),
        (
            (adopted, counts(LUNCH, state="failed", sentiment=None, counts=False)),
            "No answer of its judge was of use.",
        ),
    ],
)
async def test_an_open_video_without_a_sentiment_says_why_and_what_comes(
    people: People, acts: tuple[Act, ...], why: str
):
    reply = await shown(people, LUNCH, none_counts, *acts)
    assert dict(reply.facts)["Sentiment"] == f"none yet. {why} {AFTER}"
    assert reply.title == "Lunch: 94 points"


async def test_one_that_was_decided_says_so_until_it_is_estimated_again(people: People):
    def changed(session: Session) -> None:
        session.execute(update(Video).where(Video.video_id == LUNCH).values(changed=1))

    unsure = (counts(LUNCH, sentiment=None, state="uncertain"), file(LUNCH, "found", None))
    reply = await shown(people, LUNCH, *unsure, changed)
    assert dict(reply.facts)["Sentiment"] == (
        "none yet. It was decided since, and the next refresh estimates by that."
    )


async def test_what_a_judge_on_trial_made_of_it_is_not_told(everybody: People):
    trial = counts(LUNCH, state="refused", sentiment=None, counts=False)
    facts = dict((await shown(everybody, LUNCH, none_counts, trial)).facts)
    assert facts["Sentiment"].startswith("none yet. Its file has not been looked for yet.")


@pytest.mark.parametrize("judge", ["caption", "none"])
async def test_where_nobody_watches_nothing_is_said_of_files(people: People, judge: str):
    settings = Settings(sentiment=Sentiment(judge=judge))
    reply = await shown(people, LUNCH, none_counts, settings=settings)
    assert "Sentiment" not in dict(reply.facts)


@pytest.mark.parametrize(
    ("acts", "why"),
    [
        ((file(DOG, "missing", files.NO_FILE),), "Its file never came."),
        ((file(DOG, "unfit", files.TOO_LARGE),), files.TOO_LARGE),
        ((file(DOG, "found", None),), "Its turn had not come."),
        (
            (adopted, counts(DOG, state="uncertain", sentiment=None, counts=False)),
            "The answers of its judge differed too much, and no moderator decided.",
        ),
        (
            (adopted, counts(DOG, state="refused", sentiment=None, counts=False)),
            "Its judge would not answer.",
        ),
    ],
)
async def test_one_that_settled_without_a_sentiment_says_so_and_why(
    people: People, acts: tuple[Act, ...], why: str
):
    reply = await shown(people, DOG, *acts)
    assert dict(reply.facts)["Sentiment"] == (
        f"none. {why} So it settled without one at an age of 21 days, and its z is 0."
    )
    assert reply.title == "My dog, asleep: 106 points"


async def test_one_that_nobody_tried_to_watch_says_nothing_of_it(people: People):
    assert "Sentiment" not in dict((await shown(people, DOG)).facts)


@pytest.mark.parametrize("nasty", TYPED)
def test_what_a_judge_says_is_cut_and_drawn_as_any_strangers_words(nasty: str):
    one = Judgement(tone=nasty * 9, reason=nasty * 99, samples=3, spread=0.1, **BY._asdict())
    facts = dict(_watched(one, 0.5))
    assert len(facts["Tone"]) <= 60
    assert len(facts["Why"]) <= 300
    drawn = draw(Reply(facts=tuple(facts.items()), table=Table((), ()))).embed
    assert len(drawn.description or "") <= 1_500
