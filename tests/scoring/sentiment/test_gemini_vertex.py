"""The other door: a Google Cloud project on Vertex, with the machine's own credentials."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from google.auth.exceptions import RefreshError

from scoring.sentiment import request
from scoring.sentiment.asking import Clip, Door, NotAllowed, Question, Said, TryAgain
from scoring.sentiment.gemini import Gemini
from tests.fakes import gemini_credentials
from tests.fakes.gemini_replies import Reply
from tests.fakes.gemini_server import TOKEN, Mind, gemini_server
from tests.scoring.sentiment.watcher import CLIP, MODEL, RUBRIC, VIDEO, Watching, content

IN_BUCKET = Question(Clip("video/mp4", uri="gs://videos/7.mp4"), "Cake day", 7)


@asynccontextmanager
async def on_vertex(folder: Path, mind: Mind = content) -> AsyncIterator[Watching]:
    """Run both, with a service account whose tokens come from loopback too."""
    with pytest.MonkeyPatch.context() as patch:
        async with gemini_server(mind) as server:
            path = gemini_credentials.write(folder / "account.json", server.address)
            patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
            door = Door(
                vertex_project="a-project",
                vertex_location="global",
                api_url=server.address,
                timeout_seconds=20,
            )
            gemini = Gemini(door, MODEL, RUBRIC)
            try:
                yield Watching(gemini, server)
            finally:
                await gemini.close()


async def test_an_object_in_a_bucket_is_shown_by_its_address(tmp_path: Path):
    async with on_vertex(tmp_path) as (gemini, server):
        server.objects["gs://videos/7.mp4"] = VIDEO
        assert gemini.takes_uris
        assert (await gemini.ask(IN_BUCKET)).said is Said.ANSWERED
        (one,) = server.asked
        assert (one.clip_uri, one.clip_bytes) == ("gs://videos/7.mp4", VIDEO)
        assert server.wrong == []


async def test_it_asks_the_projects_model_with_a_token_and_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GOOGLE_API_KEY", "somebody-elses")
    async with on_vertex(tmp_path) as (gemini, server):
        await gemini.ask(IN_BUCKET)
        (one,) = server.asked
    there = "projects/a-project/locations/global/publishers/google/models"
    assert one.path == f"/v1beta1/{there}/{MODEL}:generateContent"
    assert one.headers["authorization"] == f"Bearer {TOKEN}"
    assert "x-goog-api-key" not in one.headers


async def test_what_is_sent_is_the_same_beside_the_labels(tmp_path: Path):
    async with on_vertex(tmp_path) as (gemini, server):
        await gemini.ask(IN_BUCKET)
        (one,) = server.asked
    told = request.body(IN_BUCKET, RUBRIC, on_vertex=True)
    one.raw["systemInstruction"].pop("role", None)  # the SDK's own addition
    assert one.raw == told
    assert told.pop("labels") == {"program": "fairpoints", "rubric": RUBRIC.prompt_version}
    assert told == request.body(IN_BUCKET, RUBRIC, on_vertex=False)


async def test_one_token_serves_many_questions(tmp_path: Path):
    async with on_vertex(tmp_path) as (gemini, server):
        for seed in range(5):
            await gemini.ask(Question(CLIP, "", seed))
        assert [one.path for one in server.requests].count("/token") == 1


async def test_nothing_is_there_to_be_swept(tmp_path: Path):
    async with on_vertex(tmp_path) as (gemini, server):
        assert await gemini.sweep("fp") == 0
        assert server.requests == []


async def test_credentials_that_are_not_there_stop_the_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with on_vertex(tmp_path) as (gemini, server):
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
        with pytest.raises(NotAllowed, match="credentials for Google Cloud were not taken"):
            await gemini.ask(IN_BUCKET)
        assert server.requests == []


async def test_an_error_is_read_as_by_a_key(tmp_path: Path):
    busy = Reply({"error": {"code": 429, "message": "Busy.", "status": "RESOURCE_EXHAUSTED"}}, 429)
    async with on_vertex(tmp_path, lambda _: busy) as (gemini, _):
        with pytest.raises(TryAgain, match="Gemini answered 429: Busy"):
            await gemini.ask(IN_BUCKET)


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("global", "https://aiplatform.googleapis.com"),
        ("europe-west4", "https://europe-west4-aiplatform.googleapis.com"),
        ("eu", "https://aiplatform.eu.rep.googleapis.com"),
    ],
)
def test_each_location_has_its_host(location: str, address: str):
    assert Door(vertex_project="p", vertex_location=location).host == address


def test_by_a_key_the_configured_address_is_asked():
    assert Door(api_key="k").host == "https://generativelanguage.googleapis.com"
    assert Door(api_key="k", api_url="http://127.0.0.1:1").host == "http://127.0.0.1:1"


async def test_what_google_answers_about_credentials_is_not_told(tmp_path: Path):
    async with on_vertex(tmp_path) as (gemini, _):
        odd = RefreshError("No access token in response.", {"id_token": "secret-0123"})
        told = gemini.problem(odd)
    assert isinstance(told, NotAllowed)
    assert str(told).endswith("were not taken: No access token in response.")
