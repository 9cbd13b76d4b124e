"""One of the Odoo servers: what a person's browser asks of it, and which processes it is."""

import contextlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil

from tests.administrator import Administrator


class OdooHost(Administrator):
    """A server of several processes, asked as the administrator's web client does."""

    def __init__(self, url: str, database: str, master_pid: int):
        super().__init__(url, database)
        self._master = psutil.Process(master_pid)

    def come_back(self, address: str) -> str:
        """Follow UPS's redirect to this host, whichever it names. :return: where it leads to."""
        parts = urlsplit(address)
        answer = self.open(f"{parts.path}?{parts.query}", allow_redirects=False)
        return answer.headers.get("Location", "")

    def processes(self) -> list[psutil.Process]:
        return self._master.children()

    def workers(self) -> Iterator[psutil.Process]:
        """Those that answer browsers; the others hold no door open."""
        port = urlsplit(self.url).port
        for process in self.processes():
            with contextlib.suppress(psutil.Error):  # it has just ended
                connections = process.net_connections("tcp")
                if any(each.laddr.port == port and not each.raddr for each in connections):
                    yield process
