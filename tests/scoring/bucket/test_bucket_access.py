"""By what right the bucket is used, and what is said where it can't be: one line, no secrets."""

import base64
import json
import os
import socket
import subprocess
import sys
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import scoring.bucket
from scoring.bucket import Access, Bucket, BucketProblem, Gone
from tests.fakes.cloud_storage import BUCKET, TOKEN, Double

ACCOUNT = "bot@project.iam.gserviceaccount.com"
ROOT = Path(__file__).parents[3]
READ = """
import asyncio, sys
from scoring.bucket import Access, Bucket, BucketProblem

async def main():
    async with Bucket(Access("our-videos", api_url=sys.argv[1])) as bucket:
        try:
            print((await bucket.find("1.mp4")).size)
        except BucketProblem as problem:
            print(problem.state, problem.reason)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _one_video(cloud: Double) -> None:
    cloud.put("1.mp4", b"a video")


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def key_file(cloud: Double, private_key: rsa.RSAPrivateKey, tmp_path: Path) -> Path:
    """A service account's key file, which gets its tokens from the double."""
    pem = private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    said = {
        "type": "service_account",
        "client_email": ACCOUNT,
        "private_key_id": "1",
        "private_key": pem.decode(),
        "token_uri": f"{cloud.address}/token",
    }
    (tmp_path / "key.json").write_text(json.dumps(said))
    return tmp_path / "key.json"


async def size(cloud: Double, credentials: str | Path = "anonymous") -> int | None:
    async with Bucket(Access(BUCKET, str(credentials), cloud.address)) as bucket:
        found = await bucket.find("1.mp4")
    return found and found.size


async def problem(cloud: Double, credentials: str | Path = "anonymous") -> BucketProblem:
    with pytest.raises(BucketProblem) as met:
        await size(cloud, credentials)
    assert met.value.__cause__ is None
    assert "\n" not in met.value.reason
    return met.value


async def test_nobody_is_said_to_ask_who_asks_anonymously(cloud: Double):
    assert await size(cloud) == 7
    assert {one.authorization for one in cloud.asked} == {None}


async def test_a_key_file_is_turned_into_a_token_by_its_signature(
    cloud: Double, key_file: Path, private_key: rsa.RSAPrivateKey
):
    cloud.token = TOKEN
    assert await size(cloud, key_file) == 7
    token, found = cloud.asked
    assert (token.method, token.path) == ("POST", "/token")
    assert found.authorization == f"Bearer {TOKEN}"
    head, claims, signature = parse_qs(token.body.decode())["assertion"][0].split(".")
    private_key.public_key().verify(
        base64.urlsafe_b64decode(f"{signature}=="),
        f"{head}.{claims}".encode(),
        padding.PKCS1v15(),
        hashes.SHA256(),
    )
    said = json.loads(base64.urlsafe_b64decode(f"{claims}=="))
    assert (said["iss"], said["scope"]) == (ACCOUNT, scoring.bucket.SCOPES[0])


async def test_a_token_is_used_again(cloud: Double, key_file: Path):
    cloud.token = TOKEN
    async with Bucket(Access(BUCKET, str(key_file), cloud.address)) as bucket:
        for _ in range(3):
            await bucket.find("1.mp4")
    assert cloud.paths().count("/token") == 1


async def test_a_key_that_is_refused_is_one_line_without_what_was_answered(
    cloud: Double, key_file: Path
):
    cloud.refused = 400, {"error": "invalid_grant", "error_description": "of secret-0123"}
    met = await problem(cloud, key_file)
    assert met.state == "denied"
    assert met.reason == f"Google does not accept the credentials for the bucket {BUCKET}."


@pytest.mark.parametrize(
    "said",
    [
        "",
        "no JSON",
        "[]",
        '"secret-0123"',
        '{"type": "service_account", "private_key": "secret-0123"}',
        '{"client_email": "a", "token_uri": "b", "private_key": "secret-0123"}',
        '{"client_email": 1, "token_uri": 2, "private_key": 3}',
    ],
)
async def test_a_file_that_is_no_key_is_one_line_without_its_content(
    cloud: Double, tmp_path: Path, said: str
):
    path = tmp_path / "key.json"
    path.write_text(said)
    met = await problem(cloud, path)
    assert met.state == "denied"
    assert met.reason == f"bucket.credentials: {path} is not a service account's key file."


async def test_a_key_file_that_is_not_there_is_one_line(cloud: Double, tmp_path: Path):
    path = tmp_path / "key.json"
    met = await problem(cloud, path)
    assert met.reason == f"bucket.credentials: the key file {path} can't be read."


def by_itself(cloud: Double, folder: Path, **environment: str) -> str:
    """What a process says that has only these settings, in which every warning is an error."""
    home = {"HOME": str(folder), "CLOUDSDK_CONFIG": str(folder), "PATH": os.environ["PATH"]}
    warnings = "-Werror", "-Wignore:You are using a Python version:FutureWarning"
    done = subprocess.run(
        [sys.executable, *warnings, "-c", READ, cloud.address],
        env={**home, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_a_machine_at_google_asks_with_its_own_account(cloud: Double, tmp_path: Path):
    cloud.token = TOKEN
    host = cloud.address.removeprefix("http://")
    said = by_itself(cloud, tmp_path, GCE_METADATA_HOST=host, GCE_METADATA_IP=host)
    assert said == "7"
    assert [one for one in cloud.paths() if one.endswith("/token")] == [
        "/computeMetadata/v1/instance/service-accounts/default/token"
    ]


def test_a_machine_without_credentials_is_told_what_to_set(cloud: Double, tmp_path: Path):
    said = by_itself(cloud, tmp_path, NO_GCE_CHECK="true")
    assert said == (
        "denied The bucket needs credentials and this machine has none: set bucket.credentials, "
        "or run `gcloud auth application-default login`."
    )


DENIED = (
    f"The bucket {BUCKET} may not be read: bucket.credentials must be those of an account that "
    "has the role Storage Object Viewer there."
)


async def test_who_needs_a_token_and_has_none_is_denied(cloud: Double):
    cloud.token = TOKEN
    met = await problem(cloud)
    assert (met.state, met.reason, met.is_of_object) == ("denied", DENIED, False)


async def test_a_bucket_that_is_denied_is_told_from_an_object_that_is(cloud: Double):
    cloud.denied = {"1.mp4"}
    met = await problem(cloud)
    assert (met.state, met.is_of_object) == ("denied", True)
    assert met.reason == f"gs://{BUCKET}/1.mp4 may not be read."
    cloud.denied = {"1.mp4", ""}
    met = await problem(cloud)
    assert (met.state, met.reason, met.is_of_object) == ("denied", DENIED, False)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_what_fails_for_a_while_is_tried_again(cloud: Double, status: int):
    cloud.failing.extend([status, status])
    assert await size(cloud) == 7
    assert len(cloud.asked) == 3


async def test_what_goes_on_failing_is_out_of_reach(cloud: Double, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scoring.bucket, "TRIED_SECONDS", 0.1)
    cloud.failing.extend([503] * 1_000)
    met = await problem(cloud)
    assert met.state == "unreachable"
    assert met.reason == f"The bucket {BUCKET} can't be reached at 127.0.0.1: 503."


async def test_where_nobody_listens_is_out_of_reach(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scoring.bucket, "TRIED_SECONDS", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = Double(f"http://127.0.0.1:{taken.getsockname()[1]}")
    met = await problem(nobody)
    assert met.reason == f"The bucket {BUCKET} can't be reached at 127.0.0.1: ConnectionError."


@pytest.mark.parametrize("status", [400, 409, 501])
async def test_an_answer_that_nobody_foresaw_is_one_line(cloud: Double, status: int):
    cloud.failing.append(status)
    met = await problem(cloud)
    assert met.state == "unreachable"
    assert met.reason.endswith(f": {status}.")


async def test_exactly_the_generation_that_was_found_is_asked_for(cloud: Double):
    generation = cloud.put("1.mp4", b"another video")
    async with Bucket(Access(BUCKET, "anonymous", cloud.address)) as bucket:
        assert await bucket.read("1.mp4", generation) == b"another video"
    assert cloud.asked[-1].query["generation"] == generation


@pytest.mark.parametrize(
    "told", [{"told_md5": "bm90IHRoaXMgb25lIGF0IQ=="}, {"told_crc32c": "AAAAAA=="}]
)
async def test_a_content_that_is_not_the_one_told_of_is_not_handed_out(
    cloud: Double, tmp_path: Path, told: dict[str, str]
):
    generation = cloud.put("1.mp4", b"a video", **told)
    async with Bucket(Access(BUCKET, "anonymous", cloud.address)) as bucket:
        with pytest.raises(Gone):
            await bucket.save("1.mp4", generation, tmp_path / "1.mp4")
    assert not (tmp_path / "1.mp4").exists()


async def test_a_long_list_comes_in_pages_in_the_order_of_names(cloud: Double):
    cloud.page = 300
    for number in range(1_000):
        cloud.put(f"exports/{number:04}.csv", b"1")
    async with Bucket(Access(BUCKET, "anonymous", cloud.address)) as bucket:
        pages = [[one.name for one in page] async for page in bucket.objects("exports/")]
    assert [len(page) for page in pages] == [300, 300, 300, 100]
    assert [*chain(*pages)] == [f"exports/{number:04}.csv" for number in range(1_000)]


async def test_a_page_is_asked_for_when_it_is_wanted(cloud: Double):
    cloud.page = 300
    for number in range(1_000):
        cloud.put(f"exports/{number:04}.csv", b"1")
    async with Bucket(Access(BUCKET, "anonymous", cloud.address)) as bucket:
        async for _ in bucket.objects("exports/"):
            break
    assert len(cloud.asked) == 1


def test_neither_the_sdk_nor_watching_is_loaded_before_it_is_needed():
    ours = "bot.jobs, bot.checks, scoring.files, scoring.take_in_bucket"
    heavy = "{'google.cloud', 'scoring.by_watching'}"
    loaded = f"import sys, {ours}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
