"""Which host is UPS, and where may secrets go?"""

import pytest
from ups_client import CIE, PRODUCTION, FixSettings, OAuthClient, base_url_for


def test_each_environment_has_upss_own_host():
    assert base_url_for("production") == base_url_for(PRODUCTION) == "https://onlinetools.ups.com"
    assert base_url_for("cie") == base_url_for(CIE) == "https://wwwcie.ups.com"
    assert base_url_for(PRODUCTION, override="") == "https://onlinetools.ups.com"


@pytest.mark.parametrize("environment", ["", "Production", "sandbox", False, None])
def test_an_unknown_environment_is_refused(environment):
    with pytest.raises(FixSettings, match="production, cie") as caught:
        base_url_for(environment)
    assert caught.value.setting == "environment"


GOOD = (
    "https://ups.example.com https://ups.example.com:8443/gateway https://ups-proxy_1"
    " https://10.0.0.1 https://[2001:db8::1]:8443 HTTPS://UPS.example.com http://localhost:8080"
    " http://LOCALHOST:8080 http://127.0.0.1:8080 http://127.255.0.9 http://[::1]:8080"
)


@pytest.mark.parametrize("override", GOOD.split())
def test_an_override_replaces_the_host_of_both_environments(override):
    for written in (override, override + "/"):
        assert base_url_for(PRODUCTION, written) == base_url_for(CIE, written) == override


UNSAFE = {
    "must start with https://": [
        "http://ups.example.com", "http://localhost.example.com", "http://10.0.0.1",
        "http://128.0.0.1", "http://127.1", "http://0.0.0.0", "http://[::ffff:127.0.0.1]",
        "http://[::2]", "ftp://localhost", "//ups.example.com",
    ],
    "no valid host": [
        "ups.example.com", "https://", "https:///path", "https://a..b",
        "https://" + "a" * 64 + ".example.com", "https://" + "a." * 127 + "com",
        "https://ups%2eexample.com",
    ],
    "user name and password": [
        "https://user:hunter2@ups.example.com", "https://ups.example.com@evil.example",
    ],
    "from '?' or '#'": [
        "https://ups.example.com?x=1", "https://ups.example.com?", "https://ups.example.com/#top",
        "https://ups.example.com#",
    ],
    "host or port": [
        "https://ups.example.com:port", "https://ups.example.com:99999", "https://[::1",
    ],
    "plain ASCII": [
        "https://ups.example.com\n", "https://ups.exam\tple.com", " https://ups.example.com",
        "https://ups.example.com\\@evil.example", "https://üps.example.com",
        b"https://ups.example.com",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("override", "advice"), [(each, advice) for advice, urls in UNSAFE.items() for each in urls]
)
def test_an_unsafe_override_is_refused_with_what_to_change(override, advice):
    with pytest.raises(FixSettings) as caught:
        base_url_for(PRODUCTION, override)
    assert caught.value.setting == "base_url"
    assert advice in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_client_checks_its_base_url_too():
    with pytest.raises(FixSettings) as caught:
        OAuthClient("http://ups.example.com", "id", "secret")
    assert caught.value.setting == "base_url"
    assert OAuthClient("https://ups.example.com/", "id", "secret").base_url == (
        "https://ups.example.com"
    )
