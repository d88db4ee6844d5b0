"""Each shape of response, and what it is taken for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.sentiment import answer
from scoring.sentiment.asking import Answer, Said, Tokens
from tests.fakes.gemini_replies import blocked, fields, finished, said, usage

USED = Tokens(input=3_360, audio=960, cached=0, output=80)
GOOD = Answer(
    Said.ANSWERED,
    USED,
    sentiment=0.7,
    confidence=0.9,
    tone="warm, calm, hopeful",
    reason="The speaker smiles at the camera. The words are kind.",
    language="en",
)


def told(**others: object) -> dict[str, Any]:
    """Return a response whose answer differs in these fields."""
    return said(json.dumps(fields(**others)))  # type: ignore[arg-type]  # on purpose of any type


def without(name: str) -> dict[str, Any]:
    return said(json.dumps({key: value for key, value in fields().items() if key != name}))


def parts(*told: dict[str, Any]) -> dict[str, Any]:
    response = said("")
    response["candidates"][0]["content"]["parts"] = list(told)
    return response


ANSWER = json.dumps(fields())
HALF = len(ANSWER) // 2

ANSWERED = {
    "as asked for": said(ANSWER),
    "between marks": said(f"```json\n{ANSWER}\n```"),
    "between marks without a name": said(f"```{ANSWER}```"),
    "with white space around it": said(f"\n  {ANSWER}\n"),
    "after a byte order mark": said("\ufeff" + ANSWER),
    "in two parts": parts({"text": ANSWER[:HALF]}, {"text": ANSWER[HALF:]}),
    "after a thought": parts({"text": '{"sentiment": 0', "thought": True}, {"text": ANSWER}),
    "beside a part without words": parts({"thoughtSignature": "YQ=="}, {"text": ANSWER}),
    "without an ending": said(ANSWER, finish=None),
    "with an ending that says nothing": said(ANSWER, finish="FINISH_REASON_UNSPECIFIED"),
    "with an empty ending": said(ANSWER, finish=""),
    "with a field more": told(mood="sunny", figure=1.0),
    "with four words of tone": told(tone=["warm", "calm", "hopeful", "proud"]),
}

ENDED = {
    "SAFETY": Said.SAFETY,
    "PROHIBITED_CONTENT": Said.SAFETY,
    "BLOCKLIST": Said.SAFETY,
    "SPII": Said.SAFETY,
    "IMAGE_SAFETY": Said.SAFETY,
    "IMAGE_PROHIBITED_CONTENT": Said.SAFETY,
    "MODEL_ARMOR": Said.SAFETY,
    "ESCALATION": Said.SAFETY,
    "JAILBREAK": Said.SAFETY,
    "RECITATION": Said.RECITATION,
    "IMAGE_RECITATION": Said.RECITATION,
    "MAX_TOKENS": Said.MAX_TOKENS,
    "CONTINUATION": Said.MAX_TOKENS,
    "LANGUAGE": Said.UNJUDGEABLE,
    "OTHER": Said.EMPTY,
    "MALFORMED_RESPONSE": Said.MALFORMED,
    "MALFORMED_FUNCTION_CALL": Said.MALFORMED,
    "UNEXPECTED_TOOL_CALL": Said.MALFORMED,
    "TOO_MANY_TOOL_CALLS": Said.MALFORMED,
    "PUP_LIMITED_DISABLED": Said.EMPTY,
    "AN_ENDING_OF_NEXT_YEAR": Said.EMPTY,
}

SHAPES = {
    "no candidates": ({"usageMetadata": usage(output=80)}, Said.EMPTY),
    "an empty list of candidates": ({"candidates": []}, Said.EMPTY),
    "candidates that are none": ({"candidates": "two"}, Said.EMPTY),
    "a candidate that is none": ({"candidates": [7]}, Said.EMPTY),
    "no content": ({"candidates": [{"finishReason": "STOP"}]}, Said.EMPTY),
    "content that is none": (
        {"candidates": [{"content": "yes", "finishReason": "STOP"}]},
        Said.EMPTY,
    ),
    "no parts": (parts(), Said.EMPTY),
    "only a thought": (parts({"text": ANSWER, "thought": True}), Said.EMPTY),
    "a part that is none": (parts("text"), Said.EMPTY),  # type: ignore[arg-type]  # on purpose
    "a text that is none": (parts({"text": 7}), Said.EMPTY),
    "only white space": (said(" \n"), Said.EMPTY),
    "an ending that is none": (said(ANSWER, finish=["STOP"]), Said.EMPTY),  # type: ignore[arg-type]  # on purpose
    "JSON cut short": (said(ANSWER[:-9]), Said.MALFORMED),
    "words": (said("I would say it is a warm video."), Said.MALFORMED),
    "words around it": (said(f"Here it is: {ANSWER}"), Said.MALFORMED),
    "two answers": (said(ANSWER + ANSWER), Said.MALFORMED),
    "a list": (said(f"[{ANSWER}]"), Said.MALFORMED),
    "a number": (said("0.7"), Said.MALFORMED),
    "null": (said("null"), Said.MALFORMED),
    "marks alone": (said("``````"), Said.MALFORMED),
    "a figure that stands twice": (said(ANSWER[:-1] + ', "sentiment": 1}'), Said.MALFORMED),
    "a very deep list": (said("[" * 100_000), Said.MALFORMED),
    "a number of 10,000 digits": (said(ANSWER.replace("0.7", "1" * 10_000)), Said.MALFORMED),
    "a million characters": (told(reason="ha" * 500_000), Said.MALFORMED),
    "a figure of NaN": (said(ANSWER.replace("0.7", "NaN")), Said.MALFORMED),
    "an infinite figure": (said(ANSWER.replace("0.7", "Infinity")), Said.MALFORMED),
    "a figure of 1e999": (said(ANSWER.replace("0.7", "1e999")), Said.MALFORMED),
    "a figure in words": (told(sentiment="0.7"), Said.MALFORMED),
    "a figure that is true": (told(sentiment=True), Said.MALFORMED),
    "no figure": (told(sentiment=None), Said.MALFORMED),
    "a figure on another scale": (told(sentiment=85), Said.MALFORMED),
    "a figure a little over 1": (told(sentiment=1.01), Said.MALFORMED),
    "a figure below 0": (told(sentiment=-0.3), Said.MALFORMED),
    "a confidence in percent": (told(confidence=90), Said.MALFORMED),
    "a truth in words": (told(judgeable="yes"), Said.MALFORMED),
    "a truth in numbers": (told(addresses_judge=0), Said.MALFORMED),
    "a tone in one text": (told(tone="warm, calm, hopeful"), Said.MALFORMED),
    "no words of tone": (told(tone=["", " "]), Said.MALFORMED),
    "numbers for a tone": (told(tone=[1, 2, 3]), Said.MALFORMED),
    "a reason that is a list": (told(reason=["It is warm."]), Said.MALFORMED),
    "a language that is none": (told(language=None), Said.MALFORMED),
    "nothing to judge": (told(judgeable=False), Said.UNJUDGEABLE),
    **{f"without {name}": (without(name), Said.MALFORMED) for name in fields()},
    **{f"a blocked prompt ({why})": (blocked(why), Said.SAFETY) for why in ("SAFETY", "OTHER")},
    **{f"the ending {name}": (finished(name), what) for name, what in ENDED.items()},
}


@pytest.mark.parametrize("shape", ANSWERED)
def test_an_answer_is_read(shape: str):
    assert answer.read(ANSWERED[shape]) == GOOD


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_without_a_figure_has_its_state_and_says_why(shape: str):
    response, what = SHAPES[shape]
    one = answer.read(response)
    assert (one.said, one.sentiment, one.confidence) == (what, None, None)
    assert one.reason
    assert "\n" not in one.reason


@pytest.mark.parametrize("ending", ["MAX_TOKENS", "SAFETY", "OTHER", "RECITATION"])
def test_words_before_a_bad_ending_are_no_answer(ending: str):
    one = answer.read(said(ANSWER, finish=ending))
    assert (one.said, one.sentiment) == (ENDED[ending], None)


@pytest.mark.parametrize("response", [None, [], "no", 7, [said(ANSWER)]])
def test_a_response_that_is_no_object_is_malformed_and_tells_no_tokens(response: object):
    one = answer.read(response)
    assert (one.said, one.tokens) == (Said.MALFORMED, None)


@pytest.mark.parametrize(("figure", "read"), [(0, 0.0), (1, 1.0), (1.0000001, 1.0), (-1e-7, 0.0)])
def test_the_ends_of_the_scale_are_figures_and_a_slip_beyond_is_the_end(figure: float, read: float):
    assert answer.read(told(sentiment=figure)).sentiment == read


def test_the_best_mark_is_not_to_be_had_by_a_figure_beyond_the_scale():
    assert answer.read(told(sentiment=100)).said is Said.MALFORMED


def test_what_cant_be_judged_keeps_its_words_and_no_figure():
    one = answer.read(told(judgeable=False, reason="The picture is black.", language="zxx"))
    assert (one.said, one.reason, one.language) == (
        Said.UNJUDGEABLE,
        "The picture is black.",
        "zxx",
    )


def test_content_that_speaks_to_its_judge_is_told():
    assert answer.read(told(addresses_judge=True)).addresses_judge
    assert answer.read(told(addresses_judge=True, judgeable=False)).addresses_judge


def test_words_are_kept_in_one_line_that_hides_nothing_and_not_longer_than_is_shown():
    one = answer.read(
        told(reason="It\nis\u202e warm\x00\ud800. " + "And kind. " * 200, language="e" * 99)
    )
    assert one.reason.startswith("It is warm . And kind.")
    assert one.reason.endswith("…")
    assert (len(one.reason) <= 600, len(one.language)) == (True, 40)
    assert one.reason.isprintable()


@pytest.mark.parametrize(
    ("told", "tokens"),
    [
        (usage(), USED),
        (usage(thoughts=500), Tokens(3_360, 960, 0, 580)),
        (usage(cached=2_048), Tokens(3_360, 960, 2_048, 80)),
        ({"promptTokenCount": 9}, Tokens(9)),
        ({"promptTokenCount": 9, "candidatesTokenCount": None}, Tokens(9)),
        ({"promptTokenCount": 9, "totalTokenCount": 30}, Tokens(9, output=21)),
        ({"promptTokenCount": 9, "toolUsePromptTokenCount": 2}, Tokens(11)),
        ({"promptTokenCount": 9, "cachedContentTokenCount": 99}, Tokens(9, cached=9)),
        ({"promptTokenCount": 9, "promptTokensDetails": "many"}, Tokens(9)),
        ({"promptTokenCount": 9.0}, Tokens(9)),
        ({}, None),
        ("many", None),
        ({"candidatesTokenCount": 80}, None),
        ({"promptTokenCount": -1}, None),
        ({"promptTokenCount": "9"}, None),
        ({"promptTokenCount": True}, None),
        ({"promptTokenCount": 1e300}, None),
        ({"promptTokenCount": 10**30}, None),
        ({"promptTokenCount": float("nan")}, None),
        ({"promptTokenCount": 9, "thoughtsTokenCount": -5}, None),
    ],
)
def test_what_was_used_is_read_or_not_told_at_all(told: Any, tokens: Tokens | None):
    response = said(ANSWER, used=told)
    assert answer.read(response).tokens == tokens


def test_an_answer_of_no_use_has_its_cost_all_the_same():
    assert answer.read(said("no JSON")).tokens == USED
    assert answer.read(finished("SAFETY")).tokens == Tokens(3_360, 960)


def test_a_closed_account_is_seen():
    assert answer.is_shut_out(finished("PUP_LIMITED_DISABLED"))
    assert not answer.is_shut_out(finished("SAFETY"))
    assert not answer.is_shut_out(None)


TEXTS = st.sampled_from(
    ["", "warm", "0.7", "STOP", "text", "parts", "\ud800", "\u202e", "ha" * 999]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(list(fields())), JSON))
def test_whatever_is_said_is_read_and_a_figure_is_never_out_of_range(odd: dict[str, Any]):
    one = answer.read(said(json.dumps({**fields(), **odd})))
    assert (one.said is Said.ANSWERED) == (one.sentiment is not None)
    assert one.sentiment is None or 0 <= one.sentiment <= 1


@given(st.dictionaries(st.sampled_from(list(said(""))), JSON))
def test_whatever_a_response_is_made_of_it_is_read(odd: dict[str, Any]):
    assert answer.read({**said(ANSWER), **odd}).said in Said
