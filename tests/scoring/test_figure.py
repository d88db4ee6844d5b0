"""What several answers come to: a figure, one more round, a moderator, or no figure at all."""

from collections.abc import Sequence

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from db.judgements import Made
from db.unwatched import Given
from scoring.sentiment import figure

MOST_SPREAD = 0.2


def answers(*said: float | str) -> list[Given]:
    """Answers by number: a figure, or what else became of the question."""
    return [_answer(number, one) for number, one in enumerate(said, start=1)]


def _answer(number: int, said: float | str) -> Given:
    if isinstance(said, str):
        return Given(number, said)
    return Given(number, "answered", said, 0.9, f"tone {number}", f"Reason {number}.", "en")


def decide(given: Sequence[Given], samples: int = 3, *, is_flagged: bool = False) -> int | Made:
    return figure.decide(given, samples, MOST_SPREAD, is_flagged=is_flagged)


def made(given: Sequence[Given], samples: int = 3, *, is_flagged: bool = False) -> Made:
    decided = decide(given, samples, is_flagged=is_flagged)
    assert isinstance(decided, Made)
    return decided


def test_a_first_round_has_so_many_answers():
    assert decide([]) == 3
    assert decide(answers(0.5)) == 2
    assert decide([], samples=5) == 5


def test_answers_that_agree_give_their_median_and_spread():
    assert made(answers(0.7, 0.5, 0.6)) == Made(
        "judged", 0.6, 0.2, 3, 0.9, "tone 3", "Reason 3.", "en"
    )


def test_a_spread_at_the_limit_is_still_agreement_whatever_floats_make_of_it():
    assert MOST_SPREAD < 0.9 - 0.7
    assert made(answers(0.7, 0.9, 0.8)).state == "judged"


def test_a_single_answer_has_no_spread():
    assert made(answers(0.4), samples=1) == Made(
        "judged", 0.4, None, 1, 0.9, "tone 1", "Reason 1.", "en"
    )


def test_answers_that_differ_have_one_more_round():
    assert decide(answers(0.2, 0.5, 0.6)) == 3
    assert decide(answers(0.2, 0.5, 0.6, 0.5)) == 2


def test_a_second_round_may_bring_them_together():
    """0.2 and 0.6 are the outermost of six, so 0.45 to 0.55 are left."""
    one = made(answers(0.2, 0.5, 0.6, 0.5, 0.45, 0.55))
    assert (one.state, one.sentiment, one.spread, one.samples) == ("judged", 0.5, 0.1, 6)


def test_where_a_second_round_differs_too_a_moderator_decides():
    one = made(answers(0.2, 0.5, 0.8, 0.2, 0.8, 0.5))
    assert (one.state, one.sentiment, one.spread, one.samples) == ("uncertain", 0.5, 0.6, 6)


@pytest.mark.parametrize("useless", ["malformed", "empty", "max_tokens"])
def test_an_answer_of_no_use_is_asked_for_again_in_a_second_round(useless: str):
    assert decide(answers(0.5, useless, 0.5)) == 1
    assert made(answers(0.5, useless, 0.5, 0.5)).samples == 3
    assert decide(answers(useless, useless, useless)) == 3


def test_after_a_second_round_a_majority_of_the_first_gives_a_figure():
    of_no_use = ("malformed",) * 4
    assert made(answers(0.5, 0.6, *of_no_use)).samples == 2
    assert made(answers(0.2, 0.6, *of_no_use)).state == "uncertain"


def test_with_fewer_it_failed_and_says_of_what():
    one = made(answers(0.5, "malformed", "malformed", "empty", "malformed", "max_tokens"))
    assert (one.state, one.sentiment, one.samples) == ("failed", None, 6)
    assert one.reason == "Reason 1."
    assert made(answers(*["empty"] * 2, *["malformed"] * 4)).reason == "empty: 2, malformed: 4"


@pytest.mark.parametrize(
    ("said", "state"),
    [("safety", "refused"), ("recitation", "refused"), ("unjudgeable", "unjudgeable"),
     ("rejected", "failed")],
)  # fmt: skip
def test_what_would_be_said_again_ends_it_by_a_majority(said: str, state: str):
    assert made(answers(said, 0.5, said)) == Made(state, samples=3, reason="Reason 2.",
                                                  tone="tone 2", language="en")  # fmt: skip
    assert made(answers(said, said)).state == state
    assert decide(answers(said, 0.5, 0.5)) == 1


def test_refusals_of_both_kinds_are_refusals():
    assert made(answers("safety", "recitation")).state == "refused"


def test_it_says_in_the_judges_words_why_there_is_nothing_to_judge():
    black = Given(1, "unjudgeable", None, None, "", "The picture is black.", "zxx")
    one = made([black, black._replace(number=2), _answer(3, 0.5)])
    assert (one.state, one.reason, one.language) == ("unjudgeable", "The picture is black.", "zxx")


@pytest.mark.parametrize("nobody", ["failed", "lost"])
def test_what_the_service_did_not_answer_says_nothing_of_the_video(nobody: str):
    assert decide(answers(*[nobody] * 20)) == 3
    assert made(answers(nobody, 0.5, nobody, 0.5, 0.5)).samples == 3


def test_a_flagged_video_has_its_figure_for_a_moderator_to_see():
    assert decide(answers(0.5, 0.5), is_flagged=True) == 1
    one = made(answers(0.2, 0.9, 0.5), is_flagged=True)
    assert (one.state, one.sentiment, one.spread) == ("flagged", 0.5, 0.7)


def test_one_answer_that_was_spoken_to_flags_the_video():
    spoken_to = _answer(2, 0.9)._replace(addresses_judge=True)
    assert made([*answers(0.5), spoken_to, _answer(3, 0.5)]).state == "flagged"


def test_a_flagged_video_without_a_figure_goes_to_a_moderator_too():
    assert made(answers("safety", "safety", "safety"), is_flagged=True).state == "flagged"
    assert made(answers(*["malformed"] * 3), is_flagged=True).sentiment is None


def test_fewer_samples_in_the_config_end_what_was_begun_with_more():
    assert made(answers(0.1, 0.5, 0.9, 0.5, 0.5), samples=1).samples == 5


# Laws

FIGURES = st.integers(0, 100).map(lambda cents: cents / 100)
SAID = st.one_of(
    FIGURES,
    st.sampled_from(["unjudgeable", "safety", "recitation", "max_tokens", "empty", "malformed",
                     "rejected", "failed", "lost"]),
)  # fmt: skip


@over(st.lists(SAID, max_size=30), st.integers(1, 9), st.booleans())
def test_it_ends_within_two_rounds(said: list[float | str], samples: int, is_flagged: bool):  # noqa: FBT001  # drawn
    """However the questions end, so many answers as two rounds have are asked for at the most."""
    given: list[Given] = []
    answered, left = 0, iter(said)
    while isinstance(more := decide(given, samples, is_flagged=is_flagged), int):
        assert 0 < more <= 2 * samples - answered
        for _ in range(more):
            given.append(_answer(len(given) + 1, next(left, 0.5)))
            answered += given[-1].state not in ("failed", "lost")
    assert (more.sentiment is None) == (more.samples == 0 or more.confidence is None)
    assert more.state != "judged" or (more.spread or 0) <= MOST_SPREAD


@over(st.lists(FIGURES, min_size=1, max_size=18).flatmap(
    lambda one: st.tuples(st.just(one), st.permutations(one))))  # fmt: skip
def test_the_order_of_answers_changes_neither_figure_nor_spread(
    both: tuple[list[float], list[float]],
):
    first, second = (made(answers(*one), len(one), is_flagged=True) for one in both)
    assert (first.sentiment, first.spread) == (second.sentiment, second.spread)


@over(st.lists(FIGURES, min_size=2, max_size=18))
def test_a_figure_lies_among_its_answers_and_no_spread_is_wider_than_they_are(said: list[float]):
    one = made(answers(*said), len(said), is_flagged=True)
    assert one.sentiment is not None
    assert one.spread is not None
    assert min(said) <= one.sentiment <= max(said)
    assert 0 <= one.spread <= max(said) - min(said) + 1e-6


@over(st.lists(FIGURES, min_size=2, max_size=8), FIGURES)
def test_one_answer_that_is_talked_into_anything_takes_the_figure_no_further_than_the_others_are(
    honest: list[float], talked_into: float
):
    after = made(answers(*honest, talked_into), len(honest) + 1, is_flagged=True)
    assert after.sentiment is not None
    assert min(honest) <= after.sentiment <= max(honest)
