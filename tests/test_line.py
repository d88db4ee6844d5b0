"""How typed lines and pressed buttons become a command's name and arguments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.command import COMMANDS
from bot.line import CALL_BYTES, call_text, parse_call, parse_line
from bot.reply import Refused


def read(line: str) -> tuple[str, dict[str, str]]:
    chosen, given = parse_line(line)
    return chosen.name, given


def refusal(line: str) -> str:
    with pytest.raises(Refused) as caught:
        parse_line(line)
    return caught.value.reason


@pytest.mark.parametrize("line", ["/points", "points", "//points", "  /Points  ", "/POINTS"])
def test_a_command_is_known_with_and_without_its_slash(line: str):
    assert read(line) == ("points", {})


@pytest.mark.parametrize(
    ("line", "name", "given"),
    [
        ("/videos likes 2", "videos", {"sort": "likes", "page": "2"}),
        ("/videos 2", "videos", {"page": "2"}),
        ("/videos page=2", "videos", {"page": "2"}),
        ("/videos page=2 likes", "videos", {"page": "2", "sort": "likes"}),
        ("/videos sort=likes 2", "videos", {"sort": "likes", "page": "2"}),
        ("/videos page=", "videos", {"page": ""}),
        ("/history 3", "history", {"page": "3"}),
        ("/redeem sticker pack", "redeem", {"reward": "sticker pack"}),
        ('/redeem "sticker pack"', "redeem", {"reward": "sticker pack"}),
        ("/redeem “sticker pack”", "redeem", {"reward": "sticker pack"}),
        ("/redeem „sticker pack“", "redeem", {"reward": "sticker pack"}),
        ("/redeem it's ana's", "redeem", {"reward": "it's ana's"}),
        ("/redeem reward=mug", "redeem", {"reward": "mug"}),
        ("/redeem colour=red", "redeem", {"reward": "colour=red"}),
        ("/help mod reward add", "help", {"about": "mod reward add"}),
        ("/mod", "help", {"about": "mod"}),
        ("/MOD reward", "help", {"about": "MOD reward"}),
    ],
)
def test_words_become_arguments(line: str, name: str, given: dict[str, str]):
    assert read(line) == (name, given)


def test_the_last_text_takes_all_that_is_left():
    assert read("/mod grant ana 50 for the best video of ana's week") == (
        "mod grant",
        {"creator": "ana", "amount": "50", "reason": "for the best video of ana's week"},
    )


@pytest.mark.parametrize(
    ("line", "given"),
    [
        (
            "/mod confirm 4f7k2mnp no not his best",
            {"proposal": "4f7k2mnp", "answer": "no", "reason": "not his best"},
        ),
        ("/mod approve 4f7k2mnp", {"redemption": "4f7k2mnp"}),
        (
            "/mod approve 4f7k2mnp well deserved",
            {"redemption": "4f7k2mnp", "reason": "well deserved"},
        ),
    ],
)
def test_what_follows_an_id_is_the_next_arguments(line: str, given: dict[str, str]):
    assert parse_line(line)[1] == given


def test_what_follows_the_last_text_is_given_by_name_anywhere():
    assert read("/mod reward edit mug amount=150 the supplier stock=3 got cheaper") == (
        "mod reward edit",
        {"reward": "mug", "amount": "150", "stock": "3", "reason": "the supplier got cheaper"},
    )


def test_a_named_text_may_be_of_several_words():
    assert read('/mod reward add cap 9 exposure="A cap by post" reason="new in"')[1] == {
        "reward": "cap",
        "amount": "9",
        "exposure": "A cap by post",
        "reason": "new in",
    }


def test_a_quotation_mark_that_never_closes_is_a_sign_like_others():
    assert read('/mod grant ana 50 he is 5" tall')[1]["reason"] == 'he is 5" tall'


def test_an_empty_text_stays_empty():
    assert read('/redeem ""') == ("redeem", {"reward": ""})


@pytest.mark.parametrize("name", ["price=1", "order=1"])
def test_hidden_arguments_can_not_be_typed(name: str):
    assert read(f"/redeem mug {name}") == ("redeem", {"reward": f"mug {name}"})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Type a command, such as /help."),
        ("/", "Type a command, such as /help."),
        ("/lead", "There is no /lead. Did you mean /leaderboard?"),
        ("/pionts", "There is no /pionts. Did you mean /points?"),
        ("/Redem mug", "There is no /Redem. Did you mean /redeem?"),
        ("/mod gran ana 5", "There is no /mod gran. Did you mean /mod grant?"),
        ("/xyzzy", "There is no /xyzzy. /help lists what you can use."),
        ("/points now", "That is more than /points takes."),
        ("/videos likes 2 3", "That is more than /videos [sort] [page] takes."),
        ("/videos page=1 page=2", "page is given twice."),
    ],
)
def test_what_can_not_be_read_is_refused_with_the_way_on(line: str, words: str):
    assert refusal(line) == words


def test_moderators_commands_are_not_proposed_to_who_did_not_ask_for_them():
    assert "mod" not in refusal("/grant ana 5").replace("/help lists", "")


def test_an_endless_word_is_not_said_back_in_full():
    assert refusal("/" + "a" * 20_000) == (
        f"There is no /{'a' * 40}. /help lists what you can use."
    )


@given(st.text(max_size=200))
def test_every_line_is_read_or_refused(line: str):
    try:
        chosen, given = parse_line(line)
    except Refused:
        return
    assert set(given) <= {one.name for one in chosen.shown}


@given(st.text(alphabet="|ab1 ü\x00", max_size=60))
def test_every_button_is_read_or_refused(call: str):
    if call.count("|") < 3:
        name, given = parse_call(f"redeem|{call}")
        assert set(given) <= {one.name for one in COMMANDS[name].parameters}
    else:
        with pytest.raises(Refused, match="from an older message"):
            parse_call(f"redeem|{call}")


def test_a_buttons_call_comes_back_as_it_was_written():
    call = call_text("redeem", "mug", 150, "0a1b2c3d")
    assert call == "redeem|mug|150|0a1b2c3d"
    assert parse_call(call) == ("redeem", {"reward": "mug", "price": "150", "order": "0a1b2c3d"})


def test_a_value_that_is_not_there_is_left_out():
    assert call_text("videos", None, 2) == "videos||2"
    assert parse_call("videos||2") == ("videos", {"page": "2"})


@pytest.mark.parametrize("call", ["", "poinst", "points|1", "redeem|mug|150|x|y", "mod"])
def test_a_button_of_another_time_asks_for_the_command_again(call: str):
    with pytest.raises(Refused) as caught:
        parse_call(call)
    assert caught.value.reason == (
        "This button is from an older message. Please send the command again."
    )


def test_a_call_of_64_bytes_is_written_and_one_of_65_is_not():
    assert len(call_text("video", "ü" * 29).encode()) == CALL_BYTES == 64
    with pytest.raises(ValueError, match="at most 64 bytes"):
        call_text("video", "ü" * 29 + "x")
