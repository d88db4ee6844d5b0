"""Gemini's Files API: uploads in parts, files that are prepared, listed, read and deleted."""

import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.gemini_replies import Reply, error

NAME = re.compile(r"files/[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
GRAIN = 256 * 1024
"""A part that is not the last has a multiple of this many bytes."""
PAGE = 10


@dataclass
class StoredFile:
    """One upload."""

    name: str
    media_type: str
    size: int
    content: bytes = b""
    received: int = 0
    """Bytes, also where they are not kept."""
    looks_until_ready: int = 1
    """How often it is looked at before it may be used."""
    becomes: str = "ACTIVE"
    """Or FAILED."""

    @property
    def state(self) -> str:
        """PROCESSING, then what it becomes."""
        return "PROCESSING" if self.looks_until_ready > 0 else self.becomes

    def shown(self, address: str) -> dict[str, Any]:
        """Return the file as the API tells it."""
        told: dict[str, Any] = {
            "name": self.name,
            "mimeType": self.media_type,
            "sizeBytes": str(self.size),
            "createTime": "2026-11-28T12:00:00.123456Z",
            "updateTime": "2026-11-28T12:00:00.123456Z",
            "expirationTime": "2026-11-30T12:00:00.123456Z",
            "uri": self.uri(address),
            "state": self.state,
            "source": "UPLOADED",
        }
        if self.state == "FAILED":
            told["error"] = {"code": 3, "message": "The file can't be decoded."}
        return told

    def uri(self, address: str) -> str:
        """Return the address by which a question names it."""
        return f"{address}/v1beta/{self.name}"


@dataclass
class Files:
    """All uploads of one key, those under way too."""

    address: str = ""
    stored: dict[str, StoredFile] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    looks_until_ready: int = 1
    becomes: str = "ACTIVE"
    keeps_content: bool = True
    upload_faults: list[Reply] = field(default_factory=list)
    """Answers to the next parts, instead of taking them."""
    _under_way: dict[str, StoredFile] = field(default_factory=dict)

    def by_uri(self, uri: str) -> StoredFile | None:
        """Return the file that a question names."""
        return self.stored.get("files/" + uri.rpartition("/files/")[2])

    def start(self, body: Any, headers: Any) -> Reply:
        """Begin an upload; its address has Google's own host, as behind a proxy."""
        told = body.get("file", {})
        name = told.get("name") or f"files/random{len(self.stored) + len(self._under_way)}"
        if not NAME.fullmatch(name):
            return error(400, "* CreateFileRequest.file.name: a name of a-z, 0-9 and -")
        if name in self.stored:
            return error(409, f"Requested entity already exists: {name}")
        size = int(headers["X-Goog-Upload-Header-Content-Length"])
        number = f"upload-{len(self._under_way) + len(self.deleted) + len(self.stored)}-{name[6:]}"
        self._under_way[number] = StoredFile(
            name=name,
            media_type=headers["X-Goog-Upload-Header-Content-Type"],
            size=size,
            looks_until_ready=self.looks_until_ready,
            becomes=self.becomes,
        )
        there = "https://generativelanguage.googleapis.com/upload/v1beta/files"
        to = {"X-Goog-Upload-URL": f"{there}?upload_id={number}", "X-Goog-Upload-Status": "active"}
        return Reply({}, headers=to)

    def take_part(self, number: str, content: bytes, headers: Any) -> Reply:
        """Take the next bytes of an upload."""
        if self.upload_faults:
            return self.upload_faults.pop(0)
        one = self._under_way.get(number)
        if one is None:
            return error(404, "Upload not found.")
        if int(headers["X-Goog-Upload-Offset"]) != one.received:
            return error(400, "Upload offset is wrong.")
        one.received += len(content)
        one.content += content if self.keeps_content else b""
        if "finalize" not in headers["X-Goog-Upload-Command"]:
            return self._wait_for_more(len(content))
        if one.received != one.size:
            return error(400, "Upload is shorter or longer than was said.")
        self.stored[one.name] = self._under_way.pop(number)
        return Reply({"file": one.shown(self.address)}, headers={"X-Goog-Upload-Status": "final"})

    def _wait_for_more(self, size: int) -> Reply:
        if size % GRAIN:
            return error(400, f"A part must be a multiple of {GRAIN} bytes.")
        return Reply("", headers={"X-Goog-Upload-Status": "active"})

    def read(self, name: str) -> Reply:
        """Tell one file, which comes a look nearer to being ready."""
        one = self.stored.get(name)
        if one is None:
            return error(
                403, f"You do not have permission to access the File {name} or it may not exist."
            )
        one.looks_until_ready -= 1
        return Reply(one.shown(self.address))

    def delete(self, name: str) -> Reply:
        """Forget one file."""
        if self.stored.pop(name, None) is None:
            return error(
                403, f"You do not have permission to access the File {name} or it may not exist."
            )
        self.deleted.append(name)
        return Reply({})

    def page(self, query: Any) -> Reply:
        """Tell some of the files, and how to go on."""
        first, size = int(query.get("pageToken") or 0), int(query.get("pageSize") or PAGE)
        names = sorted(self.stored)
        told: dict[str, Any] = {}
        if shown := [self.stored[one].shown(self.address) for one in names[first : first + size]]:
            told["files"] = shown
        if first + size < len(names):
            told["nextPageToken"] = str(first + size)
        return Reply(told)


async def reply(files: Files, request: web.Request, content: bytes, body: Any) -> Reply:
    """Answer one request about files."""
    if request.path.startswith("/upload/"):
        if request.headers.get("X-Goog-Upload-Command") == "start":
            return files.start(body, request.headers)
        return files.take_part(request.query.get("upload_id", ""), content, request.headers)
    name = request.match_info.get("name")
    if name is None:
        return files.page(request.query)
    return (files.delete if request.method == "DELETE" else files.read)(f"files/{name}")
