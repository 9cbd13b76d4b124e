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
    assert caught.value.setting == "base_url"


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("https://ups.example.com", "https://ups.example.com"),
        ("https://ups.example.com/", "https://ups.example.com"),
        ("https://ups.example.com:8443/gateway/", "https://ups.example.com:8443/gateway"),
        ("https://ups-proxy_1", "https://ups-proxy_1"),
        ("https://10.0.0.1", "https://10.0.0.1"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("HTTPS://UPS.example.com", "HTTPS://UPS.example.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://LOCALHOST:8080", "http://LOCALHOST:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.255.0.9", "http://127.255.0.9"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_override_replaces_the_host_of_both_environments(override, expected):
    assert base_url_for(PRODUCTION, override) == base_url_for(CIE, override) == expected


@pytest.mark.parametrize(
    ("override", "advice"),
    [
        ("http://ups.example.com", "must start with https://"),
        ("http://localhost.example.com", "must start with https://"),
        ("http://10.0.0.1", "must start with https://"),
        ("http://128.0.0.1", "must start with https://"),
        ("http://127.1", "must start with https://"),
        ("http://0.0.0.0", "must start with https://"),
        ("http://[::ffff:127.0.0.1]", "must start with https://"),
        ("http://[::2]", "must start with https://"),
        ("ftp://localhost", "must start with https://"),
        ("//ups.example.com", "must start with https://"),
        ("ups.example.com", "no valid host"),
        ("https://", "no valid host"),
        ("https:///path", "no valid host"),
        ("https://a..b", "no valid host"),
        ("https://" + "a" * 64 + ".example.com", "no valid host"),
        ("https://" + "a." * 127 + "com", "no valid host"),
        ("https://ups%2eexample.com", "no valid host"),
        ("https://user:hunter2@ups.example.com", "user name and password"),
        ("https://ups.example.com@evil.example", "user name and password"),
        ("https://ups.example.com?x=1", "from '?' or '#'"),
        ("https://ups.example.com?", "from '?' or '#'"),
        ("https://ups.example.com/#top", "from '?' or '#'"),
        ("https://ups.example.com#", "from '?' or '#'"),
        ("https://ups.example.com:port", "host or port"),
        ("https://ups.example.com:99999", "host or port"),
        ("https://[::1", "host or port"),
        ("https://ups.example.com\n", "plain ASCII"),
        ("https://ups.exam\tple.com", "plain ASCII"),
        (" https://ups.example.com", "plain ASCII"),
        ("https://ups.example.com\\@evil.example", "plain ASCII"),
        ("https://üps.example.com", "plain ASCII"),
        (b"https://ups.example.com", "plain ASCII"),
    ],
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
