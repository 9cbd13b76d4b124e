import inspect
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..exceptions import UpsSettingsWrong
from ..live_token import Wish
from ..models import ups_connection_refresh
from ..models.res_company import HARMLESS_CALL
from ..token_flights import flight
from ..ups_client import session
from .common import AuthorizedCase


@tagged("post_install", "-at_install")
class TestSession(AuthorizedCase):
    """What another addon calls UPS with."""

    def setUp(self):
        super().setUp()
        self.age(hours=1)
        self.startPatcher(patch.object(session, "PAUSES", (0, 0)))
        employee = self.new_user("ups_employee", "base.group_user")
        self.ours = self.company.with_user(employee)

    def age(self, **time):
        """Let the authorization have been renewed that long ago."""
        self.env.invalidate_all()
        self.connection.refreshed_on -= timedelta(**time)
        self.env.flush_all()

    def seen(self):
        return [request for request in self.simulator.requests if request.route == "countries"]

    def end_all_tokens(self):
        """The tokens end at UPS before Odoo expects it."""
        self.simulator.expire_access_tokens()

    def test_a_call_carries_what_ups_asks_for(self):
        ups = self.ours._ups_session()
        answer = ups.get(HARMLESS_CALL)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("PickupGetPoliticalDivision1ListResponse", answer.json())
        [request] = self.seen()
        bearer = f"Bearer {self.company.ups_access_token}"
        self.assertEqual(request.headers["Authorization"], bearer)
        self.assertEqual(len(request.headers["transId"]), 32)
        self.assertEqual(request.headers["transactionSrc"], "Odoo")
        self.assertEqual(self.simulator.calls("refresh"), 0)
        held = inspect.getclosurevars(ups._get_token).nonlocals
        shown = f"{ups!r} {vars(ups)} {held}"
        self.assertNotIn(self.company.ups_access_token, shown)

    def test_a_loop_that_outlives_token_after_token(self):
        for pause in ("YOUNG", "REFUSAL_PAUSE"):
            self.startPatcher(patch.object(ups_connection_refresh, pause, timedelta()))
        ups = self.ours._ups_session()
        for _each in range(3):
            self.assertEqual(ups.get(HARMLESS_CALL).status_code, 200)
            self.end_all_tokens()
        self.assertEqual(self.simulator.calls("refresh"), 2)

    def test_a_token_that_ends_during_the_loop_is_renewed_before_it_is_used(self):
        self.simulator.access_token_lifetime = 59  # less than the margin
        self.authorize()
        ups = self.ours._ups_session()
        refreshes = self.simulator.calls("refresh")
        self.assertEqual(ups.get(HARMLESS_CALL).status_code, 200)
        self.assertEqual(self.simulator.calls("refresh"), refreshes + 1)
        self.assertNotIn(401, [request.status for request in self.seen()])

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

    def test_what_another_thread_fetched_does_not_serve_whom_ups_has_refused_it(self):
        flying = flight((self.registry.db_name, self.connection.id, False))
        flying._result, flying._ended_at = self.connection._live_token(), float("inf")
        refused = flying._result.value
        self.assertNotEqual(self.connection._refreshed_token(Wish(refused)).value, refused)

    def test_a_session_ends_when_the_environment_changes(self):
        ups = self.ours._ups_session()
        self.configure(ups_environment="production")
        self.authorize()
        self.end_all_tokens()
        with self.assertRaises(UpsSettingsWrong):
            ups.get(HARMLESS_CALL)


@tagged("post_install", "-at_install")
class TestTheButtonTest(AuthorizedCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(session, "PAUSES", (0, 0)))

    def test_what_it_finds(self):
        bad_token = {"code": "250002", "message": "Invalid Authentication"}
        body = {"response": {"errors": [bad_token]}}
        later = "Try again in a few minutes"
        for fault, kind, words in (
            (None, "success", "UPS accepts the authorization of Acme."),
            ({"status": 401, "body": body}, "danger", "Pickup API is among the products"),
            ({"status": 401, "body": body}, "danger", "250002 Invalid Authentication"),
            ({"status": 500}, "warning", later),
            ({"kind": "drop"}, "warning", later),
            ({"kind": "html"}, "warning", later),
        ):
            with self.subTest(words, fault=fault):
                if fault:
                    fault = {"kind": "status", "times": 3} | fault
                    self.simulator.queue_fault("countries", **fault)
                context = self.company.with_user(self.admin).action_ups_test()["context"]
                self.assertEqual(context["ups_finding_kind"], kind)
                self.assertIn(words, context["ups_finding"])
                self.simulator.clear_faults()
