from odoo.tests import tagged

from ..exceptions import UpsNothingToDo, UpsReauthorizationNeeded
from .common import AuthorizedCase


@tagged("post_install", "-at_install")
class TestOptOut(AuthorizedCase):
    def opt_out(self, company=None):
        return (company or self.company).with_user(self.admin).action_ups_opt_out()

    def test_it_says_what_it_cannot_do_at_ups_and_twice_is_a_sentence(self):
        self.authorize(self.other_company)
        token = self.company.ups_refresh_token
        self.assertTrue(self.company._ups_get_access_token())
        message = self.opt_out()["context"]["ups_finding"]
        self.assertIn("reset your UPS.com password", message)
        self.assertTrue(self.simulator.is_live_refresh_token(token), "UPS is not told")
        with self.assertRaises(UpsReauthorizationNeeded):  # though this transaction had it open
            self.company._ups_get_access_token()
        with self.assertRaisesRegex(UpsNothingToDo, "nothing to end"):
            self.opt_out()
        self.assertEqual(self.other_company.ups_authorization_state, "authorized")

    def test_it_works_whatever_is_broken(self):
        """UPS is down, the key is lost, the company is archived."""
        self.authorize(self.other_company)
        self.simulator.stop()
        self.addCleanup(self.simulator.start)
        self.company.ups_connection_ids.sealed_refresh_token = "gAAAAnot-ours"
        self.other_company.active = False
        for company in (self.company, self.other_company):
            self.opt_out(company)
            self.assertEqual(company.ups_authorization_state, "not_authorized")

    def test_a_branch_cannot_end_its_parents_authorization(self):
        with self.assertRaisesRegex(UpsNothingToDo, "no UPS authorization of its own"):
            self.opt_out(self.branch)
        self.authorize(self.branch)
        self.opt_out(self.branch)
        self.assertEqual(self.company.ups_authorization_state, "authorized")
        self.assertEqual(self.branch.ups_authorization_company_id, self.company)

    def test_a_branch_is_told_that_it_falls_back_to_its_parent(self):
        self.authorize(self.branch)
        message = self.opt_out(self.branch)["context"]["ups_finding"]
        self.assertIn("It now uses the authorization of Acme", message)
        history = self.branch.with_user(self.admin).action_ups_history()["res_id"]
        self.assertEqual(self.env["ups.connection"].browse(history).company_id, self.branch)
