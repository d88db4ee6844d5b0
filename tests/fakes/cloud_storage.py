"""Cloud Storage on loopback, twice: PyPI's emulator, and a strict double for what that can't.

The double pages its lists, holds to generations, asks for a token, denies, and fails as told. It
also is the address where key files and machines get their tokens.
"""

import base64
import hashlib
import json
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import Request, urlopen

from gcp_storage_emulator.server import Server, create_server

BUCKET = "our-videos"
TOKEN = "a-token-of-the-tests"
LONG_AGO = "2026-11-01T08:00:00.000Z"


@dataclass
class Emulator:
    """PyPI's emulator, in memory."""

    server: Server
    address: str

    def put(self, name: str, content: bytes, media_type: str = "video/mp4") -> None:
        """Upload an object, as anybody would."""
        where = f"{self.address}/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={name}"
        headers = {"Content-Type": media_type}
        with urlopen(Request(where, content, headers, method="POST")) as answered:  # noqa: S310  # ours
            assert answered.status == 200

    def delete(self, name: str) -> None:
        where = f"{self.address}/storage/v1/b/{BUCKET}/o/{name.replace('/', '%2F')}"
        with urlopen(Request(where, method="DELETE")):  # noqa: S310  # ours
            pass


@contextmanager
def emulator() -> Iterator[Emulator]:
    """Run the emulator on a free port, with one empty bucket."""
    server = create_server("127.0.0.1", 0, in_memory=True, default_bucket=BUCKET)
    server.start()
    try:
        yield Emulator(server, f"http://127.0.0.1:{server._api._httpd.server_address[1]}")
    finally:
        server.stop()


@dataclass
class Stored:
    content: bytes
    generation: str
    media_type: str
    updated: str = LONG_AGO
    told_md5: str | None = None
    told_crc32c: str = ""
    """Both are what it says of itself, where that is not the truth."""

    def resource(self, name: str) -> dict[str, object]:
        digest = base64.b64encode(hashlib.md5(self.content).digest()).decode()  # noqa: S324  # theirs
        return {
            "name": name,
            "generation": self.generation,
            "size": str(len(self.content)),
            "md5Hash": self.told_md5 or digest,
            "contentType": self.media_type,
            "updated": self.updated,
        }


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    authorization: str | None
    body: bytes
    begins_at: int = 0
    """At which byte, where it asks for the rest of an object."""


@dataclass
class Double:
    """What the double holds, and what it was asked."""

    address: str = ""
    objects: dict[str, Stored] = field(default_factory=dict)
    token: str | None = None
    """Asked for with every request, where there is one."""
    denied: set[str] = field(default_factory=set)
    """Names of objects, and "" for the list."""
    locked: set[str] = field(default_factory=set)
    """Names of objects that are read with a key of their own alone."""
    failing: deque[int] = field(default_factory=deque)
    """What the next requests are answered with."""
    cuts: deque[int] = field(default_factory=deque)
    """After how many bytes the next downloads are cut off."""
    before_download: Callable[[], object] = str
    """Called once a download was asked for, and before it is answered."""
    page: int = 1_000
    refused: tuple[int, dict[str, str]] | None = None
    """How whoever asks for a token is refused."""
    asked: list[Asked] = field(default_factory=list)
    generations: Iterator[int] = field(default_factory=lambda: count(1_700_000_000_000_000))

    def put(self, name: str, content: bytes, media_type: str = "video/mp4", **told: str) -> str:
        stored = Stored(content, str(next(self.generations)), media_type, **told)
        self.objects[name] = stored
        return stored.generation

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


Answer = tuple[int, bytes, dict[str, str]]


def _json(said: object, status: int = 200) -> Answer:
    return status, json.dumps(said).encode(), {"Content-Type": "application/json"}


def _error(status: int, message: str = "as the test says") -> Answer:
    return _json({"error": {"code": status, "message": message}}, status)


def answered(double: Double, asked: Asked) -> Answer:
    if asked.path.startswith("/computeMetadata/") or asked.path == "/":
        return _metadata(asked)
    if asked.path == "/token":
        return _token(double)
    if double.failing:
        return _error(double.failing.popleft())
    if double.token and asked.authorization != f"Bearer {double.token}":
        return _error(401, "Anonymous caller does not have storage.objects.get access")
    return _of_storage(double, asked)


def _of_storage(double: Double, asked: Asked) -> Answer:
    base = f"/storage/v1/b/{BUCKET}/o"
    if asked.path == base:
        return _listed(double, asked.query)
    if asked.path.startswith(f"/download{base}/"):
        return _downloaded(double, asked.path.removeprefix(f"/download{base}/"), asked)
    if asked.path.startswith(f"{base}/"):
        return _found(double, asked.path.removeprefix(f"{base}/"))
    return _error(404, "The specified bucket does not exist.")


def _metadata(asked: Asked) -> Answer:
    """Answer as the metadata server of a machine at Google, which has one account."""
    flavor = {"Metadata-Flavor": "Google", "Content-Type": "application/json"}
    account = {"email": "bot@project.iam.gserviceaccount.com", "scopes": [], "aliases": []}
    if asked.path.endswith("/token"):
        return 200, _granted(), flavor
    if asked.path.endswith("/universe-domain"):
        return 404, b"", flavor
    return 200, json.dumps(account).encode(), flavor


def _granted() -> bytes:
    granted = {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
    return json.dumps(granted).encode()


def _token(double: Double) -> Answer:
    if double.refused is not None:
        status, said = double.refused
        return _json(said, status)
    return 200, _granted(), {"Content-Type": "application/json"}


def _listed(double: Double, query: dict[str, str]) -> Answer:
    if "" in double.denied:
        return _error(403)
    begins, after = query.get("prefix", ""), query.get("pageToken", "")
    names = sorted(one for one in double.objects if one.startswith(begins) and one > after)
    size = min(int(query.get("maxResults", double.page)), double.page)
    said: dict[str, object] = {
        "items": [double.objects[one].resource(one) for one in names[:size]],
    }
    if len(names) > size:
        said["nextPageToken"] = names[size - 1]
    return _json(said)


def _found(double: Double, name: str) -> Answer:
    if name in double.denied:
        return _error(403)
    if name not in double.objects:
        return _error(404, f"No such object: {BUCKET}/{name}")
    return _json(double.objects[name].resource(name))


def _downloaded(double: Double, name: str, asked: Asked) -> Answer:
    double.before_download()
    one = double.objects.get(name)
    assert asked.query["alt"] == "media"
    if name in double.locked:
        return _error(400, "The target object is encrypted by a customer-supplied encryption key.")
    if one is None or asked.query.get("generation", one.generation) != one.generation:
        return _error(404, f"No such object: {BUCKET}/{name}")
    headers = {"Content-Type": one.media_type, "X-Goog-Generation": one.generation}
    if one.told_crc32c:
        headers["X-Goog-Hash"] = f"crc32c={one.told_crc32c}"
    if not asked.begins_at:
        return 200, one.content, headers
    size = len(one.content)
    headers["Content-Range"] = f"bytes {asked.begins_at}-{size - 1}/{size}"
    return 206, one.content[asked.begins_at :], headers


class _Handler(BaseHTTPRequestHandler):
    double: Double
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = self.headers.get("Authorization")
        begins_at = int((self.headers.get("Range") or "bytes=0-")[6:].partition("-")[0])
        asked = Asked(self.command, unquote(parts.path), query, said, body, begins_at)
        self.double.asked.append(asked)
        status, content, headers = answered(self.double, asked)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.double.cuts and asked.path.startswith("/download/"):
            content, self.close_connection = content[: self.double.cuts.popleft()], True
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815  # the library's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # theirs
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of those who leave before they have heard all."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def double() -> Iterator[Double]:
    """Run the double on a free port."""
    made = Double()
    handler = type("Handler", (_Handler,), {"double": made})
    server = _Server(("127.0.0.1", 0), handler)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    made.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield made
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
