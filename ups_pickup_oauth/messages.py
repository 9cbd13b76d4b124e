"""What a person reads when UPS or the settings say no: what happened, and what to do."""

from .ups_client import AskPersonAgain, FixSettings, TryLater, ups_error_in

_KEPT = ("operation", "http_status", "ups_code", "ups_message", "setting")


def explain(env, error, settings):
    """Put an error of the client into words.

    :param odoo.api.Environment env: whose language is used.
    :param UpsError error: what the client raised.
    :param UpsSettings settings: the settings that it was raised with.
    :return: what happened, and what to do next; UPS's own code and words are part of it.
    :rtype: tuple(str, str)
    """
    if isinstance(error, FixSettings):
        what, advice = _fix_settings(env, error, settings)
    elif isinstance(error, TryLater):
        what, advice = _try_later(env, error)
    elif isinstance(error, AskPersonAgain):
        what, advice = _ask_again(env, settings)
    else:
        raise TypeError(f"not an error of the UPS client: {type(error).__name__}")
    return " ".join(filter(None, (what, _ups_words(env, error)))), advice


def remembered(error):
    """:return: what :func:`explain` needs of an error, as JSON: nothing secret, in no language.

    Not how long UPS asked to be left alone, which is over when somebody reads it.
    """
    kept = {name: getattr(error, name, None) for name in _KEPT}
    said = {name: value for name, value in kept.items() if value is not None}
    return {"class": type(error).__name__, "sentence": str(error)} | said


def recalled(kept):
    """:return: the error that :func:`remembered` kept."""
    error_class = FixSettings if kept["class"] == "FixSettings" else TryLater
    return error_class(**{name: kept[name] for name in ("sentence", *_KEPT) if name in kept})


def missing_setting(env, settings):
    """:return: which setting is missing and what to do, in words, or None if all are there."""
    if not settings.has_environment:
        return unknown_environment(env, settings)
    if not settings.client_id:
        what = env._(
            "The client ID of your UPS application is missing. Copy it from UPS's developer portal."
        )
        name = "client_id"
    elif not settings.has_client_secret:
        what = env._(
            "The client secret of your UPS application is missing. Copy it from UPS's developer"
            " portal."
        )
        name = "client_secret"
    elif not settings.client_secret and settings.is_secret_in_plain:
        what = env._(
            "The client secret of your UPS application was not entered in General Settings, but"
            " stored without encryption, and is not used. Enter the secret again."
        )
        name = "client_secret"
    elif not settings.client_secret:
        what = env._(
            "The client secret of your UPS application can no longer be decrypted, because the"
            " server's key has changed. Enter the secret again."
        )
        name = "client_secret"
    else:
        return None
    return what, where_settings_are(env, settings, name)


def unknown_environment(env, settings):
    """:return: what is said when the environment is neither production nor CIE."""
    return env._(
        "The environment of UPS must be production or cie, but is set to something else."
    ), where_settings_are(env, settings, "environment")


def where_settings_are(env, settings, *names):
    """:return: where these settings can be changed: in Odoo, or by the server's operator."""
    if settings.fixed.intersection(names):
        return env._(
            "The server's environment variables UPS_CLIENT_ID, UPS_CLIENT_SECRET and"
            " UPS_ENVIRONMENT decide here: whoever runs the server can change them."
        )
    return env._("You find the settings in Settings, General Settings, UPS.")


def unknown_address(env):
    """:return: what is said when Odoo cannot tell UPS where to send people back to."""
    return env._("This Odoo does not know its own address."), env._(
        "Set the system parameter web.base.url, for example to https://odoo.example.com."
    )


def account_executive_tip(env):
    """:return: the tip of UPS's guide."""
    return env._("Tip: if you need help with UPS, reach out to your UPS Account Executive.")


def test_finding(env, answer, company):
    """Say what the harmless call of the button **Test** found.

    :param requests.Response answer: UPS's answer.
    :param str company: the company's name.
    :return: the kind of Odoo's notification, and the finding in words.
    :rtype: tuple(str, str)
    """
    error = ups_error_in(answer)  # without the token, which UPS may have echoed
    words = error.in_words() if error else ""
    words = env._("UPS's answer: %s.", words.rstrip(".")) if words else ""
    if answer.status_code == 200:
        return "success", env._("UPS accepts the authorization of %s.", company)
    if answer.status_code in (401, 403):
        finding = env._(
            "UPS does not accept a call for %s. Check in UPS's developer portal that the Pickup API"
            " is among the products of your application. If it is, authorize the company again.",
            company,
        )
        return "danger", " ".join(filter(None, (finding, words)))
    if answer.status_code == 429 or answer.status_code >= 500:
        finding = env._("UPS is not available at the moment. Try again in a few minutes.")
    else:
        finding = env._(
            "UPS has renewed the authorization of %(company)s, but answered a harmless call with"
            " HTTP status %(status)s. The authorization works; tell whoever maintains this addon.",
            company=company,
            status=answer.status_code,
        )
    return "warning", " ".join(filter(None, (finding, words)))


def _fix_settings(env, error, settings):
    where = where_settings_are(env, settings, "client_id", "client_secret", "environment")
    environment = env._("Test (CIE)") if settings.environment == "cie" else env._("Production")
    # The authorize page, which needs no secret, has accepted the ID before: "ClientId is Invalid"
    # later on is what UPS says of a wrong secret.
    if error.setting == "client_id" and error.operation in ("authorize", None):
        return env._("UPS does not know the client ID of this Odoo."), env._(
            "Compare the client ID with your application in UPS's developer portal; the"
            " environment in use is %(environment)s. %(where)s",
            environment=environment,
            where=where,
        )
    if error.setting in ("client_id", "client_secret"):
        advice = env._(
            "Copy the client secret again from your application in UPS's developer portal; the"
            " environment in use is %(environment)s. %(where)s",
            environment=environment,
            where=where,
        )
        if error.operation == "token":
            advice = f"{advice} {_pkce_hint(env, settings)}"
        return env._("UPS does not accept the client ID with this client secret."), advice
    if error.setting == "redirect_uri":
        set_it = env._(
            "In UPS's developer portal, set the callback URL of your application to exactly"
            " %(redirect_uri)s and try again.",
            redirect_uri=settings.redirect_uri,
        )
        # The login of an administrator at another address has rewritten it.
        or_back = env._(
            "If it has worked before, Odoo's own address has changed since: set the system"
            " parameter web.base.url back to it instead, and web.base.url.freeze to True."
        )
        return env._("UPS does not accept the address to return to."), f"{set_it} {or_back}"
    if error.setting == "application":
        return env._("UPS has blocked this application."), env._(
            "Ask your UPS Account Executive why the application is blocked."
        )
    if error.setting == "environment":
        return unknown_environment(env, settings)
    if error.setting == "base_url":
        return env._("The server does not know which UPS to talk to."), env._(
            "Whoever runs the server has to correct UPS_BASE_URL or UPS_ENVIRONMENT: %s", error
        )
    return env._("UPS does not accept the settings of this Odoo."), env._(
        "Compare them with your application in UPS's developer portal. %s", where
    )


def _try_later(env, error):
    if error.retry_after:
        minutes = -(-error.retry_after // 60)
        advice = env._("Nothing is lost. Try again in %s min.", minutes)
    else:
        advice = env._("Nothing is lost. Try again in a few minutes.")
    if error.http_status == 429:
        return env._("UPS is receiving too many requests."), advice
    if error.http_status is None:
        return env._("UPS did not answer."), advice
    return env._("UPS is not available at the moment."), advice


def _ask_again(env, settings):
    advice = env._("Try again, and sign in at UPS once more.")
    refused = env._("UPS refused to complete the authorization.")
    return refused, f"{advice} {_pkce_hint(env, settings)}"


def _pkce_hint(env, settings):
    if settings.use_pkce:
        return env._(
            "If UPS keeps refusing, switch off “Use PKCE” in Settings, General Settings, UPS."
        )
    return env._("If UPS keeps refusing, switch on “Use PKCE” in Settings, General Settings, UPS.")


def _ups_words(env, error):
    words = " ".join(filter(None, (error.ups_code, error.ups_message)))
    return env._("UPS's answer: %s.", words.rstrip(".")) if words else ""
