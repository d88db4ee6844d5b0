"""What questions cost: to the millionth of a dollar, and never more than was set aside."""

from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from db.unwatched import Given
from scoring.plan import Price
from scoring.sentiment import price
from scoring.sentiment.asking import Tokens

LITE = Price(input=0.10, audio=0.30, cached=0.01, output=0.40)
DEARER = Price(input=0.30, audio=0.30, cached=0.03, output=2.50)


def test_every_kind_of_token_has_its_price():
    """7,000 of 10,000 at 0.10, 2,000 of sound at 0.30, 1,000 cached at 0.01, 150 out at 0.40."""
    tokens = Tokens(input=10_000, audio=2_000, cached=1_000, output=150)
    assert price.micros(tokens, LITE) == 700 + 600 + 10 + 60


def test_a_question_costs_whole_millionths_rounded_up_once():
    assert price.micros(Tokens(input=1), LITE) == 1
    assert price.micros(Tokens(input=1, output=1), LITE) == 1
    assert price.micros(Tokens(input=11), LITE) == 2


def test_what_comes_out_whole_is_not_rounded_up_by_a_float():
    assert 3 * 0.1 > 0.3
    assert price.micros(Tokens(input=30), LITE) == 3
    assert price.micros(Tokens(output=29 * 10), Price(0, 0, 0, 0.7)) == 203


def test_nothing_costs_nothing():
    assert price.micros(Tokens(), LITE) == 0


def test_a_batch_has_its_own_price():
    tokens = Tokens(input=10_000, output=100)
    assert price.micros(tokens, LITE) == 1_040
    assert price.micros(tokens, LITE, batch=True) == 520


def test_what_is_set_aside_is_told_by_the_size_of_the_file():
    """2,000,000 bytes are 80 seconds at the most: 8,000 tokens, of which 2,720 of sound."""
    aside = price.aside(2_000_000, LITE)
    assert aside.input_tokens == price.PROMPT_TOKENS + 8_000
    assert aside.output_tokens == price.MOST_OUTPUT_TOKENS
    plain = price.PROMPT_TOKENS + 8_000 - 2_720
    whole = plain * Fraction("0.1") + 2_720 * Fraction("0.3") + 1_024 * Fraction("0.4")
    assert aside.micros == ceil(whole)


def test_no_file_is_longer_than_an_hour_nor_shorter_than_a_second():
    assert price.aside(10**12, LITE).input_tokens == price.PROMPT_TOKENS + 360_000
    assert price.aside(0, LITE).input_tokens == price.PROMPT_TOKENS + 100


def test_for_further_questions_as_much_is_set_aside_as_the_first_one_used():
    told = Given(1, "answered", 0.5, input_tokens=5_000, output_tokens=90, micros=700)
    aside = price.aside_like(told, LITE)
    assert (aside.input_tokens, aside.output_tokens) == (5_000, price.MOST_OUTPUT_TOKENS)
    assert aside.micros == ceil(5_000 * Fraction("0.3") + 1_024 * Fraction("0.4"))


COUNT = st.integers(0, 10**6)
USED = st.builds(
    lambda plain, audio, cached, output: Tokens(plain + audio + cached, audio, cached, output),
    COUNT, COUNT, COUNT, st.integers(0, price.MOST_OUTPUT_TOKENS),
)  # fmt: skip
PRICES = st.sampled_from([LITE, DEARER])


@given(USED, PRICES, st.booleans())
def test_another_question_about_the_same_video_never_costs_more_than_was_set_aside(
    used: Tokens, of_model: Price, batch: bool  # noqa: FBT001  # drawn
):  # fmt: skip
    told = Given(1, "answered", 0.5, input_tokens=used.input)
    aside = price.aside_like(told, of_model, batch=batch)
    assert price.micros(used, of_model, batch=batch) <= aside.micros


@given(USED, PRICES)
def test_a_question_costs_what_fractions_say(used: Tokens, of_model: Price):
    plain = used.input - used.audio - used.cached
    whole = sum(
        count * Fraction(str(dollars))
        for count, dollars in (
            (plain, of_model.input),
            (used.audio, of_model.audio),
            (used.cached, of_model.cached),
            (used.output, of_model.output),
        )
    )
    assert price.micros(used, of_model) == ceil(whole)


@given(st.integers(0, 10**9), st.integers(0, 10**9), PRICES)
def test_a_larger_file_never_sets_less_aside(size: int, more: int, of_model: Price):
    assert price.aside(size, of_model) <= price.aside(size + more, of_model)
