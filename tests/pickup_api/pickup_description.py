"""UPS's Pickup.yaml as a judge of bodies: closed to what it does not name, its mistakes mended."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path

import yaml
from openapi_schema_validator import OAS30Validator

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "contract" / "ups"
MISTAKES = yaml.safe_load((HERE / "mistakes.yaml").read_text(encoding="utf-8"))

REQUESTS = {
    "PickupRateRequest": "PICKUPRequestWrapper",
    "PickupCreationRequest": "PICKUPCreationRequestWrapper",
    "PickupTriggerGWNRequest": "PICKUPTriggerGWNRequestWrapper",
}
ANSWERS = {
    "PickupRateResponse": "PICKUPResponseWrapper",
    "PickupCreationResponse": "PICKUPCreationResponseWrapper",
    "PickupTriggerGWNResponse": "PICKUPTriggerGWNResponseWrapper",
    "PickupPendingStatusResponse": "PICKUPPendingResponseWrapper",
    "PickupCancelResponse": "PICKUPCancelResponseWrapper",
    "PickupGetPoliticalDivision1ListResponse": "PICKUPPolDivResponseWrapper",
    "response": "ErrorResponse",
}


@cache
def document() -> dict:
    """As UPS publishes it."""
    return yaml.safe_load((FOLDER / "Pickup.yaml").read_text(encoding="utf-8"))


@cache
def _schemas(is_mended: bool) -> dict:
    schemas = deepcopy(document()["components"]["schemas"])
    for schema in schemas.values():
        _adapt(schema)
    for mistake in MISTAKES if is_mended else ():
        for way, value in mistake["set"].items():
            *names, last = way.split("/")
            schema = schemas[mistake["schema"]]
            for name in names:
                schema = schema[name]
            schema[last] = value
    return schemas


def _adapt(schema) -> None:
    """Close each object, which UPS leaves open, so that a misspelling shows; and drop ``maximum``,
    which UPS writes beside strings and objects for "at most once".
    """
    for part in schema if isinstance(schema, list) else ():
        _adapt(part)
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
        if schema.get("type") in ("object", "string"):
            schema.pop("maximum", None)
        for part in list(schema.values()):
            _adapt(part)


def judge(schema: str, content, is_mended: bool = True) -> list[str]:
    """What is wrong with it, empty when it is as described."""
    whole = {"$ref": f"#/components/schemas/{schema}"}
    whole["components"] = {"schemas": _schemas(is_mended)}
    return [
        f"{list(error.path)}: {error.message}"
        for error in OAS30Validator(whole).iter_errors(content)
    ]


def judge_body(body: dict) -> list[str]:
    """The same for a whole body, whose one name says what it is."""
    (name,) = body
    return judge((REQUESTS | ANSWERS)[name], body)
