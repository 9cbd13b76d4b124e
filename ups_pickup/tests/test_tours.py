from odoo.addons.ups_pickup_oauth.tests.common import UpsHttpCase
from odoo.tests import tagged

from .common import ADDRESS
from .ups_pickup_simulator import ACCOUNT, UpsPickupSimulator


@tagged("post_install", "-at_install")
class TestTours(UpsHttpCase):
    """The tour that Odoo shows a newcomer, from the app's icon to the PRN."""

    SIMULATOR = UpsPickupSimulator

    def test_the_first_pickup(self):
        us, new_york = self.env.ref("base.us"), self.env.ref("base.state_us_27")
        self.company.write(ADDRESS | {"name": "Acme", "country_id": us.id, "state_id": new_york.id})
        self.admin.group_ids += self.env.ref("ups_pickup.group_manager")
        self.authorize()
        locations = self.env["ups.pickup.location"].with_user(self.admin)
        location = locations._make_first(self.company, ACCOUNT)
        location.contact_name = "Kim"
        self.env.flush_all()
        self.start_tour("/odoo", "ups_pickup_tour", login=self.admin.login)
        pickup = self.env["ups.pickup"].search([("location_id", "=", location.id)])
        [truck] = self.simulator.trucks()
        self.assertEqual((pickup.state, pickup.prn), ("requested", truck["prn"]))
        self.assertTrue(pickup.price)
