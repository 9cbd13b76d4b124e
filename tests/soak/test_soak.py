"""One round of the soak: each trouble once, a few companies."""

from devenv.paths import LOGS
from tests.soak import report
from tests.soak.soak import Size, run

SEED = 20261124


def test_nothing_is_lost_but_what_ups_s_lost_answers_took(capsys):
    with capsys.disabled():
        print()
        found = run(SEED, Size(companies=12, seconds=80), lambda rounds: rounds < 1)
        print(f"  seed {found.seed}: {found.what}")
    text = report.as_markdown(found, "of one round")
    (LOGS / "soak-report.md").write_text(text)
    assert not any(found.broken.values()), text
