"""What Gemini refuses in a request, as far as it is known: as strict as the real one, or more."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

Body = Mapping[str, Any]

MOST_BYTES = 20 * 1024 * 1024
"""Of a request with inline data."""

SCALES = {
    "temperature": (0, 2),
    "topP": (0, 1),
    "candidateCount": (1, 8),
    "maxOutputTokens": (1, 65_536),
    "seed": (-(2**31), 2**31 - 1),
}
TEXTS = {
    "responseMimeType": {"application/json", "text/plain"},
    "mediaResolution": {
        "MEDIA_RESOLUTION_LOW",
        "MEDIA_RESOLUTION_MEDIUM",
        "MEDIA_RESOLUTION_HIGH",
    },
}
SCHEMAS = {"responseJsonSchema", "responseSchema"}
REQUEST = {"contents", "systemInstruction", "generationConfig", "safetySettings"}
PART = {"text", "inlineData", "fileData"}
CATEGORIES = {
    f"HARM_CATEGORY_{one}"
    for one in ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
}
THRESHOLDS = {"BLOCK_NONE", "BLOCK_ONLY_HIGH", "BLOCK_MEDIUM_AND_ABOVE", "OFF"}
SCHEMA_WORDS = {
    "$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items",
    "prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties",
    "additionalProperties", "required", "propertyOrdering",
}  # fmt: skip
"""Of JSON Schema, what Gemini takes."""
TYPES = {"object", "string", "number", "integer", "boolean", "array", "null"}


def wrong(body: Body, *, on_vertex: bool, size: int) -> str | None:
    """Return the first thing that is wrong with a request, or None."""
    if size > MOST_BYTES:
        return f"Request payload size exceeds the limit: {MOST_BYTES} bytes."
    return next(_all_wrong(body, on_vertex=on_vertex), None)


def _all_wrong(body: Body, *, on_vertex: bool) -> Iterator[str]:
    yield from _unknown(body, REQUEST | ({"labels"} if on_vertex else set()), "request")
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents:
        yield "* GenerateContentRequest.contents: contents is not specified"
        return
    for one in contents:
        yield from _content(one, roles={"user"}, on_vertex=on_vertex)
    if "systemInstruction" in body:
        yield from _content(
            body["systemInstruction"], roles={"user", "system"}, on_vertex=on_vertex
        )
    yield from _config(body.get("generationConfig", {}))
    yield from _safety(body.get("safetySettings", []))
    yield from _labels(body.get("labels", {}))


def _unknown(told: object, known: set[str], where: str) -> Iterator[str]:
    if not isinstance(told, Mapping):
        yield f"Invalid value at '{where}'"
        return
    for name in told.keys() - known:
        yield f"Invalid JSON payload received. Unknown name {name!r} at {where!r}: no such field."


def _content(content: Any, roles: set[str], *, on_vertex: bool) -> Iterator[str]:
    yield from _unknown(content, {"role", "parts"}, "contents")
    if content.get("role", "user") not in roles:
        yield "Please use a valid role: user, model."
    if not content.get("parts"):
        yield "* GenerateContentRequest.contents.parts: contents.parts must not be empty."
    for part in content.get("parts", ()):
        yield from _part(part, on_vertex=on_vertex)


def _part(part: Any, *, on_vertex: bool) -> Iterator[str]:
    yield from _unknown(part, PART, "contents.parts")
    if len(part) != 1:
        yield "contents.parts: required oneof field 'data' must have one initialized field"
    if "inlineData" in part:
        yield from _inline(part["inlineData"])
    if "fileData" in part:
        yield from _unknown(part["fileData"], {"mimeType", "fileUri"}, "contents.parts.file_data")
        if part["fileData"].get("fileUri", "").startswith("gs://") != on_vertex:
            yield "Unsupported file uri: " + part["fileData"].get("fileUri", "")
    if "text" in part and not isinstance(part["text"], str):
        yield "Invalid value at 'contents.parts.text' (TYPE_STRING)"


def _inline(told: Any) -> Iterator[str]:
    yield from _unknown(told, {"mimeType", "data"}, "contents.parts.inline_data")
    if not told.get("mimeType", "").startswith("video/"):
        yield f"Unsupported MIME type: {told.get('mimeType')}"
    try:
        decoded(told.get("data", ""))
    except (binascii.Error, ValueError):
        yield "Invalid value at 'contents.parts.inline_data.data': Base64 decoding failed"


def named(told: Any) -> Any:
    """Return a request with its fields in the documented spelling: Google takes mime_type too."""
    if isinstance(told, list):
        return [named(one) for one in told]
    if not isinstance(told, dict):
        return told
    spelt = {re.sub("_([a-z])", lambda at: at[1].upper(), name): name for name in told}
    return {new: told[old] if new in SCHEMAS else named(told[old]) for new, old in spelt.items()}


def decoded(text: str) -> bytes:
    """Return the bytes of base64 in either alphabet, both of which Google takes."""
    return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)


def _config(config: Any) -> Iterator[str]:
    yield from _unknown(config, {*SCALES, *TEXTS, *SCHEMAS}, "generation_config")
    for name in SCALES.keys() & config.keys():
        least, most = SCALES[name]
        value = config[name]
        if type(value) not in (int, float) or not least <= value <= most:
            yield f"Unable to submit request because {name} is out of range."
    for name in TEXTS.keys() & config.keys():
        if config[name] not in TEXTS[name]:
            yield f"Invalid value at 'generation_config.{name}'"
    yield from _schemas(config)


def _schemas(config: Any) -> Iterator[str]:
    given = SCHEMAS & config.keys()
    if len(given) > 1:
        yield "Only one of response_schema and response_json_schema may be set."
    if given and config.get("responseMimeType") != "application/json":
        yield "A response schema needs response_mime_type application/json."
    for name in given:
        yield from _schema(config[name])


def _schema(schema: Any) -> Iterator[str]:
    yield from _unknown(schema, SCHEMA_WORDS, "response_json_schema")
    kinds = schema.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind is not None and str(kind).lower() not in TYPES:
            yield f"Invalid type in response schema: {kind}"
    properties = schema.get("properties", {})
    if kinds == "object" and not properties:
        yield "response_json_schema.properties: should be non-empty for OBJECT type"
    for name in set(schema.get("required", ())) - properties.keys():
        yield f"response_json_schema.required: property {name} is not defined"
    for each in (*properties.values(), *([schema["items"]] if "items" in schema else [])):
        yield from _schema(each)


def _safety(settings: Any) -> Iterator[str]:
    seen: set[str] = set()
    for one in settings:
        yield from _unknown(one, {"category", "threshold"}, "safety_settings")
        if one.get("category") not in CATEGORIES or one.get("threshold") not in THRESHOLDS:
            yield f"Invalid value at 'safety_settings': {dict(one)}"
        if one.get("category") in seen:
            yield "Element in safety_settings: category is given twice."
        seen.add(one.get("category"))


def _labels(labels: Any) -> Iterator[str]:
    for name, value in labels.items():
        for text in (name, value):
            if len(text) > 63 or not all(c.isdigit() or c.islower() or c in "_-" for c in text):
                yield f"Invalid label: {name}={value}"
