"""UPS's OpenAPI files as a judge of bodies, requests and answers.

They are read as UPS publishes them, and adapted in memory: closed to what they do not name, since
UPS leaves every object open and nearly nothing would be wrong; and mended where
pickup_api/mistakes.yaml says that they are.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from openapi_schema_validator import OAS30Validator

HERE = Path(__file__).resolve().parent
MISTAKES = yaml.safe_load((HERE / "pickup_api" / "mistakes.yaml").read_text(encoding="utf-8"))
SERVERS = {"OAuthAuthCode": "/security", "Pickup": "/api"}  # where UPS serves each file's paths


@cache
def _adapted(file: str, is_mended: bool = True) -> dict:
    document = yaml.safe_load((HERE / "contract" / "ups" / f"{file}.yaml").read_text("utf-8"))
    _close(document)
    for mistake in MISTAKES if is_mended and file == "Pickup" else ():
        for way, value in mistake["set"].items():
            *names, last = way.split("/")
            schema = document["components"]["schemas"][mistake["schema"]]
            for name in names:
                schema = schema[name]
            schema[last] = value
    return document


def _close(part) -> None:
    """Close each object, so that a misspelling shows; and drop ``maximum``, which UPS writes beside
    strings and objects for "at most once".
    """
    for entry in part if isinstance(part, list) else ():
        _close(entry)
    if isinstance(part, dict):
        if part.get("type") == "object" and "properties" in part:
            part["additionalProperties"] = False
        if part.get("type") in ("object", "string"):
            part.pop("maximum", None)
        for entry in list(part.values()):
            _close(entry)


# === BODIES === #


def judge(schema: str | dict, content, is_mended: bool = True, file: str = "Pickup") -> list[str]:
    """What is wrong with it, empty when it is as described."""
    root = {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema
    whole = root | {"components": _adapted(file, is_mended)["components"]}
    errors = OAS30Validator(whole).iter_errors(content)
    return [f"{list(error.path)}: {error.message}" for error in errors]


def judge_body(body: dict) -> list[str]:
    """The same for a whole body of the Pickup API, whose one name says what it is."""
    (name,) = body
    return judge(_wrapper(name), body)


@cache
def _wrapper(name: str) -> str:
    schemas = _adapted("Pickup")["components"]["schemas"]
    (wrapper,) = (each for each, one in schemas.items() if [*one.get("properties", ())] == [name])
    return wrapper


# === REQUESTS AND ANSWERS === #


@dataclass(frozen=True)
class Operation:
    """One path and method of a description.

    :param path: below the host.
    """

    file: str
    path: str
    method: str
    spec: dict

    @property
    def name(self) -> str:
        return self.spec["operationId"]

    @property
    def statuses(self) -> list[int]:
        return [int(status) for status in self.spec["responses"]]

    @property
    def body(self) -> dict:
        """The schema of what is sent, by its type."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return {kind: each["schema"] for kind, each in content.items()}

    def parameters(self, place: str, required: bool = False) -> set[str]:
        return {
            parameter["name"]
            for parameter in self.spec.get("parameters", ())
            if parameter["in"] == place and (parameter["required"] or not required)
        }


@cache
def operations() -> list[Operation]:
    """What UPS describes, less its older versions."""
    return [
        Operation(file, server + path.replace("{version}", "v2409"), method.upper(), spec)
        for file, server in SERVERS.items()
        for path, methods in _adapted(file)["paths"].items()
        for method, spec in methods.items()
        if "{deprecatedVersion}" not in path
    ]


def _operation(method: str, path: str) -> Operation:
    for each in operations():
        form = re.sub(r"\{\w+\}", "[^/]+", each.path)
        if each.method == method and re.fullmatch(form, path):
            return each
    raise AssertionError(f"{method} {path} is not described")


def check_answer(answer) -> None:
    """Everything that requests brought back: status, content type, body, documented headers."""
    operation = _operation(answer.request.method, urlsplit(answer.request.url).path)
    documented = operation.spec["responses"].get(str(answer.status_code))
    assert documented, f"{answer.status_code} is not described"
    missing = set(documented.get("headers", ())) - {name.lower() for name in answer.headers}
    assert not missing, f"documented headers are missing: {missing}"
    if "content" in documented:
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        schema = documented["content"].get(kind, {}).get("schema")
        assert schema, f"{kind} is not described"
        assert judge(schema, json.loads(answer.content), file=operation.file) == []


def check_request(recorded) -> None:
    """A request that the simulator recorded: required ones there, undocumented ones not.

    GenerateToken demands Basic, but its scheme's own description says of PKCE: "Do not include an
    Authorization header". Which of the two goes with which form, the tests say.
    """
    operation = _operation(recorded.method, recorded.path)
    for place, given in (("query", recorded.query), ("header", recorded.headers)):
        missing = {name for name in operation.parameters(place, True) if name not in given}
        assert not missing, f"missing: {missing}"
    undocumented = set(recorded.query) - operation.parameters("query")
    assert not undocumented, f"undocumented: {undocumented}"
    for values in (recorded.query, recorded.form):
        repeated = {name for name, all_values in values.lists() if len(all_values) > 1}
        assert not repeated, f"repeated: {repeated}"
    if {"BasicAuthRefresh": []} in operation.spec.get("security", ()):
        assert recorded.headers.get("Authorization", "").startswith("Basic ")
    kind = recorded.headers.get("Content-Type", "").partition(";")[0]
    body = recorded.form.to_dict() if recorded.json is None else recorded.json
    if operation.body:
        assert kind in operation.body, f"{kind} is not described"
        assert judge(operation.body[kind], body, file=operation.file) == []
    else:
        assert not body
