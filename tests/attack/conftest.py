"""A database, a UPS whose client secret is odd in every encoding, and who attacks."""

from collections.abc import Iterator

import pytest
from running_odoo import Site, prepared
from secret_search import CLIENT_SECRET

from devenv import database


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Each file of tests starts an `odoo` of its own there."""
    with prepared(database.ATTACK, CLIENT_SECRET) as site:
        yield site
