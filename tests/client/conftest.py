"""The client is tested without Odoo, and without the addon's folder on the path.

That folder would make `tests` and `models` importable as top-level names, so what is needed of it
is loaded by its place.
"""

import importlib.util
import logging
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

HERE = Path(__file__).resolve().parent
ADDON = HERE.parents[1] / "ups_pickup_oauth"


def load(name, path):
    if name in sys.modules:  # by another folder's conftest: one set of classes for all
        return sys.modules[name]
    places = [str(path.parent)] if path.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=places)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


load("ups_client", ADDON / "ups_client" / "__init__.py")
load("ups_simulator", ADDON / "tests" / "ups_simulator.py")
load("tiny_server", HERE / "tiny_server.py")

from tiny_server import TinyServer, certificate_for  # noqa: E402
from ups_client import OAuthClient, connections  # noqa: E402
from ups_simulator import UpsSimulator  # noqa: E402

REDIRECT_URI = "https://odoo.example.com/ups_pickup_oauth/callback"


@pytest.fixture(autouse=True)
def _a_process_of_its_own(monkeypatch):
    """No connection of another test's, and none of this machine's proxies and certificates."""
    names = "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NETRC"
    for name in names.split():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(connections, "REUSE_WITHIN", 3600)  # however slow this machine is
    connections._shared.clear()
    yield
    for session in connections._shared.values():
        session.close()
    connections._shared.clear()


@pytest.fixture
def app():
    """What UPS's developer portal hands out. Awkward on purpose: UPS's own are alphanumeric."""
    return SimpleNamespace(
        id="app-id", secret="sécret/with+odd=chars&more", redirect_uri=REDIRECT_URI
    )


@pytest.fixture
def ups(app):
    with UpsSimulator(app.id, app.secret, [app.redirect_uri]) as simulator:
        yield simulator


@pytest.fixture
def client(ups, app):
    return OAuthClient(ups.base_url, app.id, app.secret)


@pytest.fixture
def tiny():
    """Start a server that plays a script for each connection; it ends with the test."""
    servers = []

    def start(script, **options):
        servers.append(TinyServer(script, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def client_of(app):
    """A client of any server."""
    return lambda server, **options: OAuthClient(server.base_url, app.id, app.secret, **options)


@pytest.fixture(scope="session")
def localhost_certificate(tmp_path_factory):
    return certificate_for("localhost", tmp_path_factory.mktemp("tls"))


@pytest.fixture
def everything_logged(caplog):
    """What any logger says at any level."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3")
    return caplog
