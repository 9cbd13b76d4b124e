"""A row of each model of the pickups, full of words that only its own company's people may read."""

from odoo.addons.ups_pickup_oauth.tests.planted_secrets import MODELS, Planted

from .common import Places
from .ups_pickup_simulator import UpsPickupSimulator

PLANTED, NUMBER = "=planted", "PLNTD1"
PRN = "29PLANTED01"
OF_MAIL = ("message_", "activity_", "my_activity_", "has_message", "website_message_")
IMPLIED = ("internal user", "access rights")
"""Roles that the administrator has, too."""
ELSEWHERE = "manager of another company"


class PlantedPickups(Places, Planted):
    """A clerk and a manager of the company are in `own`; everybody else must get nothing."""

    SIMULATOR = UpsPickupSimulator
    theirs = frozenset((ELSEWHERE, door) for door in ("create", "name_create"))

    def setUp(self):
        super().setUp()
        manager = "ups_pickup.group_manager"
        self.users[ELSEWHERE] = self.new_user("ups_elsewhere", manager, self.other_company)
        if self.env.ref("stock.group_stock_user", raise_if_not_found=False):
            group = "stock.group_stock_user"
            self.users["warehouse"] = self.new_user("ups_warehouse", group, self.company)
        for role in IMPLIED:
            del self.users[role]
        self.lower_roles = tuple(self.users)
        self.own = {
            role: self.new_user(f"ups_{role}", f"{group},base.group_allow_export", self.company)
            for role, group in (("clerk", "ups_pickup.group_user"), ("manager", manager))
        }
        self.company_id, self.admin_id = self.company.id, self.admin.id
        self.models = [
            name
            for name, model in self.env.items()
            if name.startswith("ups.") and name not in MODELS and not model._abstract
        ]
        self.records = self.planted()
        self.assertEqual(set(self.records), set(self.models), "plant a row of a new model")
        self.constants = {
            (door, name)
            for door in ("default_get", "onchange of a new row", "the search panel")
            for model in self.models
            for name in self.env[model]._fields
        }
        self.tables = [self.env[model]._table for model in self.models]
        self.secrets = {PLANTED, NUMBER, PRN}
        self.rows = self.stored_rows()
        self.env.invalidate_all()  # what others must not read is in no cache

    def planted(self):
        """:return: by model, a row of the company's, and the pickup a requested one."""
        env = self.env
        account = self.new_account(env, NUMBER, name=PLANTED)
        self.account_id = account.id
        words = {"name": PLANTED, "instruction": PLANTED, "contact_name": PLANTED, "room": PLANTED}
        location = self.new_location(env, "America/New_York", **words)
        batch = env["ups.pickup.batch"].create(
            {"name": PLANTED, "company_id": self.company_id, "location_ids": location.ids}
        )
        self.draft = env["ups.pickup"].create(
            {"location_id": location.id, "line_ids": env["ups.pickup"]._usual_lines(location)}
        )
        pickup = self.draft.copy()
        words = dict.fromkeys(("reference", "status_message", "problem"), PLANTED)
        booked = {"state": "requested", "prn": PRN, "told": self.draft._telling(), "price": 7.0}
        pickup.write(booked | words | {"batch_id": batch.id})
        if "ups_pickup_id" in getattr(env.get("stock.picking"), "_fields", ()):
            domain = [("company_id", "=", self.company_id), ("code", "=", "outgoing")]
            kind = env["stock.picking.type"].search(domain, limit=1)
            env["stock.picking"].create({"picking_type_id": kind.id, "ups_pickup_id": pickup.id})
        number = env["ups.pickup.number"].create({"pickup_id": pickup.id, "prn": PRN})
        rows = (account, location, batch, pickup, pickup.line_ids, number, location.service_id)
        return {each._name: each for each in rows}

    def fields_of(self, model):
        """:return: this house's fields."""
        return [name for name in super().fields_of(model) if not name.startswith(OF_MAIL)]

    def models_of(self, role):
        """UPS's services are everybody's who manages pickups."""
        if role == ELSEWHERE:
            return [model for model in self.models if model != "ups.pickup.service"]
        return self.models
