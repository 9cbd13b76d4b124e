"""Who may do what: a clerk needs no administrator, and others get nothing."""

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PickupCase

CLERK = "ups_pickup.group_user"
MANAGER = "ups_pickup.group_manager"
EVERYBODY = {"clerk": True, "manager": True, "employee": False, "portal": False, "elsewhere": False}
COUNTING = EVERYBODY | {"elsewhere": True}  # their own
MANAGERS = EVERYBODY | {"clerk": False}


@tagged("post_install", "-at_install")
class TestRoles(PickupCase):
    def setUp(self):
        super().setUp()
        other_company_id = self.create_company("Elsewhere")
        with self.transaction(SUPERUSER_ID) as env:
            people = {
                "clerk": (CLERK, None),
                "manager": (MANAGER, None),
                "employee": ("base.group_user", None),
                "portal": ("base.group_portal", None),
                "elsewhere": (MANAGER, [other_company_id]),
            }
            self.people = {
                name: self.new_user(env, f"ups_{name}", group, companies).id
                for name, (group, companies) in people.items()
            }

    def test_who_may_do_what(self):
        def pickup(env, action, *args):
            return getattr(env["ups.pickup"].browse(self.pickup_id), action)(*args)

        def location(env):
            return env["ups.pickup.location"].browse(self.location_id)

        def first_pickup(env):
            return env["res.company"].browse(self.company_id).action_ups_first_pickup()

        for name, act, may in (
            ("read", lambda env: pickup(env, "read", ["prn"]), EVERYBODY),
            ("price", lambda env: pickup(env, "action_price"), EVERYBODY),
            ("confirm", lambda env: pickup(env, "action_confirm"), EVERYBODY),
            ("request", lambda env: pickup(env, "action_request"), EVERYBODY),
            ("check", lambda env: pickup(env, "action_check"), EVERYBODY),
            ("again", lambda env: pickup(env, "action_again"), EVERYBODY),
            ("count", lambda env: env["ups.pickup"].overview_counts(), COUNTING),
            ("cancel", lambda env: pickup(env, "action_cancel"), EVERYBODY),
            ("delete", lambda env: pickup(env, "unlink"), MANAGERS),
            ("location", lambda env: location(env).write({"floor": "2"}), MANAGERS),
            ("address", lambda env: location(env).partner_id.write({"street2": "R"}), MANAGERS),
            ("hours", lambda env: location(env).calendar_id.write({"tz": "UTC"}), MANAGERS),
            ("holiday", self.close_a_day, MANAGERS),
            (
                "calendars",
                lambda env: env["resource.calendar"].search([]).read(),
                {"clerk": True, "manager": True, "employee": True},
            ),
            ("account", lambda env: location(env).account_id.write({"name": "A"}), MANAGERS),
            ("first pickup", first_pickup, EVERYBODY),
        ):
            for who, may_he in may.items():
                with self.subTest(action=name, who=who):
                    self.pickup_id = self.draft_for(name)
                    with self.transaction(self.people[who]) as env:
                        if may_he:
                            act(env)
                        else:
                            with self.assertRaises(AccessError):
                                act(env)
                        env.cr.rollback()
                    self.force(self.pickup_id, state="draft", prn=False)

    def draft_for(self, action):
        pickup_id = self.new_pickup()
        if action in ("check", "cancel"):
            self.click(pickup_id)
        if action == "delete":
            self.force(pickup_id, state="done", prn="29ABCDEFGHI")
        if action == "again":
            self.force(pickup_id, state="unsuccessful")
        return pickup_id

    def close_a_day(self, env):
        calendar = env["ups.pickup.location"].browse(self.location_id).calendar_id
        day = {"date_from": "2026-12-25 05:00:00", "date_to": "2026-12-26 04:59:59"}
        own = {"calendar_id": calendar.id, "company_id": calendar.company_id.id}
        env["resource.calendar.leaves"].create(day | own | {"name": "Holiday"})
        env.flush_all()

    def test_an_address_as_ups_wants_it(self):
        for country, state, code, told in (
            ("us", "us_27", "10004-1234", ("US", "NY", "10004", "America/New_York")),
            ("us", "us_pr", "00901-1234", ("PR", None, "00901", "America/Puerto_Rico")),
            ("us", "us_gu", "96910", ("US", "GU", "96910", "Pacific/Guam")),
            ("xi", None, "BT1 1AA", ("GB", None, "BT1 1AA", "Europe/London")),
            ("br", "br_sp", "01310-100", ("BR", "SP", "01310100", "America/Noronha")),
            ("gb", None, " SW1A 1AA ", ("GB", None, "SW1A 1AA", "Europe/London")),
            ("vn", "vn_VN-44", "90000", ("VN", "VN-44", "90000", "Asia/Ho_Chi_Minh")),
        ):
            with self.subTest(told), self.transaction(SUPERUSER_ID) as env:
                where = env["ups.pickup.location"].browse(self.location_id).copy()
                where.partner_id.write(
                    {
                        "country_id": env.ref(f"base.{country.replace('gb', 'uk')}").id,
                        "state_id": state and env.ref(f"base.state_{state}").id,
                        "zip": code,
                    }
                )
                address = where._address()
                zone = where._zone_of(where.partner_id, where.company_id)
                said = address["country"], address["state"], address["postal_code"], zone
                self.assertEqual(said, told)
                env.cr.rollback()

    def test_a_zone_has_many_names(self):
        """A browser's, or one of the first days, which the country's list has not."""
        with self.transaction(SUPERUSER_ID) as env:
            where = env["ups.pickup.location"].browse(self.location_id)
            for country, zone, clock in (
                ("ca", "America/Montreal", "America/Toronto"),
                ("us", "US/Pacific", "America/Los_Angeles"),
                ("us", "America/Phoenix", "America/Phoenix"),
                ("in", "Asia/Calcutta", "Asia/Kolkata"),
                ("de", "US/Pacific", "Europe/Berlin"),
            ):
                there = {"country_id": env.ref(f"base.{country}"), "tz": zone}
                with self.subTest(zone):
                    partner = where.partner_id.new(there)
                    self.assertEqual(where._zone_of(partner, where.company_id), clock)

    def test_the_clock_goes_along_with_an_address_that_is_corrected(self):
        with self.transaction(SUPERUSER_ID) as env:
            where = env["ups.pickup.location"].browse(self.location_id)
            where.partner_id.write({"country_id": False, "state_id": False})
            where.calendar_id.tz = "US/Pacific"
            where.partner_id.country_id = env.ref("base.us")
            self.assertEqual(where.tz, "America/Los_Angeles")
            where.partner_id.country_id = env.ref("base.jp")
            self.assertEqual(where.tz, "Asia/Tokyo")
            # A contact has the address of its company, and so have the others there.
            bolt = env["res.partner"].create({"name": "Bolt", "is_company": True})
            contact = {"parent_id": bolt.id, "type": "contact"}
            where.partner_id, hall = env["res.partner"].create([contact | {"name": "A"}] * 2)
            for partner, country, clock in (
                (bolt, "de", "Europe/Berlin"),
                (hall, "jp", "Asia/Tokyo"),
                (where.partner_id, "us", "America/New_York"),
            ):
                partner.country_id = env.ref(f"base.{country}")
                self.assertEqual(where.tz, clock)
            where.partner_id.state_id = env.ref("base.state_us_pr")
            self.assertEqual(where.tz, "America/Puerto_Rico")
            japan = {"is_company": True, "country_id": env.ref("base.jp").id}
            where.partner_id.parent_id = env["res.partner"].create(japan | {"name": "Nut"})
            self.assertEqual(where.tz, "Asia/Tokyo")
            env.cr.rollback()

    def test_the_first_location_is_one_click(self):
        with self.transaction(self.people["manager"]) as env:
            company = env["res.company"].browse(self.company_ids[0])
            location = env["ups.pickup.location"].browse(self.location_id)
            self.assertEqual(env["ups.pickup.location"]._make_first(company), location)
        with self.transaction(self.people["elsewhere"]) as env:
            with self.assertRaisesRegex(UserError, "has no country"):
                env["ups.pickup.location"]._make_first(env.company, "A1B2C3")
            env.company.partner_id.country_id = env.ref("base.us")
            first = env["ups.pickup.location"]._make_first(env.company, "\u202aa1\u2011b2 c3\u202c")
            self.assertEqual(first.account_id.number, "A1B2C3")
            self.assertEqual((first.plan, first.partner_id), ("manual", env.company.partner_id))
            self.assertNotEqual(first.calendar_id, env.company.resource_calendar_id)
            with self.assertRaisesRegex(UserError, "Contact|Street"):
                first.action_check()
            env.cr.rollback()
