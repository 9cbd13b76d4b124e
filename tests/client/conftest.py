"""The client is tested without Odoo, and without the addon's folder on the path."""

import logging
from types import SimpleNamespace

import pytest

import tests.plain_python  # noqa: F401  it loads what comes next

# isort: split
from tiny_server import TinyServer
from ups_client import OAuthClient, connections
from ups_simulator import UpsSimulator
from werkzeug.serving import make_ssl_devcert

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

    def start(script, certificate=None):
        servers.append(TinyServer(script, certificate))
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
    return make_ssl_devcert(str(tmp_path_factory.mktemp("tls") / "tls"), cn="localhost")


@pytest.fixture
def everything_logged(caplog):
    """What any logger says at any level."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="urllib3")
    return caplog
