"""What the tests share: places in several time zones, and a UPS with drivers."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

import pytz
from odoo import SUPERUSER_ID
from odoo.addons.ups_pickup_oauth.tests.common import RealTransactionCase
from odoo.addons.ups_pickup_oauth.ups_client import connections, session
from odoo.tests import new_test_user

from .ups_pickup_simulator import ACCOUNT, UpsPickupSimulator

ADDRESS = {
    "name": "Acme Harbour",
    "street": "12 Pier Road",
    "city": "New York",
    "zip": "10004",
    "phone": "+1 212 555 0100",
}
HOURS = {"hour_from": 8, "hour_to": 18, "day_period": "morning"}
EVERY_DAY = [HOURS | {"name": f"{day}", "dayofweek": f"{day}"} for day in range(7)]


def new_account(env, number, company_id, **vals):
    own = {"name": f"Account {number}", "number": number, "company_id": company_id}
    return env["ups.pickup.account"].create(own | {"country_id": env.ref("base.us").id} | vals)


def new_location(env, zone, company_id, account_id, **vals):
    """:return: one in New York, by the clock of the zone."""
    own = {"name": zone, "company_id": company_id}
    where = {"country_id": env.ref("base.us").id, "state_id": env.ref("base.state_us_27").id}
    partner = env["res.partner"].create(own | ADDRESS | where)
    days = [(5, 0, 0), *[(0, 0, day) for day in EVERY_DAY]]
    calendar = env["resource.calendar"].create(own | {"tz": zone, "attendance_ids": days})
    door = {"company_name": "Acme", "contact_name": "Kim", "cutoff_time": 15.0}
    links = {"account_id": account_id, "partner_id": partner.id, "calendar_id": calendar.id}
    return env["ups.pickup.location"].create(own | door | links | vals)


class Places:
    """Mixed in: where nothing is said, `company_id`, `account_id` and `admin_id` are meant."""

    def new_account(self, env, number, company_id=None, **vals):
        return new_account(env, number, company_id or self.company_id, **vals)

    def new_location(self, env, zone, company_id=None, account_id=None, **vals):
        company_id, account_id = company_id or self.company_id, account_id or self.account_id
        vals = {"user_id": self.admin_id} | vals
        return new_location(env, zone, company_id, account_id, **vals)


class PickupCase(Places, RealTransactionCase):
    """Real cursors and commits; what a test commits is deleted after it.

    The clock stands at noon in New York unless a test sets it.
    """

    SIMULATOR = UpsPickupSimulator

    def setUp(self):
        super().setUp()
        self.addCleanup(self.delete_pickups)  # before their companies
        self.user_ids = []
        self.authorize(expired=False)
        self.startPatcher(patch.object(session, "PAUSES", (0, 0)))
        self.startPatcher(patch.object(connections, "READ_TIMEOUT", 2))
        with self.transaction(SUPERUSER_ID) as env:
            env["res.users"].browse(self.admin_id).group_ids += env.ref("ups_pickup.group_manager")
            self.account_id = self.new_account(env, ACCOUNT).id
        self.location_id = self.place("America/New_York")
        self.set_time("2026-11-24 12:00", "America/New_York")

    # === THE CLOCK === #

    def set_time(self, moment, zone):
        """Let it be that local time, for Odoo and for UPS."""
        aware = pytz.timezone(zone).localize(datetime.fromisoformat(moment))
        self.now = aware.astimezone(pytz.utc).replace(tzinfo=None)
        self.simulator.set_time(aware.isoformat())
        if not hasattr(self, "clock"):
            # Odoo's own clock goes on: tokens, locks and sessions have it.
            self.clock = self.startPatcher(
                patch("odoo.addons.ups_pickup.clock.now", lambda: self.now)
            )

    def wait(self, **how_long):
        self.now += timedelta(**how_long)
        self.simulator.set_time(pytz.utc.localize(self.now).isoformat())

    # === WHAT THERE IS === #

    def new_pickup(self, location_id=None, uid=None, **vals):
        """:return: the id of a committed draft."""
        with self.transaction(uid) as env:
            pickups = env["ups.pickup"]
            location = env["ups.pickup.location"].browse(location_id or self.location_id)
            usual = {"location_id": location.id, "line_ids": pickups._usual_lines(location)}
            return pickups.create(usual | vals).id

    def place(self, zone, *others, **vals):
        """:return: the id of a committed location."""
        with self.transaction(SUPERUSER_ID) as env:
            return self.new_location(env, zone, *others, **vals).id

    def set_place(self, **vals):
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup.location"].browse(self.location_id).write(vals)

    def history(self, pickup_id):
        """:return: what was said of it, as HTML, the newest first."""
        with self.transaction(SUPERUSER_ID) as env:
            return [str(each.body) for each in env["ups.pickup"].browse(pickup_id).message_ids]

    def new_user(self, env, login, groups, company_ids=None):
        companies = company_ids or [self.company_id]
        user = new_test_user(
            env, login, groups, company_id=companies[0], company_ids=[(6, 0, companies)]
        )
        self.user_ids.append(user.id)
        return user

    def close(self, *days):
        with self.transaction(SUPERUSER_ID) as env:
            calendar = env["ups.pickup.location"].browse(self.location_id).calendar_id
            vals = {"name": "Closed", "calendar_id": calendar.id}
            hours = [{"date_from": f"{day} 05:00:00", "date_to": f"{day} 23:59:59"} for day in days]
            env["resource.calendar.leaves"].create([vals | each for each in hours])

    # === WHAT PEOPLE DO === #

    def click(self, pickup_id, action="action_request", *args, uid=None, **context):
        """One request of the web client. :return: what its user is told."""
        with self.transaction(uid) as env:
            pickup = env["ups.pickup"].with_context(**context).browse(pickup_id)
            told = getattr(pickup, action)(*args)
            return told.get("params", {}).get("message", "") if isinstance(told, dict) else told

    def run_cron(self):
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup"]._cron_check(parallel=2)

    def new_batch(self, env, date_to, **vals):
        """:return: a batch of the location, from the day on that it is, not filled yet."""
        days = {"date_from": "2026-11-24", "date_to": date_to}
        own = {"company_id": self.company_id, "location_ids": [(6, 0, [self.location_id])]}
        return env["ups.pickup.batch"].create(days | own | vals)

    def request_batch(self, batch_id):
        with self.transaction() as env:
            env["ups.pickup.batch"].browse(batch_id).action_request()

    def run_batches(self):
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup.batch"]._cron_request()

    def booked(self):
        """:return: the id of a requested pickup, and its PRN."""
        pickup_id = self.new_pickup()
        self.click(pickup_id)
        return pickup_id, self.stored_values(pickup_id, "prn")

    def stored_values(self, pickup_id, *names):
        """:return: what is stored, as the next transaction sees it."""
        with self.transaction(SUPERUSER_ID) as env:
            pickup = env["ups.pickup"].browse(pickup_id)
            values = tuple(pickup[name] for name in names)
            return values if len(values) > 1 else values[0]

    def force(self, pickup_id, **vals):
        with self.transaction(SUPERUSER_ID) as env:
            env["ups.pickup"].browse(pickup_id).write(vals)

    def posts(self):
        return self.simulator.calls("request")

    @contextmanager
    def rule(self, state, work):
        """Hook into a state, as an automation rule of another addon does."""
        model = self.registry["ups.pickup"]
        write = model.write

        def write_and_run_rule(pickups, vals):
            write(pickups, vals)
            if vals.get("state") == state:
                work(pickups)

        with patch.object(model, "write", write_and_run_rule):
            yield

    # === AFTERWARDS === #

    def delete_pickups(self):
        with self.transaction(SUPERUSER_ID) as env:
            own = [("company_id", "in", self.company_ids)]
            pickups = env["ups.pickup"].search(own)
            pickups.write({"state": "draft", "claimed_on": False})
            pickups.unlink()
            env["ups.pickup.batch"].search(own).unlink()
            locations = env["ups.pickup.location"].with_context(active_test=False).search(own)
            calendars, partners = locations.calendar_id, locations.partner_id
            locations.unlink()
            self.assertFalse(calendars.exists(), "in everybody's choice of working hours")
            env["ups.pickup.account"].with_context(active_test=False).search(own).unlink()
            partners.unlink()
            users = env["res.users"].browse(self.user_ids).exists()
            users_partners = users.partner_id
            env["mail.activity"].search([("user_id", "in", users.ids)]).unlink()
            users.unlink()
            users_partners.unlink()
