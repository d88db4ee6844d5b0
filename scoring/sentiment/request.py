"""The request by which a question is put to Gemini, in the form in which it goes over the wire.

One form serves all ways: a request of its own, and a line of a batch, by key and on Vertex. What
is shown comes first and the caption last, so that further questions about the same video begin
alike, and the service may take what it has seen before from its cache.
"""

from typing import TYPE_CHECKING, Any

from scoring.sentiment import prompt
from scoring.sentiment.asking import Clip, Question

if TYPE_CHECKING:
    from scoring.sentiment.rubric import Rubric

MOST_OUTPUT_TOKENS = 1_024
"""An answer has about 150; the rest is for models that think a little before they answer.

So much is set aside from the day's budget for each question, so that more would cost its turn.
"""

SHOW_ALL = tuple(
    {"category": f"HARM_CATEGORY_{one}", "threshold": "BLOCK_NONE"}
    for one in ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
)
"""A judge sees what there is to judge: an angry video is to get its low mark, not none at all.
What Google never lets through, whatever is asked, still ends in SAFETY."""

SETTINGS: dict[str, Any] = {
    "temperature": 0,
    "candidateCount": 1,
    "maxOutputTokens": MOST_OUTPUT_TOKENS,
    "mediaResolution": "MEDIA_RESOLUTION_LOW",
    "responseMimeType": "application/json",
    "responseJsonSchema": prompt.SCHEMA,
}
TOLD = "Rubric {version}\n\n{instruction}"
ALWAYS_SENT = (SETTINGS, SHOW_ALL, TOLD)
"""What is sent with every question: another of it is another prompt version."""


def body(question: Question, rubric: "Rubric", *, on_vertex: bool) -> dict[str, Any]:
    """Return the request as Gemini's REST documentation names its fields; inline bytes as bytes.

    Nothing is said about thinking: each model's own default serves, as 2.5 and 3 name it apart.
    """
    told: dict[str, Any] = {
        "contents": [
            {"role": "user", "parts": [_clip(question.clip), {"text": prompt.parts(question)}]}
        ],
        "systemInstruction": {"parts": [{"text": instruction(rubric)}]},
        "safetySettings": [dict(one) for one in SHOW_ALL],
        "generationConfig": {**SETTINGS, "seed": question.seed},
    }
    if on_vertex:  # the other door takes none
        told["labels"] = {"program": "fairpoints", "rubric": rubric.prompt_version}
    return told


def instruction(rubric: "Rubric") -> str:
    """Return what the judge is told to do, under the version by which its answers are kept."""
    return TOLD.format(version=rubric.prompt_version, instruction=rubric.instruction)


def _clip(clip: Clip) -> dict[str, Any]:
    if clip.content is not None:
        return {"inlineData": {"mimeType": clip.media_type, "data": clip.content}}
    return {"fileData": {"mimeType": clip.media_type, "fileUri": clip.uri}}
