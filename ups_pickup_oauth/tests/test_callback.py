from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml import html
from odoo import fields
from odoo.http import Request
from odoo.tests import tagged

from .. import const
from .common import CLIENT_SECRET, UpsHttpCase

ACCOUNT_EXECUTIVE = "Account Executive"


@tagged("post_install", "-at_install")
class TestCallback(UpsHttpCase):
    """Each return from UPS: what the person sees, what UPS was asked, what is stored."""

    def setUp(self):
        super().setUp()
        self.authenticate("ups_admin", "ups_admin")

    # === WHAT A BROWSER DOES === #

    def open(self, url):
        """:return: the answer, or the page that tells how the attempt ended."""
        response = self.url_open(url, allow_redirects=False)
        location = response.headers.get("Location", "")
        if const.OUTCOME_ROUTE not in location:
            return response
        self.assertEqual(response.status_code, 303)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertFalse(urlsplit(location).query, "no code in the address bar")
        return self.url_open(location, allow_redirects=False)

    def come_back(self, company=None, **changes):
        """Agree at UPS, and return with the answer, or with a changed one."""
        return self.open(self.answer(company, **changes))

    def answer(self, company=None, **changes):
        """:return: the URL that UPS sends the browser to; None drops a parameter."""
        url = urlsplit(self.simulator.person_agrees(self.go_to_ups(company)))
        query = dict(parse_qsl(url.query)) | changes
        query = {name: value for name, value in query.items() if value is not None}
        return url._replace(query=urlencode(query)).geturl()

    def page(self, response):
        """:return: the page's words, after what holds for all of our pages."""
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["X-Frame-Options"], "DENY")
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertIn(ACCOUNT_EXECUTIVE, response.text)
        self.assertNotIn("Traceback", response.text)
        tree = html.fromstring(response.text)
        for link in tree.xpath("//@href | //@src | //@action"):
            self.assertTrue(link.startswith("/"), f"{link} leads elsewhere")
        return " ".join(tree.xpath("//main")[0].text_content().split())

    def assert_authorized(self, response, company=None):
        company = company or self.company
        self.assertEqual(response.status_code, 303, response.text[:500])
        landing = f"/odoo/{company.id}/ups-authorized?view_type=form"
        self.assertURLEqual(response.headers["Location"], landing)
        self.env.invalidate_all()
        self.assertEqual(company.ups_authorization_state, "authorized")

    def assert_not_authorized(self, exchanges=0):
        self.env.invalidate_all()
        self.assertEqual(self.company.ups_authorization_state, "not_authorized")
        self.assertEqual(self.simulator.calls("token"), exchanges)

    def assert_live(self):
        """UPS would take the stored refresh token."""
        self.assertTrue(self.simulator.is_live_refresh_token(self.company.ups_refresh_token))

    # === SUCCESS === #

    def test_agreeing_at_ups_authorizes_the_company(self):
        response = self.come_back()
        self.assert_authorized(response)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.company.ups_authorized_by_id, self.admin)
        self.assertEqual(self.company.ups_connection_ids.environment, "cie")
        self.assertTrue(self.simulator.is_live_access_token(self.company.ups_access_token))
        self.assert_live()
        self.assert_authorized(self.outcome(self.attempts().id))

    def test_the_client_secret_is_proven_before_it_is_called_authorized(self):
        """With PKCE the exchange carries none: the refresh at once is the first to meet it."""
        outage, proxy = {"status": 503}, {"status": 401, "body": "<html>a proxy</html>"}
        errors = [{"code": "10401", "message": "Invalid Refresh Token"}]
        refusal = {"status": 401, "body": {"response": {"errors": errors}}}
        for secret, fault, words, seen in (
            ("not-the-secret", None, "Copy the client secret", ("reauthorize", "settings", False)),
            (CLIENT_SECRET, refusal, "Test tries it once", ("reauthorize", "refused", False)),
            (CLIENT_SECRET, outage, "", ("authorized", False, True)),
            (CLIENT_SECRET, proxy, "", ("authorized", False, True)),
            (CLIENT_SECRET, None, "", ("authorized", False, False)),
        ):
            with self.subTest(secret=secret, fault=fault):
                self.configure(ups_client_secret=secret)
                self.env.flush_all()
                answer = self.answer()
                if fault:
                    self.simulator.queue_fault("refresh", "status", **fault)
                response = self.open(answer)
                if words:
                    page = self.page(response)
                    self.assertIn("cannot use it yet", page)
                    self.assertIn(words, page)
                else:
                    self.assert_authorized(response)
                self.assertEqual(self.seen(), seen)
                self.assert_live()

                self.configure()
                self.env.flush_all()
                self.company.with_user(self.admin).action_ups_test()
                self.assertEqual(self.seen(), ("authorized", False, False))

    def seen(self):
        self.env.invalidate_all()
        names = ("ups_authorization_state", "ups_reason", "ups_is_secret_unproven")
        return tuple(self.company.with_user(self.admin)[name] for name in names)

    def test_it_works_without_pkce(self):
        self.configure(ups_use_pkce=False)
        self.assert_authorized(self.come_back())
        [exchange] = [r for r in self.simulator.requests if r.route == "token"]
        self.assertNotIn("code_verifier", exchange.form)

    def test_pkce_switched_off_meanwhile_proves_no_secret(self):
        answer = self.answer()
        self.configure(ups_use_pkce=False, ups_client_secret="not-the-secret")
        self.assertIn("Copy the client secret again", self.page(self.open(answer)))
        self.assertEqual(self.seen(), ("reauthorize", "settings", False))

    # === NO AGREEMENT === #

    def test_cancel_at_ups(self):
        for denial, words in (
            ("error", "You did not agree at UPS"),
            ("both", "You did not agree at UPS"),
            ("nothing", "UPS sent you back without its agreement"),
        ):
            with self.subTest(denial):
                self.simulator.set_denial(denial)
                response = self.open(self.simulator.person_cancels(self.go_to_ups()))
                page = self.page(response)
                self.assertEqual(response.status_code, 200)
                self.assertIn(words, page)
                self.assertIn("Try again", page)
                self.assertIn("Back to the company", page)
                self.assert_not_authorized()

    # === ANSWERS THAT PROVE NOTHING === #

    def test_an_answer_that_cannot_be_read_or_is_unknown(self):
        unread, unknown = "cannot be read", "does not know of this authorization"
        for changes, more, words in (
            ({"error": ""}, "&state=second", unread),
            ({"error": ""}, "&code=second", unread),
            ({"state": None}, "", unknown),
            ({"state": ""}, "", unknown),
            ({"state": "made-up"}, "", unknown),
            ({"state": "x" * 20_000}, "", unread),
            ({"state": "\x00"}, "", unread),
        ):
            with self.subTest(changes=str(changes)[:20], more=more):
                response = self.open(f"{self.answer(**changes)}{more}")
                self.assertEqual(response.status_code, 400)
                self.assertIn(words, self.page(response))
                self.assertFalse(html.fromstring(response.text).forms, "no company is guessed")
                self.assertIn('href="/odoo/companies"', response.text)
                self.assert_not_authorized()

    def test_another_users_state(self):
        answer = self.answer()
        self.new_user("ups_admin_2", "base.group_user,base.group_system")
        self.authenticate("ups_admin_2", "ups_admin_2")
        response = self.open(answer)
        self.assertEqual(response.status_code, 403)
        page = self.page(response)
        self.assertIn("Another user", page)
        self.assertIn("Acme", page, "and no other company is offered")
        self.assert_not_authorized()
        self.authenticate("ups_admin", "ups_admin")
        self.assert_authorized(self.open(answer))

    def test_a_user_who_may_no_longer(self):
        answer = self.answer()
        self.admin.company_id = self.admin.company_ids = self.other_company
        self.assertEqual(self.open(answer).status_code, 403)
        self.admin.company_ids += self.company
        self.admin.group_ids -= self.env.ref("base.group_system")
        response = self.open(answer)
        self.assertEqual(response.status_code, 403)
        page = self.page(response)
        self.assertIn("Only an administrator", page)
        self.assertNotIn("Try again", page)
        self.assert_not_authorized()

    def test_a_late_return(self):
        now = fields.Datetime.now()
        long_ago = now - const.EXCHANGE_PATIENCE - timedelta(seconds=1)
        for changes, status, words in (
            ({"expires_at": now - timedelta(seconds=1)}, 410, "half an hour"),
            ({"status": "exchanging", "claimed_at": now}, 200, "reloads by itself"),
            ({"status": "exchanging", "claimed_at": long_ago}, 200, "was interrupted"),
        ):
            with self.subTest(words):
                answer = self.answer()
                self.attempts()[0].write(changes)
                self.env.flush_all()
                response = self.open(answer)
                self.assertEqual(response.status_code, status)
                self.assertIn(words, self.page(response))
                self.assertEqual('http-equiv="refresh"' in response.text, "reloads" in words)
                self.assert_not_authorized()
        answer = self.answer()
        self.attempts()[0].expires_at = fields.Datetime.now() + timedelta(seconds=30)
        self.env.flush_all()
        self.assert_authorized(self.open(answer))

    def test_looking_at_the_address_without_opening_it_changes_nothing(self):
        answer = self.answer()
        for method in ("HEAD", "OPTIONS"):
            response = self.url_open(answer, method=method, allow_redirects=False)
            self.assertEqual(response.status_code, 405)
            self.assertEqual(response.headers["Allow"], "GET")
            self.assert_not_authorized()
        self.assert_authorized(self.open(answer))

    # === ANSWERS OF AN ATTACKER === #

    def code_of(self, answer):
        return dict(parse_qsl(urlsplit(answer).query))["code"]

    def test_a_code_of_another_attempt_is_of_no_use(self):
        stolen = self.code_of(self.answer(self.other_company))
        page = self.page(self.come_back(code=stolen))
        self.assertIn("UPS refused to complete the authorization", page)
        self.assert_not_authorized(exchanges=1)
        self.assertEqual(self.other_company.ups_authorization_state, "not_authorized")

    def test_a_token_in_the_answer_is_not_taken(self):
        grant = {"access_token": "theirs", "token_type": "Bearer", "refresh_token": "theirs"}
        self.page(self.come_back(code=None, **grant))
        self.assert_not_authorized()

    def test_no_parameter_says_where_to_go(self):
        """Nor does one of another name stand in the way."""
        names = "next redirect redirect_uri return_url url continue iss self company_id _params db"
        for name in (*names.split(), "csrf_token", "debug", "\x00"):
            with self.subTest(name):
                query = urlencode({name: "https://elsewhere.example.com/"})
                self.assert_authorized(self.open(f"{self.answer()}&{query}"))

    def test_the_page_it_lands_on_cannot_be_framed(self):
        landing = self.open(self.answer()).headers["Location"]
        response = self.url_open(landing, allow_redirects=False)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["X-Frame-Options"], "DENY")
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    # === UPS DOES NOT COMPLETE IT === #

    def test_a_failure_is_told_again_and_ups_is_not_asked_again(self):
        answer = self.answer(code="not-the-code")
        first = self.page(self.open(answer))
        for words in ("UPS refused to complete", "Invalid authorization code", "Use PKCE"):
            self.assertIn(words, first)
        self.assertEqual(self.page(self.open(answer)), first)
        self.assert_not_authorized(exchanges=1)

    def test_a_wrong_secret_points_to_the_settings(self):
        self.configure(ups_use_pkce=False, ups_client_secret="not-the-secret")
        page = self.page(self.come_back())
        for words in ("General Settings", "Copy the client secret again", "Use PKCE"):
            self.assertIn(words, page)
        self.assertNotIn("not-the-secret", page)
        self.assert_not_authorized(exchanges=1)

    def test_every_fault_of_the_exchange(self):
        later = "Nothing is lost. Try again"
        for fault, words in (
            ({"kind": "status", "status": 500}, later),
            ({"kind": "status", "status": 429}, "too many requests"),
            ({"kind": "status", "status": 403}, "UPS has blocked this application"),
            ({"kind": "html"}, later),
            ({"kind": "drop", "when": "after"}, later),
        ):
            with self.subTest(fault):
                self.simulator.forget_requests()
                answer = self.answer()
                self.simulator.queue_fault("token", **fault)
                page = self.page(self.open(answer))
                self.assertIn(words, page)
                self.assertIn("Try again", page)
                self.assert_not_authorized(exchanges=1)

    def test_a_failed_attempt_keeps_an_earlier_authorization(self):
        self.assert_authorized(self.come_back())
        token = self.company.ups_refresh_token
        self.simulator.queue_fault("token", "html")
        self.page(self.come_back())
        self.page(self.open(self.simulator.person_cancels(self.go_to_ups())))
        self.env.invalidate_all()
        self.assertEqual(self.company.ups_refresh_token, token)
        self.assertEqual(self.company.ups_authorization_state, "authorized")

    def test_what_others_hook_into_it_costs_no_authorization(self):
        model = type(self.env["ups.connection"])
        for hook in ("_log", "_ask_people", "write"):
            with self.subTest(hook), patch.object(model, hook, side_effect=ZeroDivisionError):
                self.assert_authorized(self.come_back())
                self.assert_live()

    def test_settings_changed_while_the_person_was_at_ups(self):
        for changed in (
            {"ups_client_id": "another-application"},
            {"ups_environment": "production"},  # also where UPS_BASE_URL stands for both
        ):
            with self.subTest(changed):
                self.configure()
                answer = self.answer()
                self.configure(**changed)
                self.env.flush_all()
                self.assertIn("settings were changed", self.page(self.open(answer)))
                self.assert_not_authorized()

    def test_what_ups_echoes_is_not_shown(self):
        words = "<b>no</b> THE-CODE"
        answer = self.answer(error="server_error", code="THE-CODE", error_description=words)
        response = self.open(answer)
        self.assertIn("server_error <b>no</b>", self.page(response))
        for text in (response.text, self.attempts().what):
            self.assertNotIn("THE-CODE", text)
        self.assertNotIn("<b>no</b>", response.text, "escaped")
        self.assert_not_authorized()

    # === THE PAGE OF AN OUTCOME === #

    def outcome(self, attempt_id):
        return self.open(f"{const.OUTCOME_ROUTE}/{attempt_id}")

    def test_an_outcome_is_told_to_its_user_only(self):
        self.open(self.answer(code="not-the-code"))
        attempt_id = self.attempts().id
        self.assertIn("UPS refused to complete", self.page(self.outcome(attempt_id)))
        self.new_user("ups_admin_2", "base.group_user,base.group_system")
        self.authenticate("ups_admin_2", "ups_admin_2")
        page = self.page(self.outcome(attempt_id))
        self.assertIn("does not know of this authorization", page)
        self.assertNotIn("· Acme", page)
        self.authenticate("ups_admin", "ups_admin")
        self.admin.company_id = self.admin.company_ids = self.other_company
        page = self.page(self.outcome(attempt_id))
        for words in ("Acme", "UPS refused"):
            self.assertNotIn(words, page)
        self.admin.group_ids -= self.env.ref("base.group_system")
        self.assertIn("Only an administrator", self.page(self.outcome(attempt_id)))

    def test_the_outcome_of_no_attempt(self):
        self.go_to_ups()
        for attempt_id in (-1, 0, self.attempts().id + 1, 2**31 - 1):
            self.assertEqual(self.outcome(attempt_id).status_code, 400)
        for attempt_id in (2**31, 10**30, "x"):
            self.assertEqual(self.outcome(attempt_id).status_code, 404)
        self.assertIn("does not know", self.page(self.outcome(self.attempts().id)), "not yet")

    # === TRY AGAIN === #

    def press_try_again(self, response):
        form = html.fromstring(response.text).forms[0]
        self.assertEqual(form.method, "POST")
        url = f"{self.base_url()}{form.action}"
        return self.url_open(url, data=dict(form.fields), allow_redirects=False)

    def test_try_again_leads_to_ups(self):
        failed = self.come_back(code="not-the-code")
        [back] = html.fromstring(failed.text).xpath("//main//a/@href")
        self.assertEqual(back, f"/odoo/companies/{self.company.id}")
        self.configure(ups_client_id="not-registered-at-ups")
        self.env.flush_all()
        self.assertIn("does not know the client ID", self.page(self.press_try_again(failed)))
        self.configure()
        self.env.flush_all()
        response = self.press_try_again(failed)
        self.assertEqual(response.status_code, 303)
        callback = self.simulator.person_agrees(response.headers["Location"])
        self.assert_authorized(self.open(callback))

    def test_try_again_needs_the_pages_own_token(self):
        data = {"company_id": self.company.id}
        response = self.url_open(const.TRY_AGAIN_ROUTE, data=data, allow_redirects=False)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.attempts())

    def test_try_again_after_signing_in_again_starts_nothing(self):
        response = self.open(const.TRY_AGAIN_ROUTE)
        self.assertEqual(response.status_code, 303)
        self.assertURLEqual(response.headers["Location"], "/odoo/companies")
        self.assertFalse(self.attempts())

    def test_try_again_tells_nobody_else_which_companies_exist(self):
        user = self.new_user("ups_portal", "base.group_portal")
        self.authenticate(user.login, user.login)
        token = Request.csrf_token(self)
        unknown = self.env["res.company"].search([], order="id desc", limit=1).id + 1
        for company_id in (self.company.id, unknown, "x"):
            data = {"company_id": company_id, "csrf_token": token}
            response = self.url_open(const.TRY_AGAIN_ROUTE, data=data)
            self.assertEqual(response.status_code, 403)
            self.assertIn("Only an administrator", self.page(response))
