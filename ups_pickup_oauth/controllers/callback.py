import functools
from urllib.parse import urlsplit

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.http import Controller, request, route

from .. import const, messages
from ..models.ups_authorization_attempt import Outcome
from ..settings import redirect_uri
from ..ups_client.authorization_response import AuthorizationResponse

COMPANIES_URL = "/odoo/companies"

# The code must not leave with a Referer, stay in a cache, or be framed (RFC 9700, 4.2.4 and 4.16).
# No form-action: browsers hold redirects after a form to it too, and Try again leads to UPS, which
# leads on to a host that changes.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self';"
        " img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
    ),
}


def any_parameter(endpoint):
    """Let a query have a parameter named ``self``, which Odoo's ``route`` answers with a 500."""

    @functools.wraps(endpoint)
    def wrapper(self, /, **params):
        params.pop("self", None)
        return endpoint(self, **params)

    return wrapper


class UpsCallback(Controller):
    """Translates between HTTP and the authorization attempt."""

    @any_parameter
    @route(const.CALLBACK_ROUTE, type="http", auth="user", methods=["GET"])
    def ups_callback(self, **_params):
        """Take the answer that UPS sent with the browser.

        :return: A redirect, to the company's form or to a page that says what happened, so that
            the code stays neither in the address bar nor in the history (RFC 9700, section 4.3.1);
            or that page itself, where no attempt of the user's was touched.
        """
        if request.httprequest.method != "GET":  # werkzeug adds HEAD, and Odoo OPTIONS
            headers = [*HEADERS.items(), ("Allow", "GET")]
            return request.make_response("", headers=headers, status=405)
        if not request.env.user.has_group("base.group_system"):
            return self._page(Outcome("no_access"))
        # Not the route's parameters: they show only one of two values.
        query = dict(request.httprequest.args.lists())
        response = AuthorizationResponse.from_query(query)
        attempts = request.env["ups.authorization.attempt"].sudo()
        outcome = attempts._finish(response)
        if not outcome.attempt_id:
            return self._page(outcome)
        if outcome.kind == "authorized":
            return self._land(outcome)
        url = f"{const.OUTCOME_ROUTE}/{outcome.attempt_id}"
        return self._with_headers(request.redirect(url))

    @any_parameter
    @route(
        f"{const.OUTCOME_ROUTE}/<int(max=2147483647):attempt_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def ups_outcome(self, attempt_id, **_params):
        """Tell how an attempt of the user's ended.

        :param int attempt_id: The attempt.
        :return: A page that says what happened, or a redirect to the company's form.
        """
        if not request.env.user.has_group("base.group_system"):
            return self._page(Outcome("no_access"))
        outcome = request.env["ups.authorization.attempt"].sudo()._tell(attempt_id)
        return self._land(outcome) if outcome.kind == "authorized" else self._page(outcome)

    @any_parameter
    @route(const.TRY_AGAIN_ROUTE, type="http", auth="user", methods=["GET", "POST"])
    def ups_try_again(self, company_id=None, **_params):
        """Start another attempt from the page that told why the last one failed.

        :param str company_id: The company to authorize.
        :return: A redirect to UPS, or a page that says what is wrong.
        """
        if request.httprequest.method != "POST":  # as after signing in again: nothing is started
            return self._with_headers(request.redirect(COMPANIES_URL))
        if not request.env.user.has_group("base.group_system"):  # nor who exists
            return self._page(Outcome("no_access"))
        known = str(company_id or "")
        company = request.env["res.company"].browse(int(known[:9]) if known.isdecimal() else 0)
        try:
            if not company.exists():
                return self._page(Outcome("unknown"))
            action = company.action_ups_oauth()
        except RedirectWarning as warning:
            return self._page(Outcome("failed", company.id, what=warning.args[0]))
        except AccessError:
            return self._page(Outcome("no_access"))
        except UserError as error:
            return self._page(Outcome("failed", company.id, what=str(error)))
        return self._with_headers(request.redirect(action["url"], local=False))

    def _land(self, outcome):
        company = request.env["res.company"].browse(outcome.company_id)
        return self._with_headers(request.redirect(company._ups_landing_url()))

    def _page(self, outcome):
        company = self._company_to_try(outcome)
        title, what, advice = _words(request.env, outcome)
        response = request.render(
            "ups_pickup_oauth.callback_page",
            {
                "title": title,
                "what": what,
                "advice": advice,
                "tip": messages.account_executive_tip(request.env),
                "reload": outcome.kind == "in_progress",
                "company": company,
                "whose": request.env.company,
                "host": urlsplit(redirect_uri(request.env)).netloc,
                "look_first": outcome.kind == "interrupted",
                "may_try_again": outcome.kind not in ("no_access", "in_progress", "busy"),
                "try_again_url": const.TRY_AGAIN_ROUTE,
                "companies_url": COMPANIES_URL,
                "back_url": f"{COMPANIES_URL}/{company.id}" if company else "/odoo",
            },
            status=_STATUS.get(outcome.kind, 200),
        )
        return self._with_headers(response)

    def _company_to_try(self, outcome):
        """:return: the company that it was about, if it is one of the user's; never another."""
        company = request.env["res.company"].browse(outcome.company_id).exists()
        return company.filtered(lambda each: each._ups_may_authorize())

    def _with_headers(self, response):
        response.headers.update(HEADERS)
        return response


_STATUS = {
    "malformed": 400,
    "unknown": 400,
    "expired": 410,
    "other_user": 403,
    "no_access": 403,
    "busy": 503,
}


def _words(env, outcome):
    """:return: the page's title, what happened, and what to do."""
    titles = {
        "cancelled": env._("UPS was not authorized"),
        "in_progress": env._("One moment, please"),
        "no_access": env._("You are not allowed to authorize UPS"),
        "other_user": env._("This answer is for another user"),
        "expired": env._("That took too long"),
        "interrupted": env._("The authorization was interrupted"),
    }
    sentences = {
        "malformed": (
            env._(
                "The address that you came back with is damaged, so UPS's answer cannot be read."
            ),
            env._("Start again on the company's form, and do not edit the address."),
        ),
        "unknown": (
            env._("This Odoo does not know of this authorization. It may be too old."),
            env._("Start again on the company's form."),
        ),
        "other_user": (
            env._("Another user of this Odoo started this authorization."),
            env._("Sign in as that user and start again, or try again as yourself."),
        ),
        "no_access": (
            env._("Only an administrator of the company can authorize UPS."),
            env._("Ask an administrator (with access to Settings) to do it."),
        ),
        "expired": (
            env._("You came back from UPS more than half an hour after you had started."),
            env._("Nothing was authorized. Try again."),
        ),
        "in_progress": (
            env._("Odoo is completing this authorization with UPS."),
            env._("This page reloads by itself."),
        ),
        "busy": (
            env._("Odoo's database is busy, so UPS's answer is not taken yet."),
            env._("Nothing is lost: reload this page in a moment."),
        ),
        "interrupted": (
            env._("Odoo was interrupted while it completed this authorization with UPS."),
            env._("Look at the company first. If it is not authorized, try again."),
        ),
    }
    what, advice = sentences.get(outcome.kind, (outcome.what, outcome.advice))
    title = titles.get(outcome.kind, env._("UPS could not be authorized"))
    return title, what, advice
