"""Numbers, days, plurals and timezones as each language says them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.about import _exact
from bot.commands.receipt import hundredths
from bot.commands.wording import count, points, signed
from bot.language import (
    LANGUAGES,
    N_,
    Speech,
    _,
    dated,
    day,
    in_words,
    minute,
    money,
    nearest,
    number,
    several,
    speaking,
    whole,
    written,
    zone,
)
from db.refused import Refused, Term

EVENING = datetime(2026, 9, 3, 22, 5, tzinfo=UTC)
ENGLISH, SPANISH = Speech("en"), Speech("es")


@pytest.fixture(params=LANGUAGES)
def speech(request: pytest.FixtureRequest) -> Iterator[Speech]:
    """Each language in turn, spoken."""
    with speaking(Speech(request.param)) as _none:
        yield Speech(request.param)


def in_each(say: object) -> list[str]:
    """What is said in English, and in Spanish."""
    said = []
    for one in (ENGLISH, SPANISH):
        with speaking(one):
            said.append(say())
    return said


def test_thousands_and_decimals_stand_apart_as_each_language_writes_them():
    assert in_each(lambda: number(1_234_567)) == ["1,234,567", "1.234.567"]
    assert in_each(lambda: number(1_234)) == ["1,234", "1.234"]
    assert in_each(lambda: number(1234.5, 2)) == ["1,234.50", "1.234,50"]
    assert in_each(lambda: signed(-1_500)) == ["−1,500", "−1.500"]
    assert in_each(lambda: count(12_345)) == ["12.3K", "12,3 mil"]
    assert in_each(lambda: count(2_500_000)) == ["2.5M", "2,5 M"]


def test_a_number_of_any_length_is_said():
    assert number(-(10**40)) == "-10,000," + ",".join(["000"] * 12)


def test_figures_keep_all_of_their_digits():
    assert in_each(lambda: written("-1,234.5678")) == ["-1,234.5678", "-1.234,5678"]
    assert in_each(lambda: written("12.50%")) == ["12.50%", "12,50\xa0%"]
    assert in_each(lambda: hundredths(-123_456)) == ["−1,234.56", "−1.234,56"]
    assert in_each(lambda: _exact(0.0123456789012)) == ["0.0123456789012", "0,0123456789012"]
    assert in_each(lambda: _exact(1e-9)) == ["1e-09", "1e-09"]


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_figure_can_be_read_back_in_each_language(value: float):
    for one, signs in ((ENGLISH, ",."), (SPANISH, ".,")):
        with speaking(one):
            said = written(f"{value:,.12g}")
        read = said.translate(str.maketrans({signs[0]: "", signs[1]: "."}))
        assert float(read) == float(f"{value:.12g}")


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_that_was_said_is_read_as_itself(value: int):
    for one in (ENGLISH, SPANISH):
        with speaking(one):
            assert int(whole(number(value))) == value


def test_days_and_moments_are_said_as_each_language_does():
    assert in_each(lambda: day(EVENING)) == ["3 Sept 2026", "3 sept 2026"]
    assert in_each(lambda: minute(EVENING)) == ["3 Sept 2026 22:05 UTC", "3 sept 2026 22:05 UTC"]
    monday = date(2026, 1, 5)
    assert in_each(lambda: dated(monday, "yMMMMd")) == ["5 January 2026", "5 de enero de 2026"]
    assert in_each(lambda: dated(monday, "MMMd")) == ["5 Jan", "5 ene"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "3 Sept 2026 22:05 UTC"),
        ("UTC", "3 Sept 2026 22:05 UTC"),
        ("Europe/Madrid", "4 Sept 2026 00:05 CEST"),
        ("Asia/Kuala_Lumpur", "4 Sept 2026 06:05 UTC+8"),
        ("Asia/Kathmandu", "4 Sept 2026 03:50 UTC+5:45"),
        ("America/Sao_Paulo", "3 Sept 2026 19:05 UTC-3"),
    ],
)
def test_moments_are_told_in_the_persons_timezone(name: str, said: str):
    with speaking(Speech("en", zone(name))):
        assert minute(EVENING) == said


def test_summer_and_winter_have_their_own_hours():
    with speaking(Speech("en", zone("Europe/Madrid"))):
        assert minute(datetime(2026, 1, 15, 12, tzinfo=UTC)) == "15 Jan 2026 13:00 CET"


def test_a_moment_of_another_timezone_is_the_same_moment():
    away = EVENING.astimezone(timezone(timedelta(hours=9)))
    assert minute(away) == minute(EVENING)


def test_one_and_many_have_their_own_words():
    assert in_each(lambda: points(1)) == ["1 point", "1 punto"]
    assert in_each(lambda: points(0)) == ["0 points", "0 puntos"]
    assert in_each(lambda: points(1_500)) == ["1,500 points", "1.500 puntos"]


def test_a_sentence_names_its_values_in_the_languages_order():
    assert in_each(lambda: _("{points} to {reward}", points="5 P", reward="Mug")) == [
        "5 P to Mug",
        "a 5 P de Mug",
    ]


def test_what_a_stranger_wrote_is_never_a_sentence_of_ours():
    assert in_each(lambda: _("{reward} for {points}?", reward="{points}", points="Points")) == [
        "{points} for Points?",
        "¿{points} por Points?",
    ]


def test_a_refusal_is_said_in_the_language_and_logged_in_english():
    refused = Refused(
        "That takes {count} point, and {balance} are available.",
        plural="That takes {count} points, and {balance} are available.",
        count=1_500,
        balance=7,
    )
    assert in_each(lambda: in_words(refused)) == [
        "That takes 1,500 points, and 7 are available.",
        "Para eso hacen falta 1.500 puntos, y hay 7 disponibles.",
    ]
    assert refused.reason == "That takes 1,500 points, and 7 are available."


def test_a_word_of_ours_in_a_refusal_is_translated_too():
    text = N_("Redemption {redemption} is {state} already.")
    refused = Refused(text, redemption="ab12", state=Term("fulfilled"))
    assert in_each(lambda: in_words(refused)) == [
        "Redemption ab12 is fulfilled already.",
        "El canje ab12 ya está entregado.",
    ]


def test_a_sentence_in_a_refusal_is_said_in_the_language_too():
    inner = Refused("There is no bucket {name}.", name="videos")
    refused = Refused("A batch is lost: {reason}", reason=str(ValueError(inner.reason)))
    assert in_each(lambda: in_words(refused)) == [
        "A batch is lost: There is no bucket videos.",
        "Se ha perdido un lote: No existe el bucket videos.",
    ]
    assert refused.reason == "A batch is lost: There is no bucket videos."


@pytest.mark.parametrize(
    ("micros", "english", "spanish"),
    [
        (0, "US$0.00", "0,00\xa0US$"),
        (1, "US$0.000001", "0,000001\xa0US$"),
        (123, "US$0.00012", "0,00012\xa0US$"),
        (4_200, "US$0.0042", "0,0042\xa0US$"),
        (12_345, "US$0.012", "0,012\xa0US$"),
        (270_000, "US$0.27", "0,27\xa0US$"),
        (5_000_000, "US$5.00", "5,00\xa0US$"),
        (1_234_567_890, "US$1,234.57", "1.234,57\xa0US$"),
    ],
)
def test_money_is_said_in_dollars_and_a_small_sum_with_digits_enough(
    micros: int, english: str, spanish: str
):
    assert in_each(lambda: money(micros)) == [english, spanish]


@given(st.integers(min_value=0, max_value=10**12))
def test_money_is_never_said_as_more_than_a_twentieth_beside_the_truth(micros: int):
    said = money(micros).removeprefix("US$").replace(",", "")
    assert abs(float(said) * 1_000_000 - micros) <= micros / 20


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (("es-419", "en"), "es"),
        (("es_MX", "en"), "es"),
        (("ES", "en"), "es"),
        (("en-US", "es"), "en"),
        (("fr", "es"), "es"),
        (("", "es"), "es"),
        (("estonian", "en"), "en"),
        (("xx", "yy"), "en"),
    ],
)
def test_the_nearest_language_is_spoken(wanted: tuple[str, ...], code: str):
    assert nearest(*wanted) == code


def test_each_language_has_its_catalogue_and_every_plural(speech: Speech):
    assert (Path("bot/locale") / speech.code).is_dir() or speech.code == "en"
    for many in (0, 1, 2, 5, 11, 21, 1_000_000):
        assert several("{count} video", "{count} videos", many).startswith(number(many))
