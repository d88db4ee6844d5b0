"""The embedded judge: the words and emoji of a caption, from 0 (negative) to 1 (positive)."""

from importlib.metadata import version

import pytest

from scoring.sentiment import Judgement, judge_named
from scoring.sentiment.caption import LONGEST, CaptionJudge

WORDS = "words and emoji of the caption"


async def judged(caption: str) -> float | None:
    (said,) = await CaptionJudge().judge([caption])
    return said.sentiment


@pytest.mark.parametrize(
    "caption",
    ["What a wonderful day, I love it!", "best cake ever 😍", "so happy ❤️", "Gracias 😊"],
)
async def test_a_positive_caption_is_above_one_half(caption: str):
    assert (await judged(caption) or 0) > 0.5


@pytest.mark.parametrize(
    "caption", ["I hate it, what a horrible day", "the worst cake ever 😡", "Adiós 😭"]
)
async def test_a_negative_caption_is_below_one_half(caption: str):
    said = await judged(caption)
    assert said is not None
    assert said < 0.5


@pytest.mark.parametrize("caption", ["the table", "Một ngày bình thường", "#fyp #foryou", "12345"])
async def test_a_caption_without_any_known_word_is_neutral_and_says_so(caption: str):
    unknown = Judgement(0.5, "no word known to it: taken as neutral")
    assert await CaptionJudge().judge([caption]) == [unknown]


async def test_words_that_outweigh_each_other_are_known_all_the_same():
    # The lexicon has 2.5 for the one, and -2.5 for the other.
    assert await CaptionJudge().judge(["peace bad"]) == [Judgement(0.5, WORDS)]


@pytest.mark.parametrize(
    ("caption", "sentiment"),
    [
        # VADER adds up its words' valence to x; x / sqrt(x^2 + 15) is mapped to 0..1.
        pytest.param("good", 0.7202, id="1.9: 0.4404"),
        pytest.param("bad", 0.2288, id="-2.5: -0.5423"),
        pytest.param("good good", 0.8502, id="3.8: 0.7003"),
        pytest.param("not good", 0.3294, id="1.9 * -0.74 = -1.406: -0.3412"),
    ],
)
async def test_the_compound_score_is_mapped_from_0_to_1(caption: str, sentiment: float):
    assert await judged(caption) == pytest.approx(sentiment, abs=1.01e-4)


async def test_nothing_is_beyond_0_and_1():
    assert await judged("love " * 300) == pytest.approx(1.0, abs=1e-3)
    assert await judged("hate " * 300) == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("caption", ["", "   ", "\n\t"])
async def test_an_empty_caption_can_not_be_judged(caption: str):
    assert await CaptionJudge().judge([caption]) == [Judgement(None, "no caption to judge")]


async def test_each_caption_has_its_own_judgement_in_order():
    said = await CaptionJudge().judge(["good", "", "bad"])
    assert [one.sentiment and one.sentiment > 0.5 for one in said] == [True, None, False]
    assert [one.reason for one in said] == [WORDS, "no caption to judge", WORDS]
    assert {(one.samples, one.spread) for one in said} == {(1, None)}


async def test_no_captions_have_no_judgements():
    assert await CaptionJudge().judge([]) == []


async def test_what_stands_after_the_longest_part_is_not_read():
    assert await judged("x " * (LONGEST // 2) + "love") == 0.5


def test_it_says_that_it_judges_by_the_caption_and_with_what():
    judge = judge_named("caption")
    assert judge is not None
    assert judge.model == f"caption (vader {version('vaderSentiment')})"
    assert judge.prompt_version == "1"


def test_none_is_nobody():
    assert judge_named("none") is None
