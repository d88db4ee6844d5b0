"""Who judges, and how moderators let another judge do so, once they have seen what that moves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.judging import judge_of
from bot.reply import Tone
from bot.sections import Desk
from bot.sections_judging import Sentiment as Section
from db import judges, posts, what_waits
from db.judgements import UNCERTAIN
from db.judges import Named
from db.models import Judge, Post, Video
from db.reviews import mark
from db.store import Store
from scoring.adoption import tell
from scoring.estimate import estimate_batch
from tests.commands.desk_moving import lu, refused
from tests.commands.programme import BOAT, DAY, FRESH, LUNCH, NOW, People, Person, labelled, said
from tests.commands.test_two_people import proposed
from tests.fakes.whole_database import everything
from tests.judged_world import OLD, begin, judge, watch

ADOPT = "/mod sentiment adopt"
GEMINI = Section(judge="gemini")
TRIED = judge_of(Settings(sentiment=GEMINI)) or Named("", "")
"""The judge that config.toml names."""


LATER = NOW + timedelta(hours=1)
"""When moderators look at what was judged until now."""


def moderating(people: People) -> Person:
    return replace(people.mo, at=LATER)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sentiment": GEMINI})


def _tried(session: Session) -> None:
    """The paper's 0.5 counts for lunch and boat; the new judge says 0.75 and is unsure."""
    judge(session, OLD, NOW - DAY)
    judge(session, TRIED, NOW, adopted=False)
    run_id = begin(session, NOW)
    watch(session, LUNCH, (0.75,) * 3, run_id, NOW, by=TRIED, counts=False)
    watch(session, BOAT, (0.0, 0.5, 0.9), run_id, NOW, state=UNCERTAIN, by=TRIED, counts=False)


@pytest.fixture
async def trial(everybody: People) -> People:
    """A judge judges, and the one that config.toml names was tried on lunch and boat."""
    await everybody.store.write(_tried)
    everybody.mo = moderating(everybody)
    return everybody


async def points_of(people: People, video_id: str) -> int | None:
    await people.store.write(estimate_batch, people.settings.plan, NOW, "", 100)
    found = await people.store.read(lambda session: session.get_one(Video, video_id))
    return found.video_points


async def adopted(people: People) -> list[str]:
    return await people.store.read(lambda one: [each.model for each in judges.adopted(one)])


async def told(people: People) -> list[dict[str, Any]]:
    rows = select(Post.told).where(Post.kind == posts.TRIAL)
    return await people.store.read(lambda session: list(session.scalars(rows)))


async def test_without_a_reason_it_shows_what_would_move_and_writes_nothing(trial: People):
    before = await trial.store.read(everything)
    reply = await trial.mo.says(ADOPT)
    assert await trial.store.read(everything) == before
    assert reply.title == f"On trial: {TRIED.model} by rubric {TRIED.prompt_version}"
    facts = dict(reply.facts)
    assert facts["Judges now"] == "gemini-old by rubric 1-aaaaaa, since 1 Mar 2026"
    assert facts["Open videos"] == "2 of 30: 1 judged, 1 for a moderator, 0 can't be judged"
    assert facts["Mean sentiment"] == "0.50 → 0.75"
    assert facts["Estimates"] == "10 points up, 0 points down, one of them by 10 points"
    assert reply.table is not None
    assert reply.table.rows == (
        ("Lunch, @ana", "0.50 → 0.75", "94 → 104"),
        ("A boat, @cem", "0.50 → unknown", "94"),
    )
    assert labelled(reply, "Adopt it").asks == "reason"


async def test_with_a_reason_it_judges_and_the_reply_says_what_moved(trial: People):
    shown = await trial.mo.says(ADOPT)
    reply = await trial.mo.presses(f"{labelled(shown, 'Adopt it').call}|it hears better")
    assert reply.tone is Tone.GOOD
    assert dict(reply.facts)["Estimates"].startswith("10 points up")
    assert dict(reply.facts)["For a moderator"] == "1"
    assert (await adopted(trial))[0] == TRIED.model
    assert await points_of(trial, LUNCH) == 104
    assert "@cem" in said(await trial.mo.says("/mod sentiment list"))


async def test_the_post_and_what_waits_end_with_the_adoption(trial: People):
    def untold(session: Session) -> None:
        session.get_one(Judge, judges.id_of(TRIED)).tried_at = None

    await trial.store.write(untold)
    await tell(trial.store, trial.settings.plan, judges.id_of(TRIED), NOW)
    assert "1: /mod sentiment adopt" in said(await trial.mo.says("/mod queue"))
    assert "a judge on trial" in said(await trial.mo.says("/mod status"))
    done = await trial.mo.says(f"{ADOPT} it hears better")
    assert [(one["state"], one["by"]) for one in await told(trial)] == [("adopted", "Mo")]
    assert "/mod sentiment adopt" not in said(await trial.mo.says("/mod queue"))
    await trial.mo.presses(f"{labelled(done, 'Undo').call}|too fast")
    assert [(one["state"], one["by"]) for one in await told(trial)] == [("undone", "Mo")]
    assert "/mod sentiment adopt" not in said(await trial.mo.says("/mod queue"))


async def test_a_trial_that_config_names_no_more_waits_for_nobody(trial: People):
    async def trials(judge: Named | None) -> int:
        return (await trial.store.read(what_waits.counted, NOW, judge)).trials

    assert [await trials(one) for one in (TRIED, OLD, None)] == [1, 0, 0]


async def test_undone_the_judge_before_judges_again(trial: People):
    done = await trial.mo.says(f"{ADOPT} it hears better")
    assert await points_of(trial, LUNCH) == 104
    undo = await trial.mo.presses(f"{labelled(done, 'Undo').call}|too kind")
    assert undo.tone is Tone.GOOD, undo
    assert await adopted(trial) == [OLD.model]
    assert await points_of(trial, LUNCH) == 94
    again = await trial.mo.says(f"{ADOPT} it is right after all")
    assert again.tone is Tone.GOOD
    assert await points_of(trial, LUNCH) == 104


async def test_where_it_moves_much_a_second_moderator_confirms_it(store: Store, settings: Settings):
    strict = People(store, settings.model_copy(update={"desk": Desk(two_person_over=9)}))
    mo, second = (replace(one, at=LATER) for one in (strict.mo, lu(strict)))
    await store.write(_tried)
    reply = await mo.says(f"{ADOPT} it hears better")
    assert reply.text.startswith("It moves 10 points, more than 9 at once")
    assert await adopted(strict) == [OLD.model]
    assert "yourself" in refused(await mo.says(f"/mod confirm {proposed(reply)}"))
    done = await second.says(f"/mod confirm {proposed(reply)}")
    assert done.title.endswith("judges from now on")
    assert (await adopted(strict))[0] == TRIED.model
    undo = await mo.presses(f"{labelled(done, 'Undo').call}|too kind")
    assert (await second.says(f"/mod confirm {proposed(undo)}")).title == "Undone"
    assert await adopted(strict) == [OLD.model]


async def test_without_a_trial_it_says_who_judges(everybody: People):
    reply = await everybody.mo.says(ADOPT)
    assert (reply.title, reply.text) == ("Who judges", "No other judge is on trial.")
    assert dict(reply.facts) == {
        "Judges now": "The words of the captions; nobody watches the videos."
    }
    await everybody.store.write(judge, TRIED, NOW)
    reply = await everybody.mo.says(ADOPT)
    assert dict(reply.facts)["Judges now"].startswith(f"{TRIED.model} by rubric")
    assert "No judge is on trial" in refused(await everybody.mo.says(f"{ADOPT} why not"))


async def test_where_config_goes_back_to_an_earlier_judge_that_one_is_named(everybody: People):
    def both(session: Session) -> None:
        judge(session, TRIED, NOW - DAY)
        judge(session, OLD, NOW)

    await everybody.store.write(both)
    reply = await everybody.mo.says(ADOPT)
    assert dict(reply.facts)["Judges now"].startswith(f"{TRIED.model} by rubric")


async def test_a_judge_that_has_judged_nothing_is_not_adopted(everybody: People):
    def begun(session: Session) -> None:
        judge(session, TRIED, NOW, adopted=False)

    await everybody.store.write(begun)
    reply = await everybody.mo.says(ADOPT)
    assert reply.buttons == ()
    assert "has judged no open video yet" in refused(await everybody.mo.says(f"{ADOPT} blindly"))


async def test_a_video_without_points_yet_is_not_counted_twice(trial: People):
    def fresh(session: Session) -> None:
        run_id = begin(session, NOW)
        watch(session, FRESH, (0.75,) * 3, run_id, NOW, by=TRIED, counts=False)
        mark(session, [FRESH])

    await trial.store.write(fresh)
    facts = dict((await trial.mo.says(ADOPT)).facts)
    assert facts["Estimates"] == "20 points up, 0 points down, one of them by 10 points"
