import os
from datetime import timedelta
from unittest.mock import patch

import requests
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..exceptions import UpsReauthorizationNeeded, UpsSettingsWrong
from ..models import ups_connection_refresh
from ..models.res_company import HARMLESS_CALL
from ..ups_client import FixSettings, session
from .common import UpsCase


@tagged("post_install", "-at_install")
class TestSession(UpsCase):
    """What another addon calls UPS with."""

    def setUp(self):
        super().setUp()
        self.authorize()
        self.age(hours=1)
        self.simulator.forget_requests()
        self.startPatcher(patch.object(session, "PAUSES", (0, 0)))
        employee = self.new_user("ups_employee", "base.group_user")
        self.ours = self.company.with_user(employee)

    def age(self, **time):
        """Let the authorization have been renewed that long ago."""
        self.env.invalidate_all()
        self.company.ups_connection_ids.refreshed_on -= timedelta(**time)
        self.env.flush_all()

    def seen(self):
        return [request for request in self.simulator.requests if request.route == "countries"]

    def end_all_tokens(self):
        """The tokens end at UPS before Odoo expects it."""
        self.simulator.expire_access_tokens()

    def test_a_call_carries_what_ups_asks_for(self):
        answer = self.ours._ups_session().get(HARMLESS_CALL)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("PickupGetPoliticalDivision1ListResponse", answer.json())
        [request] = self.seen()
        self.assertEqual(
            request.headers["Authorization"], f"Bearer {self.company.ups_access_token}"
        )
        self.assertEqual(len(request.headers["transId"]), 32)
        self.assertEqual(request.headers["transactionSrc"], "Odoo")
        self.assertEqual(self.simulator.calls("refresh"), 0)

    def test_each_call_has_a_trans_id_of_its_own_and_reuses_the_connection(self):
        ups = self.ours._ups_session()
        for _each in range(3):
            self.assertEqual(ups.get(HARMLESS_CALL).status_code, 200)
        self.assertEqual(len({request.headers["transId"] for request in self.seen()}), 3)
        pools = ups.get_adapter(self.simulator.base_url).poolmanager.pools
        [pool] = [pools[key] for key in pools.keys()]  # noqa: SIM118 not a dict
        self.assertEqual((pool.num_connections, pool.num_requests), (1, 3))

    def test_neither_an_answer_nor_an_error_carries_the_token(self):
        ups = self.ours._ups_session()
        carried = [ups.get(HARMLESS_CALL).request.headers]
        self.simulator.queue_fault("countries", "drop", times=9)
        with self.assertRaises(requests.ConnectionError) as caught:
            ups.get(HARMLESS_CALL)
        carried.append(caught.exception.request.headers)
        for headers in carried:
            self.assertIn("transId", headers)
            self.assertNotIn(self.company.ups_access_token, str(headers))

    def test_a_token_that_ups_does_not_accept_is_refreshed_once(self):
        ups = self.ours._ups_session()
        self.end_all_tokens()
        self.assertEqual(ups.get(HARMLESS_CALL).status_code, 200)
        self.assertEqual(self.simulator.calls("refresh"), 1)
        self.assertEqual([request.status for request in self.seen()], [401, 200])

    def test_a_loop_that_outlives_token_after_token(self):
        for pause in ("YOUNG", "REFUSAL_PAUSE"):
            self.startPatcher(patch.object(ups_connection_refresh, pause, timedelta()))
        ups = self.ours._ups_session()
        for _each in range(3):
            self.assertEqual(ups.get(HARMLESS_CALL).status_code, 200)
            self.end_all_tokens()
        self.assertEqual(self.simulator.calls("refresh"), 2)

    def test_a_token_that_ends_during_the_loop_is_renewed_before_it_is_used(self):
        self.simulator.set_lifetimes(access=59)  # less than the margin
        self.authorize()
        ups = self.ours._ups_session()
        refreshes = self.simulator.calls("refresh")
        self.assertEqual(ups.get(HARMLESS_CALL).status_code, 200)
        self.assertEqual(self.simulator.calls("refresh"), refreshes + 1)
        self.assertNotIn(401, [request.status for request in self.seen()])

    def test_a_401_that_stays_is_handed_to_the_caller_after_one_try(self):
        self.simulator.queue_fault(
            "countries",
            "status",
            status=401,
            body='{"response":{"errors":[{"code":"UJ0001","message":"No"}]}}',
            times=9,
        )
        self.assertEqual(self.ours._ups_session().get(HARMLESS_CALL).status_code, 401)
        self.assertEqual((len(self.seen()), self.simulator.calls("refresh")), (2, 1))

    def test_an_application_without_the_product_does_not_spend_a_token_a_call(self):
        """Neither in one session nor in ten, for an hour."""
        body = '{"response":{"errors":[{"code":"250002","message":"Invalid Authentication"}]}}'
        self.simulator.queue_fault("countries", "status", status=401, body=body, times=99)
        for _each in range(10):
            ups = self.ours._ups_session()
            for _call in range(2):
                self.assertEqual(ups.get(HARMLESS_CALL).status_code, 401)
            self.age(minutes=5)
        self.assertEqual(self.simulator.calls("refresh"), 1)

    def test_a_token_that_is_seconds_old_is_not_renewed_because_the_api_refuses_it(self):
        self.authorize()
        self.end_all_tokens()
        self.simulator.forget_requests()
        self.assertEqual(self.ours._ups_session().get(HARMLESS_CALL).status_code, 401)
        self.assertEqual((len(self.seen()), self.simulator.calls("refresh")), (1, 0))

    def test_a_session_ends_when_the_environment_changes(self):
        ups = self.ours._ups_session()
        self.configure(ups_environment="production")
        self.authorize()
        self.end_all_tokens()
        with self.assertRaises(UpsSettingsWrong):
            ups.get(HARMLESS_CALL)

    def test_a_401_of_another_kind_refreshes_nothing(self):
        self.simulator.queue_fault("countries", "status", status=401, body="a proxy")
        self.assertEqual(self.ours._ups_session().get(HARMLESS_CALL).status_code, 401)
        self.assertEqual((len(self.seen()), self.simulator.calls("refresh")), (1, 0))

    def test_a_get_is_repeated_after_an_outage(self):
        for fault in ({"kind": "status", "status": 503}, {"kind": "drop"}):
            with self.subTest(fault):
                self.simulator.forget_requests()
                self.simulator.queue_fault("countries", times=2, **fault)
                self.assertEqual(self.ours._ups_session().get(HARMLESS_CALL).status_code, 200)
                self.assertEqual(len(self.seen()), 3)

    def test_an_outage_that_lasts_is_handed_to_the_caller(self):
        self.simulator.queue_fault("countries", "status", status=503, times=9)
        self.assertEqual(self.ours._ups_session().get(HARMLESS_CALL).status_code, 503)
        self.assertEqual(len(self.seen()), 3)

    def test_a_wait_that_is_too_long_is_handed_to_the_caller(self):
        wait = {"Retry-After": "600"}
        self.simulator.queue_fault("countries", "status", status=429, headers=wait, times=9)
        answer = self.ours._ups_session().get(HARMLESS_CALL)
        self.assertEqual(answer.headers["Retry-After"], "600")
        self.assertEqual(len(self.seen()), 1)

    def test_a_post_is_never_repeated_after_an_outage(self):
        for fault in (
            {"kind": "status", "status": 503},
            {"kind": "drop"},
            {"kind": "drop", "when": "after"},
        ):
            with self.subTest(fault):
                self.simulator.reset()
                self.simulator.queue_fault("refresh", times=9, **fault)
                try:
                    answer = self.ours._ups_session().post("/security/v1/oauth/refresh", data={})
                    self.assertEqual(answer.status_code, 503)
                except requests.ConnectionError:
                    self.assertEqual(fault["kind"], "drop")
                self.assertEqual(self.simulator.calls("refresh"), 1)

    def test_a_post_is_sent_again_with_a_fresh_token(self):
        """UPS carried nothing out: that is not a repetition."""
        body = '{"response":{"errors":[{"code":"250002","message":"Invalid Authentication"}]}}'
        self.simulator.queue_fault("token", "status", status=401, body=body)
        self.ours._ups_session().post("/security/v1/oauth/token", data={"some": "form"})
        forms = [dict(each.form) for each in self.simulator.requests if each.route == "token"]
        self.assertEqual(forms, [{"some": "form"}] * 2)

    def test_the_token_goes_to_ups_only(self):
        ups = self.ours._ups_session()
        for url in (
            "https://evil.example.com/api",
            "//evil.example.com/api",
            self.simulator.base_url.replace("localhost", "127.0.0.1"),
            self.simulator.base_url + "0",
        ):
            with self.subTest(url), self.assertRaises(FixSettings):
                ups.get(url)
        prepared = requests.Request("GET", "https://evil.example.com/api").prepare()
        with self.assertRaises(FixSettings):
            ups.send(prepared)
        self.assertNotIn("Authorization", prepared.headers)
        self.assertFalse(self.simulator.requests)

    def test_a_base_url_with_a_path_keeps_it(self):
        self.startPatcher(patch.dict(os.environ))
        os.environ["UPS_BASE_URL"] += "/ups"
        self.company.ups_connection_ids.base_url = os.environ["UPS_BASE_URL"]
        self.assertEqual(
            self.ours._ups_session().get("/api").url, f"{self.simulator.base_url}/ups/api"
        )

    def test_an_answer_with_many_labels_fits(self):
        label = '"' + "x" * 3_000_000 + '"'
        self.simulator.queue_fault("countries", "status", status=200, body=label)
        self.assertEqual(len(self.ours._ups_session().get(HARMLESS_CALL).json()), 3_000_000)

    def test_a_redirect_is_not_followed(self):
        self.simulator.queue_fault(
            "countries", "status", status=302, headers={"Location": "http://127.0.0.1:9/"}
        )
        self.assertEqual(self.ours._ups_session().get(HARMLESS_CALL).status_code, 302)

    def test_without_an_authorization_there_is_no_session(self):
        with self.assertRaises(UpsReauthorizationNeeded):
            self.other_company._ups_session()

    def test_nothing_of_it_shows_the_token(self):
        ups = self.ours._ups_session()
        shown = f"{ups!r} {vars(ups)} {ups._get_token._token!r}"
        self.assertNotIn(self.company.ups_access_token, shown)


@tagged("post_install", "-at_install")
class TestTheButtonTest(UpsCase):
    def setUp(self):
        super().setUp()
        self.authorize()
        self.startPatcher(patch.object(session, "PAUSES", (0, 0)))

    def press(self):
        context = self.company.with_user(self.admin).action_ups_test()["context"]
        return context["ups_finding_kind"], context["ups_finding"]

    def test_all_is_well(self):
        self.assertEqual(self.press(), ("success", "UPS accepts the authorization of Acme."))

    def test_ups_does_not_accept_the_call(self):
        body = '{"response":{"errors":[{"code":"250002","message":"Invalid Authentication"}]}}'
        self.simulator.queue_fault("countries", "status", status=401, body=body, times=2)
        kind, message = self.press()
        self.assertEqual(kind, "danger")
        self.assertIn("Pickup API is among the products", message)
        self.assertIn("250002 Invalid Authentication", message)

    def test_ups_is_down(self):
        for fault in (
            {"kind": "status", "status": 500},
            {"kind": "drop", "times": 3},
            {"kind": "html", "times": 3},
        ):
            with self.subTest(fault):
                self.simulator.queue_fault("countries", **fault)
                kind, message = self.press()
                self.assertEqual(kind, "warning")
                self.assertIn("Try again in a few minutes", message)

    def test_the_authorization_has_ended(self):
        self.company.ups_connection_ids.access_token_expires_at = fields.Datetime.now()
        self.env.flush_all()
        self.simulator.kill_grants()
        kind, message = self.press()
        self.assertEqual(kind, "danger")
        self.assertIn("has ended", message)

    def test_only_administrators(self):
        employee = self.new_user("ups_employee", "base.group_user")
        with self.assertRaises(AccessError):
            self.company.with_user(employee).action_ups_test()
