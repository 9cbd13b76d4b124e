"""What is a pickup, and who may write which part of it?"""

from odoo import api, fields, models
from odoo.addons.ups_pickup_oauth.settings import environment_to_store, ups_environment
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL, clean_context, format_date

from ..const import OPEN, OPEN_SQL, STATES
from ..no_number import refuse_no_number
from ..other_companies import hide_names_of_others, refuse_of_others

TOLD = frozenset(
    (
        "kind", "location_id", "account_id", "pickup_date", "ready_time", "close_time", "line_ids",
        "weight", "weight_unit", "is_overweight", "instruction", "payment_method",
    )
)  # fmt: skip
"""What UPS is told: it changes in drafts only, whoever writes."""

OWN = frozenset(
    (
        "name", "company_id", "state", "reference", "past_references", "prn", "status_code",
        "status_message", "status_on", "outcome_source", "environment", "told", "price",
        "price_currency_id", "price_day", "priced_on", "priced_for", "problem", "origin",
        "batch_id", "queued_on", "retry_of_id", "claimed_on", "looked_on", "missed_on",
        "state_before", "mailed_on", "quantity", "is_settled", "chosen_where",
    )
)  # fmt: skip
"""What the addon alone writes, as superuser: nobody else, over RPC neither."""


class UpsPickup(models.Model):
    """A request to UPS to collect packages at a location on a day."""

    _name = "ups.pickup"
    _description = "UPS Pickup"
    _inherit = ["mail.thread", "mail.activity.mixin", "ups.pickup.export"]
    _check_company_auto = True
    _order = "pickup_date desc, id desc"
    _rec_names_search = ["name", "prn"]
    _ups_keeps_history = True  # ups_pickup_oauth/models/mail_message.py

    # === WHAT UPS IS TOLD === #

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    kind = fields.Selection(
        [("oncall", "On Call"), ("smart", "Smart Pickup")], required=True, default="oncall"
    )
    location_id = fields.Many2one(
        "ups.pickup.location",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._default_location(),
    )
    company_id = fields.Many2one(
        related="location_id.company_id",
        related_sudo=False,
        store=True,
        precompute=True,
        index=True,
    )
    account_id = fields.Many2one(
        "ups.pickup.account",
        required=True,
        ondelete="restrict",
        check_company=True,
        compute="_compute_account_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    pickup_date = fields.Date(
        help="The location's date.",
        required=True,
        index=True,
        compute="_compute_pickup_date",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
    )
    ready_time = fields.Float(
        string="Ready From",
        help="From when the packages are ready, by the location's clock.",
        compute="_compute_ready_time",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    close_time = fields.Float(
        string="Closes At",
        help="Until when somebody is there, by the location's clock.",
        compute="_compute_close_time",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    tz = fields.Selection(
        related="location_id.calendar_id.tz", related_sudo=False, string="Time Zone"
    )
    line_ids = fields.One2many(
        "ups.pickup.line", "pickup_id", string="Pieces by Service", copy=True
    )
    usual_of_id = fields.Many2one(
        "ups.pickup.location",
        help="Whose usual lines a form has filled in.",
        store=False,
        readonly=True,
    )
    usual_on = fields.Date(
        help="The day whose usual hours a form has filled in.", store=False, readonly=True
    )
    quantity = fields.Integer(string="Pieces", compute="_compute_quantity", store=True)
    weight = fields.Float(help="Of all pieces together; 0 where nobody knows.", digits=(6, 1))
    weight_unit = fields.Selection(
        [("LBS", "lb"), ("KGS", "kg")],
        required=True,
        compute="_compute_weight_unit",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    is_overweight = fields.Boolean(
        string="Overweight", help="Any one package weighs more than 70 lb or 32 kg."
    )
    instruction = fields.Char(
        help="For the driver, 57 characters at the most.",
        compute="_compute_instruction",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    payment_method = fields.Selection(
        [("01", "The account"), ("00", "Nobody: UPS collects free of charge")],
        string="Who Pays",
        required=True,
        compute="_compute_payment_method",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )

    # === WHAT THE ADDON ALONE WRITES === #

    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, index=True
    )
    environment = fields.Selection(
        [("production", "Production"), ("cie", "Test (CIE)")],
        help="The environment of UPS in which it was made.",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: environment_to_store(self.env),
    )
    origin = fields.Selection(
        [
            ("person", "A person"),
            ("plan", "A plan"),
            ("batch", "A batch"),
            ("deliveries", "Deliveries"),
        ],
        string="Made By",
        required=True,
        readonly=True,
        default="person",
        copy=False,
    )
    reference = fields.Char(
        help="The only value of ours that UPS tells again; a new one for each request.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    past_references = fields.Json(readonly=True, copy=False)
    prn = fields.Char(
        string="PRN",
        help="UPS's Pickup Request Number: what the driver and UPS's telephone ask for.",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    told = fields.Json(help="All that UPS was told.", readonly=True, copy=False)
    status_code = fields.Char(string="UPS's Code", readonly=True, copy=False)
    status_message = fields.Char(string="UPS's Status", readonly=True, copy=False)
    status_on = fields.Datetime(string="Last News On", readonly=True, copy=False)
    outcome_source = fields.Selection(
        [("ups", "UPS"), ("unlisted", "No longer listed by UPS"), ("person", "A person")],
        string="Outcome Said By",
        readonly=True,
        copy=False,
    )
    price = fields.Monetary(currency_field="price_currency_id", readonly=True, copy=False)
    price_currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    price_day = fields.Selection(
        [("same", "Same Day"), ("future", "Future Day")], readonly=True, copy=False
    )
    priced_on = fields.Datetime(readonly=True, copy=False)
    priced_for = fields.Json(help="What the price was asked for.", readonly=True, copy=False)
    is_price_stale = fields.Boolean(
        string="Price Is Out of Date",
        help="Date, hours, address or account are others than those that the price was asked for.",
        compute="_compute_is_price_stale",
    )
    problem = fields.Char(
        help="What went wrong the last time, and what to do.",
        translate=True,  # kept by a cron or a colleague, read by whoever opens it
        readonly=True,
        copy=False,
    )
    claimed_on = fields.Datetime(
        help="Since when it is being sent or cancelled.", readonly=True, copy=False
    )
    state_before = fields.Char(
        help="Where it goes back to when UPS refuses to cancel.", readonly=True, copy=False
    )
    looked_on = fields.Datetime(help="When UPS last told its status.", readonly=True, copy=False)
    missed_on = fields.Datetime(
        help="Since when UPS does not list it, on days when it would.", readonly=True, copy=False
    )
    queued_on = fields.Datetime(
        help="Since when the batch waits to request it.", readonly=True, copy=False
    )
    batch_id = fields.Many2one(
        "ups.pickup.batch", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    retry_of_id = fields.Many2one(
        "ups.pickup", string="Again For", readonly=True, copy=False, index="btree_not_null"
    )
    again_ids = fields.One2many("ups.pickup", "retry_of_id", string="Asked Again", readonly=True)
    is_settled = fields.Boolean(
        string="No Other Needed",
        help="It was unsuccessful, and a person has said that no other pickup is needed.",
        readonly=True,
        copy=False,
    )
    sharing_ids = fields.Many2many(
        "ups.pickup",
        string="Shares Its PRN With",
        help="UPS gives the same PRN for the same address and pickup point.",
        compute="_compute_sharing_ids",
    )

    _one_open_oncall = models.UniqueIndex(
        f"(location_id, pickup_date, environment) WHERE kind = 'oncall' AND state IN ({OPEN_SQL})",
        "There is an open pickup for this location and day.",
    )
    _one_open_smart = models.UniqueIndex(
        f"(account_id, pickup_date, environment) WHERE kind = 'smart' AND state IN ({OPEN_SQL})",
        "There is an open Smart Pickup for this account and day.",
    )
    _by_day = models.Index("(pickup_date, location_id, state)")

    # === DEFAULTS AND COMPUTE METHODS === #

    @api.model
    def _default_location(self):
        """:return: the only one, if there is only one."""
        found = self.env["ups.pickup.location"].search(
            [("company_id", "in", self.env.companies.ids)], limit=2
        )
        return found if len(found) == 1 else False

    @api.model
    def _database_weight_unit(self):
        """:return: the unit of the products' weights (odoo/addons/product, `product.template`)."""
        parameter = self.env["ir.config_parameter"].sudo().get_param("product.weight_in_lbs")
        return "LBS" if parameter == "1" else "KGS"

    # What a location usually has is copied when a pickup is made: no later change of the location
    # is ours, and another location takes nothing away that somebody has typed (ups_pickup_usual).
    # Not as superuser, or a form that is given another company's location would show its values.
    # One method a field: where a value is given, Odoo computes none of the same method.

    def _compute_account_id(self):
        for pickup in self:
            pickup.account_id = pickup.location_id.account_id

    def _compute_pickup_date(self):
        for pickup in self:
            pickup.pickup_date = pickup.location_id and pickup.location_id._next_date()

    def _compute_ready_time(self):
        for pickup in self:
            pickup.ready_time = pickup.location_id.ready_time

    def _compute_close_time(self):
        for pickup in self:
            pickup.close_time = pickup._usual_of(pickup.location_id, "close_time")

    def _compute_weight_unit(self):
        for pickup in self:
            pickup.weight_unit = pickup._weight_unit_at(pickup.location_id)

    def _compute_instruction(self):
        for pickup in self:
            pickup.instruction = pickup.location_id.instruction

    @api.depends("account_id")
    def _compute_payment_method(self):
        for pickup in self:
            pickup.payment_method = pickup.account_id.payment_method or "01"

    @api.depends("line_ids.quantity")
    def _compute_quantity(self):
        for pickup in self:
            pickup.quantity = sum(pickup.line_ids.mapped("quantity"))

    def _compute_sharing_ids(self):
        for pickup in self:
            pickup.sharing_ids = pickup._sharing_its_driver()

    @api.depends("name", "location_id", "pickup_date", "company_id")
    @api.depends_context("lang", "uid")
    def _compute_display_name(self):
        for pickup in self:
            day = format_date(self.env, pickup.pickup_date)
            parts = (pickup.name, pickup.location_id.name, day)
            pickup.display_name = " · ".join(part for part in parts if part and part != "/")
        hide_names_of_others(self)

    # === CRUD === #

    @api.model
    def default_get(self, fields):
        """Neither a caller's context nor `ir.default`, which anybody writes, says what is OWN."""
        known = [self._fields[name] for name in fields if name in self._fields]
        own = [field for field in known if self._has_no_default_of_others(field)]
        defaults = super().default_get([field.name for field in known if field not in own])
        return defaults | {field.name: field.default(self) for field in own if field.default}

    @api.model
    def _has_no_default_of_others(self, field):
        # Commands of x2many fields write other rows, as superuser where the addon makes a pickup.
        is_written_along = self.env.su and field.type in ("one2many", "many2many")
        return field.name in OWN or field.groups == NO_ACCESS or is_written_along

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [self._without_own(vals) for vals in vals_list]
        vals_list = [dict(vals) for vals in vals_list]  # the caller's stay as they are
        for vals in vals_list:
            refuse_no_number(self, vals)
            if vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].sudo().next_by_code("ups.pickup") or "/"
        # A context's defaults are for what people make, lines of the pickup too.
        own = self.with_context(clean_context(self.env.context)) if self.env.su else self
        return super(UpsPickup, own).create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._refuse_own(vals)
        refuse_no_number(self, vals)
        is_day_of_ups = self.env.su and self.env.context.get("ups_says_the_day")
        if TOLD.intersection(vals) and not is_day_of_ups:
            self._refuse_unless_draft(vals)
        result = super().write(vals)
        refuse_of_others(self, vals, "location_id", "account_id")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_open(self):
        is_manager = self.env.su or self.env.user.has_group("ups_pickup.group_manager")
        for pickup in self:
            is_unlisted = pickup.state == "unknown" and pickup._may_come_today()
            if pickup.state in OPEN or is_unlisted:
                raise UserError(
                    self.env._(
                        "A driver may come for %s. Cancel it first, then it can be deleted.",
                        pickup.display_name,
                    )
                )
            if pickup._may_come_for_a_lost_request():
                raise UserError(pickup._lost_in_words())
            if pickup._may_be_charged() and not is_manager:
                raise AccessError(
                    self.env._(
                        "UPS has sent a driver for %s, and may charge it: only a manager of UPS"
                        " pickups deletes it.",
                        pickup.display_name,
                    )
                )

    @api.model
    def _without_own(self, vals):
        """:return: the values of a draft; a form sends what it shows, too."""
        harmless = {"state": "draft", "name": "/", "origin": "person"}
        harmless["environment"] = ups_environment(self.env)
        given = {name: vals[name] for name in OWN.intersection(vals) if vals[name]}
        if given.get("company_id"):
            given.pop("company_id")  # the location's, whatever is said
        self._refuse_own(
            {name: value for name, value in given.items() if harmless.get(name) != value}
        )
        return {name: value for name, value in vals.items() if name not in OWN}

    @api.model
    def _refuse_own(self, vals):
        """:raise UserError: if the addon alone writes one of them."""
        if names := sorted(OWN.intersection(vals)):
            raise UserError(self._only_odoo_writes([self._fields[name] for name in names]))

    @api.model
    def _only_odoo_writes(self, fields):
        return self.env._(
            "Only Odoo itself writes this of a UPS pickup: %s. Use the buttons; imports make"
            " drafts.",
            ", ".join(field._description_string(self.env) for field in fields),
        )

    def _refuse_unless_draft(self, vals):
        """:raise UserError: if what UPS was told would change."""
        for pickup in self:
            if pickup.state != "draft":
                changed = pickup._told_changes(vals)
                if changed:
                    raise UserError(
                        self.env._(
                            "UPS was told %(fields)s of %(pickup)s, which cannot be changed. Cancel"
                            " the pickup and make another one with “Again”.",
                            fields=", ".join(changed),
                            pickup=pickup.display_name,
                        )
                    )

    def _told_changes(self, vals):
        changed = []
        for name in sorted(TOLD.intersection(vals)):
            field = self._fields[name]
            if name == "line_ids":
                is_same = not vals[name]
            else:
                value = field.convert_to_cache(vals[name], self)
                is_same = value == field.convert_to_cache(self[name], self)
            if not is_same:
                changed.append(field._description_string(self.env))
        return changed

    def _lines_change(self):
        """Let the request see a change of lines, or the change the request.

        Both write the pickup's row, so that PostgreSQL lets only one of two at once through.

        :raise UserError: if one of them is no draft.
        """
        for pickup in self:
            if pickup.state != "draft":
                pickup._refuse_unless_draft({"line_ids": True})
        if self.ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE ups_pickup SET write_date = write_date WHERE id IN %s", tuple(self.ids)
                ),
                log_exceptions=False,
            )

    # === SMALL QUESTIONS === #

    def _is_at_own_place(self):
        """:return: whether the user may see location and account: a form is given any of them."""
        return self.location_id.has_access("read") and self.account_id.has_access("read")

    def _may_come_today(self):
        """:return: whether UPS has sent a driver, whose day is not over there."""
        return bool(self.prn) and self.pickup_date >= self.location_id._today()

    def _may_be_charged(self):
        return bool(self.prn) and self.state not in ("draft", "cancelled")

    def _may_come_for_a_lost_request(self):
        """:return: whether a draft is looked for at UPS, which nothing does once it is gone."""
        is_lost = self.state == "draft" and self.claimed_on and self.past_references
        day = fields.Date.to_date((self.told or {}).get("date")) or self.pickup_date
        return bool(is_lost) and day >= self.location_id._today()

    def _lost_in_words(self):
        return self.env._(
            "UPS may still send a driver for %s, whose request was lost. Delete it when its day is"
            " over.",
            self.display_name,
        )

    def _with_same_prn(self):
        """:return: the pickups with its PRN, also those of other accounts, companies and days."""
        return self.search([("prn", "=", self.prn), ("environment", "=", self.environment)])

    def _sharing_its_driver(self):
        """:return: the others of its day with its PRN; those that were cancelled need no driver."""
        others = self._with_same_prn() - self if self.prn else self.browse()
        return others.filtered(
            lambda each: each.pickup_date == self.pickup_date and each.state != "cancelled"
        )

    def _names_of(self, others):
        """:return: their names; of other companies' only that there are some."""
        own = others.filtered(lambda each: each.company_id == self.company_id)
        foreign = [self.env._("a pickup of another company")] if others - own else []
        return ", ".join([*own.mapped("name"), *foreign])
