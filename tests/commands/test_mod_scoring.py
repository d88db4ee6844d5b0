"""What moderators see of the next refresh before it runs."""

from dataclasses import replace

from bot.reply import Button, Style, Tone
from bot.sections import Breaker
from bot.sections_judging import Sentiment
from db.observed import Observed
from tests.commands.moderating import acts
from tests.commands.programme import LUNCH, NOW, People, _read, _seen, labelled
from tests.commands.test_mod_jobs import rows_of
from tests.fakes.whole_database import everything

HOT = (1000, 170, 10, 10, 10)
"""A hundred likes more: 2 z of the likes, and 2 z of the rate, of 10 points each."""
NOBODY = Sentiment(judge="none")


def without_judge(people: People, **breaker: int) -> People:
    """The same people, where nobody judges."""
    update = {"sentiment": NOBODY, "breaker": Breaker(**breaker)}
    return People(people.store, people.settings.model_copy(update=update))


def again(counts: tuple[int, int, int, int, int]) -> Observed:
    """Ana's lunch, as it is seen now."""
    return replace(_seen("ana", LUNCH, 5, "Lunch", counts), observed_at=NOW)


async def test_a_preview_tells_old_and_new(people: People):
    reply = await without_judge(people).mo.says("/mod scoring preview")
    # Ana has 128 + 106 and waits for 94; her kite, new, is an average video of unknown sentiment:
    # 106. Ben has 106, cem waits for 94.
    assert dict(reply.facts[:5]) == {
        "Points of all": "528 → 634 points (+106)",
        "Estimated": "1 video, 1 new",
        "Known before": "their points stay",
        "Settled": "0 videos, 0 points",
        "Creators": "1 gain, 0 lose, 2 stay",
    }
    assert rows_of(reply) == (("@ana", "328", "434", "+106"),)
    assert (reply.title, reply.tone) == ("The next refresh", Tone.PLAIN)


async def test_a_preview_tells_how_evenly_points_lie(people: People):
    reply = await without_judge(people).mo.says("/mod scoring preview")
    # 94, 106, 328: (-2 * 94 + 2 * 328) / (3 * 528) = 0.295; then 434: (-188 + 868) / (3 * 634).
    assert reply.facts[5:] == (
        ("Unevenness", "0.30 → 0.36 (Gini: 0 if all have as much, 1 if one has everything)"),
        ("Share of the top 1%", "62.1% → 68.5% (of the first creator)"),
        ("With nothing", "0.0% of all creators"),
        ("Median", "106 (half of all have as much or more)"),
    )


async def test_what_was_spent_is_not_less_of_fairness(people: People):
    before = await without_judge(people).mo.says("/mod scoring preview")
    await people.ana.presses("redeem|mug|150|00000000")
    after = await without_judge(people).mo.says("/mod scoring preview")
    assert after.facts[5:] == before.facts[5:]
    assert rows_of(after) == (("@ana", "178", "284", "+106"),)


async def test_a_preview_shows_its_movers_as_a_picture(people: People):
    reply = await without_judge(people).mo.says("/mod scoring preview")
    assert reply.picture is not None
    assert reply.picture.alt == "1 gain, 0 lose, 2 stay; most: @ana 328 → 434."


async def test_a_preview_says_what_it_cannot_foresee(people: People):
    people.settings.inbox.mkdir()
    (people.settings.inbox / "export.json").write_text("[]", encoding="utf-8")
    reply = await people.mo.says("/mod scoring preview")
    assert reply.note == (
        "It can't foresee what is read and judged first: 1 file waits unread, "
        "3 videos wait to be judged."
    )


async def test_with_nothing_new_it_says_so(people: People):
    quiet = without_judge(people)
    await quiet.mo.says("/mod refresh")
    reply = await quiet.mo.says("/mod scoring preview")
    assert (reply.text, reply.table, reply.picture) == ("It would change nothing.", None, None)
    assert reply.note == "Nothing waits to be read or judged first."


async def test_a_preview_writes_nothing(people: People):
    before = await people.store.read(everything)
    await people.mo.says("/mod scoring preview")
    assert await people.store.read(everything) == before


async def tripping(people: People) -> People:
    """Let Ana's lunch be worth far more than before, and the breaker see it."""
    await people.store.write(_read, [again(HOT)])
    return without_judge(people, least_points=40)


async def test_a_preview_says_that_the_refresh_would_be_held(people: People):
    careful = await tripping(people)
    reply = await careful.mo.says("/mod scoring preview")
    # From 94 to 134.
    assert (reply.title, reply.tone) == ("The next refresh would be held", Tone.ASK)
    assert reply.text == (
        "The estimates of videos known before would move by 40 points, which is 43% of what "
        "they are now (the limit is 40%)."
    )
    assert reply.buttons == (
        Button("Refresh now", "mod refresh", Style.PRIMARY),
        Button("Run it anyway", "mod refresh|yes", Style.DANGER, asks="reason"),
    )


async def test_a_refresh_that_is_held_says_what_would_move_and_asks(everybody: People):
    careful = await tripping(everybody)
    reply = await careful.mo.says("/mod refresh")
    assert (reply.title, reply.tone) == ("The refresh is held", Tone.ASK)
    assert reply.text == (
        "It would move the points of videos known before by 43% (40 points) and settle "
        "0 points, which is more than config.toml allows. No points were changed."
    )
    assert [one.label for one in reply.buttons] == ["Preview", "Run it anyway"]
    (record,) = await everybody.store.read(acts)
    assert record.before == {"change_percent": 43, "changed_points": 40, "settling_points": 0}


async def test_letting_a_held_refresh_go_needs_a_reason(everybody: People):
    careful = await tripping(everybody)
    reply = await careful.mo.presses(
        labelled(await careful.mo.says("/mod refresh"), "Run it anyway")
    )
    assert (reply.text, reply.tone) == (
        "To let a held refresh go, say why: /mod refresh anyway=yes and the reason.",
        Tone.REFUSED,
    )


async def test_a_held_refresh_that_is_let_go_stands_in_the_record(everybody: People):
    careful = await tripping(everybody)
    reply = await careful.mo.says("/mod refresh anyway=yes the lunch went round the world")
    assert (reply.text, reply.tone) == ("2 estimated.", Tone.GOOD)
    (record,) = await everybody.store.read(acts)
    assert (record.reason, record.before) == (
        "the lunch went round the world",
        {"change_percent": 43, "changed_points": 40, "settling_points": 0},
    )
    assert record.after == {"judged": 0, "estimated": 2, "settled": 0, "points": 0}
