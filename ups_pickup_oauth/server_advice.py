"""What on this server would keep UPS from working, in words, before anybody has met it?"""

from datetime import timedelta
from urllib.parse import urlsplit

import psycopg2
from odoo import fields, http
from odoo.exceptions import AccessDenied

from . import messages
from .settings import ups_settings

JOB_IS_LATE_AFTER = timedelta(days=2)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def server_advice(env):
    """:return: a sentence a line, each with what to do; empty where nothing is in the way."""
    sentences = (
        _about_the_environment(env),
        *_about_the_address(env),
        _about_databases(env),
        _about_the_daily_job(env),
    )
    return "\n".join(filter(None, sentences))


def _about_the_environment(env):
    settings = ups_settings(env, with_secret=False)
    return not settings.has_environment and " ".join(messages.unknown_environment(env, settings))


def _about_the_address(env):
    """UPS sends people to ``web.base.url``, which a login at another address rewrites."""
    base_url = (env["ir.config_parameter"].sudo().get_param("web.base.url") or "").strip()
    base = _parts(base_url)
    if not base.hostname:
        yield " ".join(messages.unknown_address(env))
        return
    here = http.request and urlsplit(http.request.httprequest.host_url)
    if here and _address(here) != _address(base):
        yield env._(
            "You work at %(here)s, but UPS would send you back to %(base_url)s. If that is not this"
            " Odoo's address, set the system parameter web.base.url to the right one, and"
            " web.base.url.freeze to True, or the next login of an administrator at another address"
            " changes it again.",
            here=f"{here.scheme}://{here.netloc}",
            base_url=base_url,
        )
    if base.scheme != "https" and not _is_loopback(base):
        yield env._(
            "The system parameter web.base.url does not begin with https:// (%s): UPS's answer"
            " would travel unprotected. Set it to the https address of this Odoo, and"
            " web.base.url.freeze to True.",
            base_url,
        )


def _about_databases(env):
    """Odoo's own rule for a browser without a session: exactly one database, or 404."""
    address = env["ir.config_parameter"].sudo().get_param("web.base.url") or ""
    try:
        found = http.db_list(force=True, host=_parts(address).netloc)
    except (psycopg2.Error, AccessDenied):
        return ""
    if len(found) < 2:
        return ""
    return env._(
        "This server has several databases and no dbfilter that tells them apart by their address:"
        " whoever comes back from UPS in a browser that is not signed in gets “Not Found”. Whoever"
        " runs the server can set dbfilter."
    )


def _about_the_daily_job(env):
    job = env.ref("ups_pickup_oauth.ir_cron_keep_alive", raise_if_not_found=False)
    if not job or not job.sudo().active:
        return env._(
            "The scheduled action “UPS: keep authorizations alive” is switched off, so that"
            " authorizations end. Switch it on in Settings, Technical, Scheduled Actions."
        )
    since = fields.Datetime.now() - JOB_IS_LATE_AFTER
    job = job.sudo()
    if job.nextcall < since or (job.lastcall and job.lastcall < since):
        return env._(
            "The scheduled action “UPS: keep authorizations alive” has not run for two days, so"
            " that authorizations end. Whoever runs the server should look why."
        )
    return ""


def _parts(url):
    """:return: the address's parts; those of an empty one where it is none, or has no such port."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port else urlsplit("")
    except ValueError:
        return urlsplit("")


def _address(url):
    """The scheme does not count: a proxy may not have told Odoo of its https."""
    port = None if url.port == _DEFAULT_PORTS.get(url.scheme) else url.port
    return url.hostname, port


def _is_loopback(url):
    return url.hostname == "localhost" or (url.hostname or "").startswith("127.")
