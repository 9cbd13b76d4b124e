from odoo.tests import tagged

from .. import messages
from ..settings import ups_settings
from ..ups_client import FixSettings, TryLater
from .common import AuthorizedCase


@tagged("post_install", "-at_install")
class TestLastProblem(AuthorizedCase):
    """What the modal tells of an authorization that cannot be used at the moment."""

    def ask_for_a_token(self):
        """Refresh, as the next transaction does; what came of it is in the database."""
        self.let_it_end()
        self.error_of(self.company._ups_get_access_token)

    def problem(self, company=None):
        self.env.invalidate_all()  # as in the next request
        return (company or self.company).with_user(self.admin).ups_problem

    def test_an_outage_is_told_until_ups_answers_again(self):
        unavailable = {"response": {"errors": [{"code": "10500", "message": "Out of order"}]}}
        self.simulator.queue_fault("refresh", "status", status=503, body=unavailable)
        self.ask_for_a_token()
        self.assertIn("UPS is not available at the moment", self.problem())
        self.assertIn("10500 Out of order", self.problem())
        self.assertIn("Try again in a few minutes", self.problem())
        self.assertTrue(self.company.ups_problem_on)
        self.assertEqual(self.problem(self.branch), self.problem(), "the branch uses it too")
        history = self.connection.with_user(self.admin)
        self.assertEqual(history.problem, self.problem(), "its page tells it too")
        self.assertEqual(history.problem_on, self.company.ups_problem_on)
        self.ask_for_a_token()
        self.assertFalse(self.problem() or self.company.ups_problem_on)

    def test_settings_that_do_not_fit_are_told_without_asking_ups(self):
        self.configure(ups_environment="production")
        self.assertIn("given in UPS's environment Test (CIE)", self.problem())
        self.configure()
        self.forget_application()
        self.assertIn("client ID of your UPS application is missing", self.problem())
        self.configure()
        self.assertFalse(self.problem())
        self.assertEqual(self.simulator.calls(), 0)

    def test_it_reads_the_same_as_when_it_happened(self):
        """It is kept as facts, so that each administrator reads it in their own language."""
        settings = ups_settings(self.env)
        for error in (
            FixSettings("s", setting="client_id", operation="refresh", http_status=401),
            FixSettings("UPS_BASE_URL is no URL", setting="base_url"),
            FixSettings("s", setting="application", http_status=403, ups_code="10403"),
            TryLater("s", operation="refresh"),
            TryLater("s", http_status=429, ups_code="10429", ups_message="Too Many Requests"),
            TryLater("s", http_status=502),
        ):
            with self.subTest(repr(error)):
                kept = messages.recalled(messages.remembered(error))
                self.assertEqual(
                    messages.explain(self.env, kept, settings),
                    messages.explain(self.env, error, settings),
                )
