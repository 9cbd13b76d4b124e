"""UPS's OpenAPI files as a judge of requests and answers.

The files are read as UPS publishes them. What has to be read differently is adapted here, in
memory, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode, urlsplit

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

FOLDER = Path(__file__).resolve().parent / "ups"

# The operations that the addon uses, and where UPS serves each file's paths.
USED = {
    "OAuthAuthCode.yaml": {
        "/v1/oauth/authorize": "/security",
        "/v1/oauth/token": "/security",
        "/v1/oauth/refresh": "/security",
    },
    "Pickup.yaml": {"/pickup/{version}/countries/{countrycode}": "/api"},
}


@dataclass(frozen=True)
class Operation:
    """One path and method of a description."""

    server: str  # path below the host, such as /security
    path: str
    method: str
    spec: dict

    @property
    def name(self) -> str:
        return self.spec["operationId"]

    @property
    def url_path(self) -> str:
        values = {"version": "v2409", "countrycode": "US"}
        return self.server + self.path.format_map(values)

    @property
    def statuses(self) -> list[int]:
        return [int(status) for status in self.spec["responses"]]

    def parameters(self, place: str, required: bool = False) -> set[str]:
        return {
            parameter["name"]
            for parameter in self.spec.get("parameters", ())
            if parameter["in"] == place and (parameter["required"] or not required)
        }

    @property
    def form(self) -> dict:
        """The form's schema; it has no properties where there is no form."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return content.get("application/x-www-form-urlencoded", {}).get("schema", {})


@cache
def _document(name: str) -> dict:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def operations() -> Iterator[Operation]:
    """Every operation that the addon uses, as UPS describes it."""
    for name, paths in USED.items():
        document = _document(name)
        for path, server in paths.items():
            for method, spec in document["paths"][path].items():
                yield Operation(server, path, method.upper(), spec)


class Description:
    """Judges requests and answers; AssertionError or an openapi-core error say what is wrong."""

    def __init__(self, base_url: str):
        self.base_url = base_url
        self._apis = [_api(name, base_url) for name in USED]

    def check_answer(self, answer) -> None:
        """Everything that requests brought back: status, content type, body, documented headers."""
        request = answer.request
        judged = _request(
            self.base_url, request.method, request.url, request.headers, request.body or ""
        )
        response = SimpleNamespace(
            data=answer.content,
            status_code=answer.status_code,
            content_type=answer.headers.get("Content-Type", "").partition(";")[0],
            headers=answer.headers,
        )
        api, operation = self._for(request.method, request.url)
        api.validate_response(judged, response)
        documented = operation.spec["responses"][str(answer.status_code)]
        missing = set(documented.get("headers", ())) - {name.lower() for name in answer.headers}
        assert not missing, f"documented headers are missing: {missing}"
        assert answer.content or "content" not in documented, "the documented body is missing"

    def check_request(self, recorded) -> None:
        """A request that the simulator recorded: required ones there, undocumented ones not."""
        url = f"{self.base_url}{recorded.path}?{urlencode(list(recorded.query.items(multi=True)))}"
        body = urlencode(list(recorded.form.items(multi=True)))
        api, operation = self._for(recorded.method, url)
        api.validate_request(_request(self.base_url, recorded.method, url, recorded.headers, body))
        for values, known in (
            (recorded.query, operation.parameters("query")),
            (recorded.form, set(operation.form.get("properties", ()))),
        ):
            assert set(values) <= known, f"undocumented: {set(values) - known}"
            repeated = {name for name, all_values in values.lists() if len(all_values) > 1}
            assert not repeated, f"repeated: {repeated}"

    def _for(self, method: str, url: str) -> tuple[OpenAPI, Operation]:
        path = urlsplit(url).path
        for operation in operations():
            if (operation.method, operation.url_path) == (method, _any_country(path)):
                return self._apis[operation.server == "/api"], operation
        raise AssertionError(f"{method} {path} is not described")


def _any_country(path: str) -> str:
    return f"{path[:-2]}US" if "/countries/" in path else path


def _api(name: str, base_url: str) -> OpenAPI:
    document = deepcopy(_document(name))
    document["paths"] = {path: document["paths"][path] for path in USED[name]}
    for path, server in USED[name].items():
        for operation in document["paths"][path].values():
            operation["servers"] = [{"url": base_url + server}]
            _adapt_security(operation)
            for content in operation.get("requestBody", {}).get("content", {}).values():
                _close(content["schema"])
    for schema in document["components"]["schemas"].values():
        _close(schema)
    # Not checked against OpenAPI's own schema: Pickup.yaml has empty descriptions (`description:`
    # without a value) in operations that the addon does not use.
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))


def _adapt_security(operation: dict) -> None:
    """Say in OpenAPI what UPS says in words, or what openapi-core can judge.

    - GenerateToken demands Basic, but the scheme's own description says of PKCE: "Do not include an
      Authorization header". Which of the two goes with which form, the tests say.
    - openapi-core has no judge for OAuth2; a bearer token is what it comes to.
    """
    schemes = [name for choice in operation.get("security", ()) for name in choice]
    if "BasicAuthGenerate" in schemes:
        operation["security"].append({})
    if "OAuth2" in schemes:
        operation.pop("security")


def _close(schema) -> None:
    """Forbid what is not described: UPS's schemas leave every object open, and nearly nothing
    would be wrong."""
    if isinstance(schema, list):
        for entry in schema:
            _close(entry)
    elif isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
        for entry in schema.values():
            _close(entry)


def _request(base_url: str, method: str, url: str, headers, body: str | bytes) -> SimpleNamespace:
    """As openapi-core's Request protocol wants it."""
    parts = urlsplit(url)
    query = ImmutableMultiDict(parse_qsl(parts.query, keep_blank_values=True))
    header = Headers(list(headers.items()))
    body = body.encode() if isinstance(body, str) else body
    return SimpleNamespace(
        host_url=base_url,
        path=parts.path,
        path_pattern=None,
        full_url_pattern=f"{base_url}{parts.path}",
        method=method.lower(),
        content_type=headers.get("Content-Type", "").partition(";")[0],
        body=body or None,
        parameters=RequestParameters(
            query=query, header=header, cookie=ImmutableMultiDict(), path={}
        ),
    )
