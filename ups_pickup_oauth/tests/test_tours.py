from odoo.tests import tagged

from .common import UpsHttpCase


@tagged("post_install", "-at_install")
class TestTours(UpsHttpCase):
    """The steps of UPS's guide, in the browser of Odoo's own tests."""

    def fetch_proxy(self, url):
        """Override of `odoo` to let a person agree at UPS: a tour cannot act on another site."""
        if not url.startswith(self.simulator.base_url):
            return super().fetch_proxy(url)
        back = self.simulator.person_agrees(url)
        return {
            "responseCode": 302,
            "responseHeaders": [{"name": "Location", "value": back}],
            "body": "",
        }

    def walk(self, tour):
        self.env.flush_all()
        self.start_tour(f"/odoo/companies/{self.company.id}", tour, login=self.admin.login)
        self.env.invalidate_all()

    def state(self):
        return self.company.ups_authorization_state

    def test_opt_in(self):
        self.walk("ups_opt_in")
        self.assertEqual(self.state(), "authorized")
        self.assertEqual(self.company.ups_authorized_by_id, self.admin)
        self.assertEqual(self.simulator.calls("token"), 1)

    def test_cancel(self):
        self.walk("ups_cancel")
        self.assertEqual(self.state(), "not_authorized")
        self.assertEqual(self.simulator.calls(), 0)

    def test_test(self):
        self.authorize()
        self.walk("ups_test")
        self.assertEqual(self.simulator.calls("countries"), 1)

    def test_opt_out(self):
        self.authorize()
        self.walk("ups_opt_out")
        self.assertEqual(self.state(), "not_authorized")
        self.assertFalse(self.company.ups_refresh_token)

    def test_opt_out_and_cancel(self):
        self.authorize()
        self.walk("ups_opt_out_cancel")
        self.assertEqual(self.state(), "authorized")
        self.assertTrue(self.simulator.is_live_refresh_token(self.company.ups_refresh_token))
