"""The Cloud Storage bucket: the only place that knows Google's SDK, whose calls block in threads.

What goes wrong is one line without secrets: the SDK's own words may hold tokens and keys.
"""

import asyncio
import io
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC
from math import inf
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

from scoring import stored
from scoring.stored import Access, BucketProblem, Gone, Object, Sink

__all__ = ["Access", "Bucket", "BucketProblem", "Gone", "Object"]

T = TypeVar("T")

NO_TELEMETRY = "DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA"
"""In the environment, keeps the SDK from asking about the bucket in a thread of its own."""
SCOPES = ("https://www.googleapis.com/auth/devstorage.read_write",)
AT_ONCE = 8
"""Threads; below the ten connections that the SDK's session keeps open."""
TIMEOUT_SECONDS = (10, 60)
"""For a connection, and for each piece of an answer."""
TRIED_SECONDS, FIRST_WAIT_SECONDS, MOST_WAIT_SECONDS = 60.0, 1.0, 10.0
"""How long the SDK tries a call again that failed for a while, and how long it waits between."""
PASSING = (401, 408, 429)
"""What an object that was just found is not to blame for; else it may need a key of its own."""
STANDS_SECONDS = 60
"""So long a bucket that has answered is known to be there."""
PAGE = 1_000
FIELDS = "items(name,generation,size,md5Hash,contentType,updated),nextPageToken"


class Bucket:
    """One bucket; its methods raise `BucketProblem` where it can't be used at all.

    The SDK is loaded, and credentials are found, at the first call.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self._pool = ThreadPoolExecutor(AT_ONCE, "bucket")
        self._opening = threading.Lock()
        self._closed = threading.Event()
        self._client: Any = None
        self._stood_at: float | None = None

    async def __aenter__(self) -> "Bucket":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def uri(self, name: str) -> str:
        """Return an object's address for other services of Google."""
        return f"gs://{self.access.name}/{name}"

    async def find(self, name: str) -> Object | None:
        """Return what has this name now; None where nothing has."""
        return await self._call(self._find, name)

    async def read(self, name: str, generation: str) -> bytes:
        """Return the content of an object; `Gone` where that generation is no more."""
        return await self._call(self._read, name, generation)

    async def save(self, name: str, generation: str, path: Path) -> None:
        """Write an object to a file, piece by piece; `Gone` where that generation is no more.

        Where it fails, there is no file.
        """
        await self._call(self._save, name, generation, path)

    async def objects(self, prefix: str) -> AsyncIterator[list[Object]]:
        """Yield the objects whose names begin so, in the order of their names, page by page."""
        pages = await self._call(self._pages, prefix)
        while (page := await self._call(next, pages, None)) is not None:
            yield page

    async def write(self, name: str, content: bytes) -> None:
        """Put an object there, in the place of one that has the name."""
        await self._call(self._write, name, content)

    async def delete(self, name: str) -> None:
        """Take an object away, if it is there."""
        await self._call(self._delete, name)

    async def close(self) -> None:
        """Begin nothing more, break downloads off, and let go of all connections."""
        self._closed.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._let_go)

    def _let_go(self) -> None:
        with self._opening:
            if self._client is not None:
                self._client.close()

    async def _call(self, f: Callable[..., T], *args: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._translated, f, *args)

    def _translated(self, f: Callable[..., T], *args: Any) -> T:
        try:
            return f(*args)
        except _failures() as error:
            raise _problem(error, self.access) from None

    def _open(self) -> Any:
        """Return the SDK's bucket; who comes first makes the client."""
        with self._opening:
            if self._client is None and not self._closed.is_set():
                self._client = _client(self.access)
        try:
            return self._client.bucket(self.access.name)
        except ValueError:
            raise stored.no_bucket(self.access) from None

    def _find(self, name: str) -> Object | None:
        from google.api_core.exceptions import Forbidden, Unauthorized  # noqa: PLC0415  # slow
        from google.auth.exceptions import InvalidOperation  # noqa: PLC0415  # who is nobody

        bucket = self._open()
        try:
            blob = bucket.get_blob(name, **_patient())
        except (Forbidden, Unauthorized, InvalidOperation):
            self._stand(bucket)
            raise stored.denied_object(self.uri(name)) from None
        if blob is None:
            self._stand(bucket)
            return None
        self._stood_at = time.monotonic()
        return _object(blob)

    def _stand(self, bucket: Any) -> None:
        """Raise what is wrong with the bucket itself: an object's 404 or 403 does not tell."""
        if self._stood_at is None or time.monotonic() - self._stood_at > STANDS_SECONDS:
            next(self._listed(bucket, "", 1).pages, None)
            self._stood_at = time.monotonic()

    def _listed(self, bucket: Any, prefix: str, size: int) -> Any:
        return self._client.list_blobs(
            bucket, prefix=prefix, page_size=size, fields=FIELDS, **_patient()
        )

    def _read(self, name: str, generation: str) -> bytes:
        content = io.BytesIO()
        self._download(name, generation, content, self.access.most_bytes)
        return content.getvalue()

    def _save(self, name: str, generation: str, path: Path) -> None:
        try:
            with path.open("wb") as file:
                self._download(name, generation, file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def _download(self, name: str, generation: str, file: IO[bytes], most: float = inf) -> None:
        """Fetch exactly the object that was found: as long, and with the same digest.

        What is stored is fetched, packed or not, since that is what size and digest speak of.
        """
        from google.api_core.exceptions import ClientError, NotFound  # noqa: PLC0415  # slow
        from google.cloud.storage.exceptions import DataCorruption  # noqa: PLC0415  # the same

        found = self._find(name)
        if found is None or found.generation != generation or found.size > most:
            raise Gone(name)
        sink = Sink(file, found.size, self._closed)
        blob = self._open().blob(name, generation=int(generation))
        try:
            blob.download_to_file(sink, raw_download=True, **_patient())
        except (NotFound, DataCorruption):
            raise Gone(name) from None
        except TimeoutError:
            if self._closed.is_set():
                raise
            raise stored.slow_object(self.uri(name)) from None
        except ClientError as error:
            if error.code in PASSING:
                raise
            raise stored.denied_object(self.uri(name)) from None
        if not sink.holds(found):
            raise Gone(name)

    def _pages(self, prefix: str) -> Iterator[list[Object]]:
        for page in self._listed(self._open(), prefix, PAGE).pages:
            yield [_object(blob) for blob in page]

    def _write(self, name: str, content: bytes) -> None:
        blob = self._open().blob(name)
        blob.upload_from_string(content, **_patient())

    def _delete(self, name: str) -> None:
        from google.api_core.exceptions import NotFound  # noqa: PLC0415  # slow to load

        with suppress(NotFound):
            self._open().blob(name).delete(**_patient())


def _object(blob: Any) -> Object:
    return Object(
        blob.name,
        str(blob.generation),
        blob.size,
        blob.md5_hash,
        stored.media_type(blob.content_type),
        blob.updated.astimezone(UTC),
    )


def _patient() -> dict[str, Any]:
    """Return how every call waits and is tried again: the SDK's own way, with our times."""
    from google.cloud.storage.retry import DEFAULT_RETRY  # noqa: PLC0415  # slow to load

    waits = {"initial": FIRST_WAIT_SECONDS, "maximum": MOST_WAIT_SECONDS, "multiplier": 2.0}
    retry = DEFAULT_RETRY.with_delay(**waits).with_timeout(TRIED_SECONDS)
    return {"timeout": TIMEOUT_SECONDS, "retry": retry}


def _client(access: Access) -> Any:
    from google.cloud import storage  # noqa: PLC0415  # slow to load

    os.environ.setdefault(NO_TELEMETRY, "true")
    options = {"api_endpoint": stored.address(access)}
    return storage.Client(project=None, credentials=_credentials(access), client_options=options)


def _credentials(access: Access) -> Any:
    import google.auth  # noqa: PLC0415  # slow to load
    from google.auth import credentials  # noqa: PLC0415  # the same

    anonymous: Any = credentials.AnonymousCredentials
    emulated = access.credentials == "default" and stored.is_emulated(access)
    if access.credentials == "anonymous" or emulated:
        return anonymous()
    if access.credentials == "default":
        return google.auth.default(scopes=SCOPES)[0]
    return _from_key_file(Path(access.credentials).expanduser())


def _from_key_file(path: Path) -> Any:
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415  # slow to load
    from google.oauth2 import service_account  # noqa: PLC0415  # the same

    account: Any = service_account.Credentials
    try:
        return account.from_service_account_file(str(path), scopes=SCOPES)
    except OSError:
        raise stored.unread_key_file(path) from None
    except (ValueError, KeyError, TypeError, AttributeError, GoogleAuthError):
        raise stored.no_key_file(path) from None


def _failures() -> tuple[type[Exception], ...]:
    """Return what the SDK raises; a full disk is none of it."""
    from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415  # slow to load
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415  # the same
    from requests import RequestException  # noqa: PLC0415  # the same

    plain = (ValueError, TimeoutError, ConnectionError)
    return (GoogleAPIError, GoogleAuthError, RequestException, *plain)


def _problem(error: Exception, access: Access) -> BucketProblem:
    """Say what went wrong, in words of ours: the SDK's may hold tokens and keys."""
    from google.api_core import exceptions as api  # noqa: PLC0415  # slow to load
    from google.auth import exceptions as auth  # noqa: PLC0415  # the same

    if isinstance(error, api.Forbidden | api.Unauthorized | auth.InvalidOperation):
        return stored.denied(access)
    if isinstance(error, api.NotFound):
        return stored.no_bucket(access)
    if isinstance(error, auth.DefaultCredentialsError):
        return stored.without_credentials()
    if isinstance(error, auth.RefreshError) and not error.retryable:
        return stored.not_accepted(access)
    cause = getattr(error, "cause", None) or error
    why = str(getattr(cause, "code", None) or type(cause).__name__)
    return stored.unreachable(access, urlsplit(stored.address(access)).hostname, why)
