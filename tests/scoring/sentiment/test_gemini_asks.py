"""What goes over the wire when a judge is asked: one request, with all that makes the figure."""

import asyncio
import base64
import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import pytest

from scoring.sentiment import prompt, request
from scoring.sentiment.asking import Answer, Clip, NotAllowed, Question, Said, Tokens, TryAgain
from tests.fakes.gemini_replies import Fault, Reply, answer, error, finished, quota
from tests.fakes.gemini_server import Answered, Asked
from tests.scoring.sentiment.watcher import (
    CLIP,
    MODEL,
    QUESTION,
    RUBRIC,
    VIDEO,
    content,
    watching,
)


async def asked(question: Question = QUESTION) -> Asked:
    async with watching() as (gemini, server):
        await gemini.ask(question)
        assert server.wrong == []
        (one,) = server.asked
        return one


async def test_an_answer_comes_back_with_what_it_used():
    async with watching() as (gemini, _):
        assert await gemini.ask(QUESTION) == Answer(
            Said.ANSWERED,
            Tokens(input=3_360, audio=960, cached=0, output=80),
            sentiment=0.7,
            confidence=0.9,
            tone="warm, calm, hopeful",
            reason="The speaker smiles at the camera. The words are kind.",
            language="en",
        )


async def test_the_videos_own_bytes_are_sent_to_the_pinned_model():
    one = await asked()
    assert one.clip_bytes == VIDEO
    assert (one.media_type, one.clip_uri) == ("video/mp4", None)
    assert one.path == f"/v1beta/models/{MODEL}:generateContent"


async def test_the_bytes_stand_in_the_raw_request_once():
    async with watching() as (gemini, server):
        await gemini.ask(QUESTION)
        (raw,) = server.requests
        assert raw.content.count(base64.urlsafe_b64encode(VIDEO)) == 1


async def test_the_video_comes_first_and_the_caption_as_its_only_text():
    one = await asked()
    assert one.is_clip_first
    assert one.texts == (prompt.parts(QUESTION),)
    assert "Cake day with my sister" in one.texts[0]


async def test_the_system_instruction_is_the_rubric_under_its_version():
    one = await asked()
    version, _, told = one.system.partition("\n\n")
    assert version == f"Rubric {RUBRIC.prompt_version}"
    assert told == RUBRIC.instruction


async def test_the_caption_is_nowhere_in_the_system_instruction():
    assert "Cake day" not in (await asked()).system


async def test_the_figures_conditions_are_sent_and_nothing_else():
    assert (await asked(replace(QUESTION, seed=41))).config == {
        "temperature": 0,
        "seed": 41,
        "candidateCount": 1,
        "maxOutputTokens": 1_024,
        "mediaResolution": "MEDIA_RESOLUTION_LOW",
        "responseMimeType": "application/json",
        "responseJsonSchema": prompt.SCHEMA,
    }


async def test_no_filter_that_can_be_switched_off_stands_between_judge_and_video():
    settings = (await asked()).raw["safetySettings"]
    assert {one["threshold"] for one in settings} == {"BLOCK_NONE"}
    assert len({one["category"] for one in settings}) == 4


async def test_no_tools_no_labels_and_no_word_about_thinking_are_sent():
    assert (await asked()).raw.keys() == {
        "contents",
        "systemInstruction",
        "generationConfig",
        "safetySettings",
    }


async def test_what_is_sent_is_the_form_that_a_batch_sends():
    told = request.body(QUESTION, RUBRIC, on_vertex=False)
    inline = told["contents"][0]["parts"][0]["inlineData"]
    inline["data"] = base64.urlsafe_b64encode(inline["data"]).decode()
    one = await asked()
    one.raw["systemInstruction"].pop("role", None)  # the SDK's own addition
    assert one.raw == told


async def test_further_samples_begin_alike_so_that_a_cache_can_help():
    async with watching() as (gemini, server):
        for seed in (1, 2, 3):
            await gemini.ask(replace(QUESTION, seed=seed))
        contents = {json.dumps(one.raw["contents"]) for one in server.asked}
        assert len(contents) == 1


async def test_a_file_that_is_known_by_its_address_is_sent_by_it():
    async with watching() as (gemini, server):
        said = await gemini.ask(
            Question(Clip("video/mp4", uri=f"{server.address}/v1beta/files/a"), "", 1)
        )
        assert said.said is Said.REJECTED  # nothing lies there
        (raw,) = server.requests
        assert f"{server.address}/v1beta/files/a".encode() in raw.content


@pytest.mark.parametrize(
    "reply",
    [
        quota(1),
        error(500),
        error(503),
        error(403),
        error(400),
        Fault.CUT,
        Reply("not JSON"),
        Reply("", 502),
        finished("SAFETY"),
        {**answer(), "candidates": [{"finishReason": "CONTINUATION", "continuationToken": "YQ=="}]},
    ],
)
async def test_one_question_is_one_request_whatever_becomes_of_it(reply: Answered):
    async with watching(lambda _: reply) as (gemini, server):
        with suppress(TryAgain, NotAllowed):
            await gemini.ask(QUESTION)
        assert len(server.requests) == 1


async def test_an_address_that_an_answer_names_is_not_followed():
    async with watching() as (other, elsewhere):
        del other
        away = Reply(
            "", 307, {"Location": f"{elsewhere.address}/v1beta/models/{MODEL}:generateContent"}
        )
        async with watching(lambda _: away) as (gemini, _):
            with pytest.raises(NotAllowed, match="Gemini answered 307"):
                await gemini.ask(QUESTION)
        assert elsewhere.requests == []


async def test_keys_and_addresses_of_the_environment_do_not_win(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, "somebody-elses")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "somebody-elses")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v0")
    async with watching() as (gemini, server):
        assert (await gemini.ask(QUESTION)).said is Said.ANSWERED
        assert server.asked[0].headers["x-goog-api-key"] == server.key
    assert "GOOGLE_API_KEY" not in caplog.text


async def test_questions_that_are_on_their_way_at_once_get_each_its_own_answer():
    def by_seed(one: Asked) -> dict[str, object]:
        return answer(one.config["seed"] / 100)

    async with watching(by_seed) as (gemini, _):
        said = await asyncio.gather(*(gemini.ask(Question(CLIP, "", seed)) for seed in range(60)))
    assert [one.sentiment for one in said] == [seed / 100 for seed in range(60)]


async def test_a_judge_can_be_closed_unused_and_twice():
    async with watching(content) as (gemini, server):
        await gemini.close()
        await gemini.ask(QUESTION)
        await gemini.close()
        assert len(server.requests) == 1


def test_the_sdk_is_not_loaded_before_the_first_question():
    look = "'google.genai' in sys.modules, 'httpx' in sys.modules"
    program = f"import sys, scoring.sentiment.gemini; print({look})"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=60, check=True
    )
    assert ran.stdout.split() == [b"False", b"False"]
