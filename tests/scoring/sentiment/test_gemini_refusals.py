"""What an error means: ask again later, nobody may ask, or this one file is not taken."""

from typing import Any

import pytest

from scoring.sentiment.asking import Door, NotAllowed, Rejected, Said, TryAgain
from scoring.sentiment.gemini import Gemini
from scoring.sentiment.refusal import LONGEST, ServiceError, meaning
from tests.fakes.gemini_replies import Fault, Reply, error, finished, quota, reason
from tests.scoring.sentiment.watcher import MODEL, QUESTION, RUBRIC, watching

INVALID = "Request contains an invalid argument."
KEY_INVALID = "API key not valid. Please pass a valid API key."
NO_FILE = "You do not have permission to access the File files/fp-1 or it may not exist."


@pytest.mark.parametrize("code", [408, 425, 429, 499, 500, 502, 503, 504, 529])
def test_what_passes_by_itself_is_tried_again(code: int):
    assert isinstance(meaning(ServiceError(code, "Later.")), TryAgain)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (401, "Request had invalid authentication credentials."),
        (402, "Payment required."),
        (403, "Method doesn't allow unregistered callers."),
        (403, "Your API key was reported as leaked. Please use another API key."),
        (404, "models/gemini-9 is not found for API version v1beta"),
        (400, KEY_INVALID),
        (400, "User location is not supported for the API use."),
        (400, "Please enable billing on project #1."),
        (400, 'Invalid JSON payload received. Unknown name "seeds": Cannot find field.'),
        (400, "Invalid value at 'generation_config.media_resolution'"),
        (400, "Media resolution is not supported for this model"),
        (400, "response_json_schema.properties: should be non-empty"),
        (400, "response_schema is too deep"),
        (400, "responseJsonSchema is too deep"),
        (400, "Invalid JSON payload received. Expected , or } after key:value pair."),
        (400, 'Unknown name "seeds": Cannot find field.'),
        (400, "Invalid value at 'contents[0].role'"),
        (400, "generation_config.candidate_count is out of range"),
        (400, "generationConfig.candidateCount is out of range"),
        (400, "safety_settings: a category is given twice"),
        (400, "safetySettings: a category is given twice"),
        (400, "Function calling with mime_type application/json is unsupported"),
        (400, "Thinking is not supported for this model"),
        (400, "JSON mode is not supported by this model"),
        (400, "Video input is not enabled for models/gemini-9"),
        (400, "Media resolution must be set for each part"),
        (400, "Unable to submit request because seed is out of range."),
        (400, "Unable to submit request because temperature is out of range."),
        (400, "Invalid labels: a value is too long"),
        (400, "The credentials are for another service."),
        (400, "Consumer 'project_number:1' has been suspended."),
        (400, "Permission denied on resource project 1."),
        (307, "Temporary Redirect"),
        (0, ""),
    ],
)
def test_what_would_be_the_same_for_every_video_stops_the_asking(code: int, message: str):
    assert isinstance(meaning(ServiceError(code, message)), NotAllowed)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (400, INVALID),
        (400, "Unsupported MIME type: video/x-thing"),
        (400, "The video is corrupted."),
        (400, "The input token count (2000000) exceeds the maximum number of tokens allowed."),
        (400, "Request payload size exceeds the limit: 20971520 bytes."),
        (403, NO_FILE),
        (404, "Not found: gs://bucket/7.mp4"),
        (413, "Payload too large"),
    ],
)
def test_what_is_of_this_file_is_of_this_file_alone(code: int, message: str):
    assert isinstance(meaning(ServiceError(code, message)), Rejected)


def test_a_key_that_only_the_details_name_is_seen():
    assert isinstance(meaning(ServiceError(400, INVALID, [reason("API_KEY_INVALID")])), NotAllowed)


def test_a_file_that_is_not_ready_yet_is_tried_again():
    told = ServiceError(400, "The File files/a is not in an ACTIVE state and usage is not allowed.")
    assert isinstance(meaning(told), TryAgain)


@pytest.mark.parametrize(
    ("details", "headers", "seconds"),
    [
        ([{"retryDelay": "37s"}], {}, 37.0),
        ([{"retryDelay": "1.250s"}], {"retry-after": "9"}, 9.0),
        ([{"retryDelay": 12}, {"retryDelay": "-4s"}], {}, None),
        ([], {"retry-after": "Sat, 28 Nov 2026 12:00:00 GMT"}, None),
        ([], {"retry-after": "999999999"}, 86_400.0),
        ([], {}, None),
    ],
)
def test_the_wait_is_what_the_service_asks_for(
    details: list[dict[str, Any]], headers: dict[str, str], seconds: float | None
):
    told = meaning(ServiceError(429, "Quota.", details, headers))
    assert isinstance(told, TryAgain)
    assert told.after_seconds == seconds


def test_the_services_words_are_one_short_line_without_addresses():
    told = str(
        meaning(ServiceError(400, "Bad\n\tkey, see https://a.example/?key=AB&x=1 " + "x" * 900))
    )
    assert told.startswith("Gemini answered 400: Bad key, see ... xxx")
    assert len(told) <= LONGEST + len("Gemini answered 400: ")
    assert told.isprintable()


async def test_a_quota_over_the_wire_is_tried_again_after_the_wait_it_names():
    async with watching(lambda _: quota(3.5)) as (gemini, _):
        with pytest.raises(TryAgain) as caught:
            await gemini.ask(QUESTION)
    assert (caught.value.after_seconds, caught.value.is_unknown) == (3.5, False)
    assert caught.value.reason == "Gemini answered 429: You exceeded your current quota."


async def test_a_wait_in_a_header_is_heard():
    busy = Reply("<html>busy</html>", 503, {"Retry-After": "8", "Content-Type": "text/html"})
    async with watching(lambda _: busy) as (gemini, _):
        with pytest.raises(TryAgain) as caught:
            await gemini.ask(QUESTION)
    assert caught.value.after_seconds == 8


@pytest.mark.parametrize(
    "body", ["", "null", "[]", '"no"', "7", "{", "\xe9".encode("latin-1"), '{"error": [1]}']
)
async def test_an_error_of_whatever_body_is_an_error(body: str | bytes):
    async with watching(lambda _: Reply(body, 500)) as (gemini, _):
        with pytest.raises(TryAgain):
            await gemini.ask(QUESTION)


async def test_an_answer_that_never_comes_is_given_up_and_its_fate_is_unknown():
    async with watching(lambda _: Fault.HANG, seconds=1) as (gemini, _):
        with pytest.raises(TryAgain, match="too long") as caught:
            await gemini.ask(QUESTION)
    assert caught.value.is_unknown


async def test_a_connection_that_is_cut_leaves_its_fate_unknown():
    async with watching(lambda _: Fault.CUT) as (gemini, _):
        with pytest.raises(TryAgain, match="lost") as caught:
            await gemini.ask(QUESTION)
    assert caught.value.is_unknown


async def test_a_service_that_is_not_there_has_not_been_asked():
    gemini = Gemini(Door(api_key="k", api_url="http://127.0.0.1:1"), MODEL, RUBRIC)
    with pytest.raises(TryAgain, match="could not be reached") as caught:
        await gemini.ask(QUESTION)
    await gemini.close()
    assert not caught.value.is_unknown


async def test_a_wrong_key_stops_the_asking():
    async with watching() as (gemini, server):
        server.key = "another"
        with pytest.raises(NotAllowed, match="API key not valid"):
            await gemini.ask(QUESTION)


async def test_an_unknown_model_is_nobodys_to_ask():
    async with watching(model="gemini-9") as (gemini, _):
        with pytest.raises(NotAllowed, match="is not found"):
            await gemini.ask(QUESTION)


async def test_a_file_that_is_refused_is_an_answer_that_cost_nothing():
    async with watching(lambda _: error(400, INVALID)) as (gemini, _):
        said = await gemini.ask(QUESTION)
    assert said.said is Said.REJECTED
    assert said.tokens is not None
    assert said.tokens.input == 0
    assert said.reason == f"Gemini answered 400: {INVALID}"


async def test_a_closed_account_stops_the_asking():
    async with watching(lambda _: finished("PUP_LIMITED_DISABLED")) as (gemini, _):
        with pytest.raises(NotAllowed, match="closed this account"):
            await gemini.ask(QUESTION)
