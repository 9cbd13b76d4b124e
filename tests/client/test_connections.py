"""When is a connection used again, and when never?"""

import importlib.util
import os
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from tiny_server import always, answer
from ups_client import TryLater, connections


@pytest.mark.parametrize(
    "page",
    [
        answer(b"", status="302 Found", Location="/login"),
        answer(b"<html>moved</html>", status="302 Found", Location="/login"),
        b"HTTP/1.1 302 Found\r\nLocation: /login\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["no body", "a body", "no chunk"],
)
def test_a_look_leaves_its_connection_to_the_next_call(client_of, tiny, app, page):
    def script(peer):
        for request in peer.requests():
            peer.send(page if request.line.startswith("GET") else answer())

    server = tiny(script)
    for _ in range(2):
        client_of(server).preflight(client_of(server).begin(app.redirect_uri))
        client_of(server).refresh("token")
    assert server.connections == 1


def test_a_crowd_is_served_without_a_warning(client_of, tiny, everything_logged):
    crowd = 16  # urllib3 keeps 10 by itself, and warns of each that it throws away
    all_here = threading.Barrier(crowd)

    def script(peer):
        for _request in peer.requests():
            all_here.wait(timeout=10)
            peer.send(answer())

    server = tiny(script)
    with ThreadPoolExecutor(crowd) as pool:
        for _ in range(2):
            list(pool.map(client_of(server).refresh, ["token"] * crowd))
    assert server.connections == crowd
    assert not [record for record in everything_logged.records if record.levelname == "WARNING"]


def test_a_connection_that_ups_closed_while_idle_is_replaced(client_of, tiny):
    def script(peer):
        peer.read_request()
        peer.send(answer())

    server = tiny(script)
    for _ in range(3):
        client_of(server).refresh("token")
        assert server.hung_up.acquire(timeout=10)
    assert len(server.requests) == 3
    assert server.connections == 3


def test_a_connection_that_has_been_idle_for_long_is_not_trusted(client_of, tiny, monkeypatch):
    now = [1000]
    monkeypatch.setattr(connections, "time", SimpleNamespace(monotonic=lambda: now[0]))
    server = tiny(always())
    client_of(server).refresh("one")
    now[0] += connections.REUSE_WITHIN
    client_of(server).refresh("two")
    assert server.connections == 1
    now[0] += connections.REUSE_WITHIN + 1
    client_of(server).refresh("three")
    assert server.connections == 2
    assert server.hung_up.acquire(timeout=10)  # the first one was closed, not forgotten


def test_a_post_is_never_sent_again(client_of, tiny):
    def script(peer):
        peer.read_request()
        peer.send(answer())
        peer.read_request()  # and hangs up: too late for urllib3 to notice before it sends

    server = tiny(script)
    client_of(server).refresh("one")
    with pytest.raises(TryLater) as caught:
        client_of(server).refresh("two")
    assert caught.value.answer_lost
    assert len(server.requests) == 2
    assert server.connections == 1
    client_of(server).refresh("three")
    assert server.connections == 2


FORKING = """
    import os, sys
    sys.path.insert(0, {here!r})
    import conftest
    from ups_client import OAuthClient, connections

    client = OAuthClient({base_url!r}, "id", "secret")
    client.refresh("before-the-fork")
    child = os.fork()
    if not child:
        assert not connections._shared
        client.refresh("in-the-child")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    client.refresh("in-the-parent")
"""


def test_a_forked_worker_opens_a_connection_of_its_own(tiny, request):
    by_connection = []

    def script(peer):
        mine = []
        by_connection.append(mine)
        for asked in peer.requests():
            mine.append(asked.body.decode().rpartition("=")[2])
            peer.send(answer())

    server = tiny(script)
    here = str(request.path.parent)
    program = textwrap.dedent(FORKING).format(here=here, base_url=server.base_url)
    subprocess.run([sys.executable, "-c", program], check=True)
    assert by_connection == [["before-the-fork", "in-the-parent"], ["in-the-child"]]


def test_it_loads_where_processes_cannot_fork(monkeypatch):
    monkeypatch.delattr(os, "register_at_fork", raising=False)
    copy = importlib.util.module_from_spec(connections.__spec__)
    connections.__spec__.loader.exec_module(copy)
    assert copy.BoundedSession()
