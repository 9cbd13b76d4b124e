"""SECURITY.md names a test for each threat; here, that there is such a test."""

import re

import pytest

from devenv.paths import REPO

PAGE = (REPO / "SECURITY.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and line.count("|") == 4]
THREATS = [row for row in ROWS if not row.startswith("| Threat |")]
PLACES = {"T/": "ups_pickup_oauth/tests/", "P/": "ups_pickup/tests/"}
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))


def test_each_threat_names_a_test():
    assert len(THREATS) > 20
    assert not [row for row in THREATS if not re.search(r"`[\w/]+\.py::test_\w+`", row)]


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_a_test_that_is_named_exists(file, test):
    path = REPO / (PLACES[file[:2]] + file[2:] if file[:2] in PLACES else file)
    assert f"def {test}(" in path.read_text()
