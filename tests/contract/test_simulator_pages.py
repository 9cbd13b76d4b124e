"""A person's way through the pages, and what the browser is sent back with."""

import re
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from raw_ups import CHALLENGE, REDIRECT_URI

BANNER = "Simulator &mdash; not UPS. Nothing you type here leaves this machine."


@pytest.fixture
def person(sim, ups):
    sim.redirect_uris.add(f"{sim.base_url}/callback")  # nothing is there: the way ends
    return Browser(ups)


class Browser:
    """Follows redirects, as a person's does."""

    def __init__(self, ups):
        self.ups, self.callback = ups, f"{ups.base_url}/callback"

    def open(self, url, **form):
        method = "POST" if form else "GET"
        self.answer = self.ups.session.request(method, url, data=form, timeout=20)
        self.url = self.answer.url
        return self

    def start(self, **changes):
        return self.open(self.ups.authorize_url(redirect_uri=self.callback, **changes))

    def submit(self, action, **fields):
        return self.open(self.url, action=action, **fields)

    def username(self, username="demo", **fields):
        return self.submit("continue", username=username, **{"agreement": "yes", **fields})

    def password(self, password="demo"):
        return self.submit("continue", password=password)

    def step(self):
        return urlsplit(self.url).path.rpartition("/")[2]

    def result(self):
        return dict(parse_qsl(urlsplit(self.url).query))


def test_the_guide_s_steps(sim, ups, person):
    person.start(state="the state", code_challenge=CHALLENGE)
    assert person.step() == "username"
    assert person.username().step() == "password"
    assert person.password().step() == "consent"
    for shared in ("Shipping account numbers", "Contact information", "Rates", "Package tracking"):
        assert shared in person.answer.text
    person.submit("allow")

    assert person.url.startswith(f"{person.callback}?code=")
    assert set(person.result()) == {"code", "state"}
    assert person.result()["state"] == "the state"
    assert (
        ups.exchange_pkce(person.result()["code"], redirect_uri=person.callback).status_code == 200
    )


@pytest.mark.parametrize("page", ["username", "password", "consent"])
def test_cancel_on_every_page(sim, person, page):
    person.start(state="s")
    if page != "username":
        person.username()
    if page == "consent":
        person.password()
    person.submit("cancel")

    assert person.url.startswith(person.callback)
    assert person.result() == {"error": "access_denied", "state": "s"}
    assert not sim.issued_secrets()


@pytest.mark.parametrize(
    ("denial", "names"),
    [("error", {"error", "state"}), ("nothing", {"state"}), ("both", {"error", "code", "state"})],
)
def test_what_a_refusal_sends_back_can_be_chosen(sim, ups, denial, names):
    sim.set_denial(denial)
    callback = sim.person_cancels(ups.authorize_url(state="s"))
    assert set(parse_qs(urlsplit(callback).query)) == names


def test_agreeing_and_cancelling_without_a_browser(sim, ups):
    agreed = parse_qs(urlsplit(sim.person_agrees(ups.authorize_url(state="s"))).query)
    assert ups.exchange(agreed["code"][0]).status_code == 200
    assert sim.person_cancels(ups.authorize_url()) == f"{REDIRECT_URI}?error=access_denied"
    with pytest.raises(ValueError, match=r"UPS answered 401.*ClientId is Invalid"):
        sim.person_agrees(ups.authorize_url(client_id="nobody"))


@pytest.mark.parametrize("state", ["a b&c=d/ü?#%", "", "x" * 2000, "<script>"])
def test_the_state_comes_back_unchanged(sim, ups, state):
    callback = sim.person_agrees(ups.authorize_url(state=state))
    assert dict(parse_qsl(urlsplit(callback).query, keep_blank_values=True))["state"] == state


@pytest.mark.parametrize(
    ("redirect_uri", "joint"),
    [
        ("https://odoo.example/cb?db=prod&x=1", "&"),
        ("https://odoo.example/cb?", ""),
        ("https://odoo.example", "?"),
    ],
)
def test_a_query_in_the_redirect_uri_is_kept(sim, ups, redirect_uri, joint):
    sim.redirect_uris.add(redirect_uri)
    callback = sim.person_agrees(ups.authorize_url(redirect_uri=redirect_uri))
    assert callback.startswith(f"{redirect_uri}{joint}code=")


# === WHAT IS TYPED WRONG === #


def test_mistakes_are_answered_with_a_sentence(person):
    person.start()
    assert "knows one user name" in person.username("someone").answer.text
    assert "Tick the agreement box" in person.username(agreement="").answer.text
    assert person.answer.status_code == 422
    assert person.username().step() == "password"
    assert "That is not the password" in person.password("wrong").answer.text
    assert 'role="alert"' in person.answer.text
    assert "Press Allow or Cancel" in person.password().submit("continue").answer.text


def test_no_step_can_be_left_out(sim, person):
    person.start()
    for step in ("password", "consent"):
        address = person.url.replace("/username", f"/{step}")
        assert person.open(address, action="allow", password="demo").step() == "username"
    assert not sim.issued_secrets()


def test_what_is_typed_is_escaped(person):
    nasty = '"><script>alert(1)</script>'
    person.start(state=nasty).username(nasty)

    assert "<script" not in person.answer.text
    assert "&quot;&gt;&lt;script&gt;" in person.answer.text


def test_a_sign_in_ends_with_its_last_click(person):
    person.start().username().password()
    address = person.url
    person.submit("allow")

    assert person.open(address).answer.status_code == 410
    assert person.open(address, action="allow").answer.status_code == 410


@pytest.mark.parametrize(
    "path", ["/login", "/login?transaction=x", "/login/x/username", "/login/x/_memory", "/loginx"]
)
def test_an_unknown_sign_in_has_ended(ups, path):
    answer = ups.request("GET", path)
    assert answer.status_code == 410
    assert "This sign-in has ended" in answer.text


def test_a_sign_in_lasts_an_hour(sim, person):
    person.start()
    sim.advance_clock(3599)
    assert person.username().step() == "password"
    sim.advance_clock(2)
    assert person.password().answer.status_code == 410


def test_two_tabs_do_not_disturb_each_other(ups, person):
    first, second = person.start(state="1"), Browser(ups).start(state="2")
    first.username()
    second.username().password()
    assert first.password().submit("allow").result()["state"] == "1"
    assert second.submit("allow").result()["state"] == "2"
    assert first.result()["code"] != second.result()["code"]


# === HOW THE PAGES ARE MADE === #


def _all_pages(person):
    yield person.open(person.ups.base_url + "/").answer
    yield person.start().answer
    yield person.username("x").answer
    yield person.username().answer
    yield person.password().answer
    yield person.open(person.ups.base_url + "/login").answer


def test_nobody_takes_a_page_for_ups_s(person):
    for answer in _all_pages(person):
        assert " ".join(answer.text.split()).count(BANNER) == 1
        assert "simulator</title>" in answer.text
        assert not re.search(r"<img|<svg|#351c15|#ffb500|#ffc400", answer.text, re.IGNORECASE)


def test_pages_are_kept_and_framed_nowhere_and_load_nothing(person):
    for answer in _all_pages(person):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script|src=|url\(|@import|https?://(?!localhost)", answer.text)


def test_pages_can_be_read_and_used_by_everyone(person):
    for answer in _all_pages(person):
        assert '<html lang="en">' in answer.text
        assert "width=device-width" in answer.text
        assert answer.text.count("<h1>") == 1
        inputs = re.findall(r"<input[^>]* id=\"(\w+)\"", answer.text)
        assert len(inputs) == answer.text.count("<input")
        for each in inputs:
            assert f'<label for="{each}"' in answer.text.replace(' class="check"', "")


def test_the_credentials_stand_on_the_page(person):
    assert "User name: demo, password: demo" in person.start().answer.text
