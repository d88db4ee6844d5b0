"""Each line of a batch: how a question is written, and what is read from what came back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.sentiment import batch_lines
from scoring.sentiment.asking import Said
from tests.fakes.gemini_replies import answer, blocked, finished, said

BODY = {"contents": [{"parts": [{"text": "a\u2028b\nc"}]}], "labels": {"program": "fairpoints"}}
OF_THE_REQUEST = "Invalid JSON payload received. Unknown name"
STATUS = {"code": 400, "message": "The video is corrupt.", "status": "INVALID_ARGUMENT"}


def by_key(**told: object) -> bytes:
    return json.dumps({"key": "one", **told}).encode()


def on_vertex(**told: object) -> bytes:
    request = {"contents": [], "labels": {"sample": "one"}}
    return json.dumps({"request": request, "processed_time": "2026", **told}).encode()


@pytest.mark.parametrize("door", ["key", "vertex"])
def test_a_question_is_one_line_which_names_it(door: str):
    line = batch_lines.written("one", BODY, on_vertex=door == "vertex")
    assert (line.count(b"\n"), line[-1:]) == (1, b"\n")
    assert (found := batch_lines.read(line)) is not None
    assert found.sample_id == "one"


def test_by_key_the_request_is_as_it_would_be_alone():
    line = json.loads(batch_lines.written("one", BODY, on_vertex=False))
    assert line == {"key": "one", "request": BODY}


def test_on_vertex_the_id_is_one_more_label():
    line = json.loads(batch_lines.written("one", BODY, on_vertex=True))
    labels = {"program": "fairpoints", "sample": "one"}
    assert line == {"request": BODY | {"labels": labels}}


@pytest.mark.parametrize("written", [by_key, on_vertex])
@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"response": answer(0.7)}, Said.ANSWERED),
        ({"response": answer(0.7), "status": ""}, Said.ANSWERED),
        ({"response": finished("SAFETY")}, Said.SAFETY),
        ({"response": blocked("SAFETY")}, Said.SAFETY),
        ({"response": finished("RECITATION")}, Said.RECITATION),
        ({"response": finished("MAX_TOKENS")}, Said.MAX_TOKENS),
        ({"response": said("nonsense")}, Said.MALFORMED),
        ({"response": {}}, Said.EMPTY),
        ({}, Said.MALFORMED),
        ({"response": "words"}, Said.MALFORMED),
        ({"error": {"code": 3, "message": "The video is corrupt."}}, Said.REJECTED),
        ({"error": STATUS}, Said.REJECTED),
        ({"status": f"Bad Request: {json.dumps({'error': STATUS})}", "response": {}}, "rejected"),
        ({"status": json.dumps(STATUS)}, Said.REJECTED),
        ({"status": "Bad Request: the file can't be read"}, Said.REJECTED),
        ({"error": {"code": 3, "message": OF_THE_REQUEST}}, None),
        ({"error": {"code": 8, "message": "Quota."}}, None),
        ({"error": {"code": 13}}, None),
        ({"error": {"code": 14, "message": "Later."}}, None),
        ({"error": {"code": "many"}}, None),
        ({"error": {"code": []}}, None),
        ({"error": [1]}, None),
        ({"status": "RESOURCE_EXHAUSTED: {not JSON"}, None),
        ({"status": "Something else"}, None),
    ],
)
def test_what_came_back_for_a_question_has_the_state_that_it_has_alone(
    written: Any, told: dict[str, Any], state: str | None
):
    result = batch_lines.read(written(**told))
    assert result is not None
    assert (result.sample_id, result.answer and result.answer.said) == ("one", state)


def test_a_file_that_was_not_taken_says_why_and_used_nothing():
    result = batch_lines.read(by_key(error=STATUS))
    assert result is not None
    assert result.answer is not None
    assert result.answer.reason == "Gemini answered 400: The video is corrupt."
    assert result.answer.tokens is not None
    assert result.answer.tokens.input == 0


@pytest.mark.parametrize(
    "line",
    [b"", b"\n", b"words", b"[]", b"{}", b"null", b'{"key": 7}', b'{"key": ""}',
     b'{"key": "a\\u0000"}', b"\xff\xfe", b'{"request": {"labels": []}}',
     b'{"request": [], "response": {}}', b"[" * 100_000],
)  # fmt: skip
def test_a_line_that_names_no_question_is_left_out(line: bytes):
    assert batch_lines.read(line) is None


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["key", "request", "labels", "sample", "response", "error", "status",
                         "code", "message", "candidates"]) | st.text(), inner, max_size=4)
), max_leaves=12))  # fmt: skip
def test_no_line_breaks_the_reading(told: object):
    result = batch_lines.read(json.dumps(told).encode())
    assert result is None or isinstance(result.sample_id, str)
