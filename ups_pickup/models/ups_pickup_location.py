"""Where does UPS collect, and who answers for it?"""

import re
from itertools import chain

import pytz
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..as_typed import as_seen
from ..const import MAX_QUANTITY, OPEN
from ..local_time import is_hour, same_zone
from ..no_number import refuse_no_number
from ..notice import notice
from ..other_companies import hide_names_of_others, refuse_of_others
from ..pickup_api import PickupAddress
from ..pickup_api.countries import COUNTRIES
from ..ups_country import ups_country
from ..words import problem_in_words
from .archiving import named
from .ups_pickup_import import as_it_is, as_usual

ZIP_PLUS_4 = re.compile(r"\d{5}[ -]?\d{4}")
LENGTHS = {"company_name": 27, "contact_name": 22, "phone": 25}


class UpsPickupLocation(models.Model):
    _name = "ups.pickup.location"
    _description = "UPS Pickup Location"
    _inherit = ["mail.thread", "ups.pickup.export", "ups.pickup.archiving"]
    _check_company_auto = True
    _order = "name"
    _ups_keeps_history = True  # ups_pickup_oauth/models/mail_message.py

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    account_id = fields.Many2one(
        "ups.pickup.account",
        required=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self._default_account(),
    )
    partner_id = fields.Many2one(
        "res.partner", string="Address", required=True, check_company=True, ondelete="restrict"
    )
    company_name = fields.Char(
        string="Name at the Door",
        help="The company's name as the driver reads it, 27 characters at the most.",
        compute="_compute_company_name",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    contact_name = fields.Char(
        string="Contact",
        help="Whom the driver asks for, 22 characters at the most.",
        compute="_compute_contact_name",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    phone = fields.Char(compute="_compute_phone", compute_sudo=False, store=True, readonly=False)
    phone_extension = fields.Char()
    room = fields.Char()
    floor = fields.Char()
    pickup_point = fields.Char(
        help="Where the driver finds the packages, in UPS's words, such as Lobby or Warehouse."
        " UPS refuses words that it does not know; empty is always taken."
    )
    is_residential = fields.Boolean(string="Residential")
    is_account_address = fields.Boolean(
        string="Address of the Account",
        help="The address that UPS knows of the account.",
        copy=False,
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Days and Holidays",
        help="Its time zone, working days and holidays. Each location has one of its own.",
        required=True,
        check_company=True,
        ondelete="restrict",
        copy=False,
    )
    tz = fields.Selection(related="calendar_id.tz", string="Time Zone")
    ready_time = fields.Float(string="Ready From", required=True, default=14.0)
    close_time = fields.Float(string="Closes At", required=True, default=17.0)
    cutoff_time = fields.Float(
        string="Cut-Off",
        help="The latest hour at which UPS takes a request for the same day.",
        required=True,
        default=15.0,
    )
    minimum_window = fields.Float(
        string="Least Hours",
        help="How many hours UPS wants between ready and close.",
        required=True,
        default=2.0,
    )
    service_id = fields.Many2one(
        "ups.pickup.service",
        string="Usual Service",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_service(),
    )
    quantity = fields.Integer(string="Usual Pieces", required=True, default=1)
    instruction = fields.Char(string="Instruction for the Driver")
    notification_email = fields.Char(
        string="UPS Confirms To",
        help="One address, or several with commas between them: Odoo writes to all, UPS to the"
        " first.",
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        help="Is asked when nobody knows what became of a pickup.",
        default=lambda self: self.env.user,
    )

    _quantity_is_ups = models.Constraint(
        f"CHECK(quantity BETWEEN 1 AND {MAX_QUANTITY})",
        "The usual pieces of a UPS pickup location are 1 to 999.",
    )
    _calendar_unique = models.Constraint(
        "UNIQUE(calendar_id)",
        "Each UPS pickup location has working days of its own. Choose others, or leave it empty.",
    )

    # === DEFAULTS === #

    @api.model
    def _default_account(self):
        accounts = self.env["ups.pickup.account"].search(
            [("company_id", "=", self.env.company.id)], limit=2
        )
        return accounts if len(accounts) == 1 else False

    @api.model
    def _default_service(self):
        return self.env["ups.pickup.service"].search([("code", "=", "003")], limit=1)

    # One method a field: where a value is given, Odoo computes none of the same method. Not as
    # superuser, or a form that is given a person's private address would show it.

    @api.depends("partner_id")
    def _compute_company_name(self):
        for location in self:
            location.company_name = location._of_contact()["company_name"]

    @api.depends("partner_id")
    def _compute_contact_name(self):
        for location in self:
            location.contact_name = location._of_contact()["contact_name"]

    @api.depends("partner_id")
    def _compute_phone(self):
        for location in self:
            location.phone = location._of_contact()["phone"]

    def _of_contact(self):
        """:return: what the address tells of who is there, where UPS would take it."""
        partner = self.partner_id
        company = _company_of(partner)
        contact = partner.name if partner.name != company else ""
        told = {"company_name": company, "contact_name": contact, "phone": partner.phone}
        return {name: _fitting(value, name) for name, value in told.items()}

    @api.depends("name", "company_id")
    @api.depends_context("lang", "uid")
    def _compute_display_name(self):
        super()._compute_display_name()
        hide_names_of_others(self)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]  # the caller's stay as they are
        for vals in vals_list:
            refuse_no_number(self, vals)
            if not vals.get("calendar_id"):
                vals["calendar_id"] = self._new_calendar(vals).id
            self.browse()._refuse_hours_of_others(vals)
        return super().create(vals_list)

    def copy_data(self, default=None):
        """A copy is told apart by its name, and has working days, holidays and zone of its own."""
        default = dict(default or {})
        vals_list = super().copy_data(default)
        for location, vals in zip(self, vals_list, strict=True):
            if "name" not in default:
                vals["name"] = self.env._("%s (copy)", location.name)
            for name in location._outdated().keys() - default.keys():
                vals.pop(name, None)  # taken over anew, since nobody would notice the old one
            if "calendar_id" not in default:
                # The rule for managers knows the closed days of locations that there are.
                calendar = location.calendar_id.sudo()
                name = self._calendar_name(vals["name"])
                own = {"name": name, "company_id": vals["company_id"]}
                vals["calendar_id"] = calendar.copy(own).id
        return vals_list

    def write(self, vals):
        refuse_no_number(self, vals)
        if "company_id" in vals:
            moved = self.filtered(lambda each: each.company_id.id != vals["company_id"])
            if self.env["ups.pickup"].sudo().search_count([("location_id", "in", moved.ids)], 1):
                raise UserError(
                    self.env._(
                        "This location has pickups of its company, and stays with it. Archive it,"
                        " and make one for the other company."
                    )
                )
            if "calendar_id" not in vals and moved:
                moved.check_access("write")
                moved.calendar_id.sudo()._unused()._move_to_company(vals["company_id"])
        self._refuse_hours_of_others(vals)
        result = super().write(vals)
        refuse_of_others(self, vals, "account_id", "partner_id")
        return result

    @api.model
    def _load_records_create(self, vals_list):
        return super()._load_records_create([as_usual(self, each) for each in vals_list])

    def _load_records_write(self, values):
        return super()._load_records_write(as_it_is(self, values))

    def _needed_by(self):
        open_here = [("location_id", "=", self.id), ("state", "in", OPEN)]
        pickups = self.env["ups.pickup"].sudo().search(open_here)
        return pickups and self.env._(
            "A driver may still come to %(location)s: %(pickups)s. Cancel this first, or wait until"
            " it is over, before you archive the location.",
            location=self.display_name,
            pickups=named(pickups),
        )

    def _refuse_hours_of_others(self, vals):
        calendar = self.env["resource.calendar"].browse(vals.get("calendar_id"))
        if taken := calendar - self.calendar_id:
            taken._check_may_be_a_locations()

    def unlink(self):
        """Its calendar goes too, which would stand in everybody's choice of working hours."""
        calendars = self.sudo().calendar_id
        result = super().unlink()
        calendars._unused()._unlink_with_leaves()
        return result

    @api.model
    def _new_calendar(self, vals):
        """:return: working days as the company has them, in a calendar of the location's own."""
        company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
        name = self._calendar_name(vals.get("name") or company.name)
        partner = self.env["res.partner"].browse(vals.get("partner_id")) or company.partner_id
        vals = {"name": name, "company_id": company.id, "tz": self._zone_of(partner, company)}
        vals["global_leave_ids"] = []  # the company's count anyway, by the clock of each place
        return self.env["resource.calendar"].with_company(company).create(vals)

    @api.model
    def _calendar_name(self, name):
        return self.env._("UPS pickups: %s", name)

    @api.model
    def _zone_of(self, partner, company):
        """:return: the address's time zone: its country's only one, or the likeliest of them."""
        usual = company.sudo().resource_calendar_id.tz
        likely = [zone for zone in (partner.tz, usual, self.env.user.tz) if zone]
        zones = pytz.country_timezones.get(ups_country(partner).code or "", likely)
        known = (zone for zone in likely if zone in zones)
        alike = (same_zone(zone, zones) for zone in likely)
        return next(filter(None, chain(known, alike)), [*zones, "UTC"][0])

    @api.constrains("ready_time", "close_time", "cutoff_time", "minimum_window", "plan_time")
    def _check_hours(self):
        for location in self:
            for name in ("ready_time", "close_time", "cutoff_time", "minimum_window", "plan_time"):
                if not is_hour(location[name]):
                    raise ValidationError(
                        self.env._(
                            "%s must be an hour from 0:00 to 23:59, in whole minutes.",
                            location._label(name),
                        )
                    )

    # === ACTION METHODS === #

    def action_check(self):
        """Name each field that UPS would refuse, before a driver is needed.

        :return: An action that shows the finding.
        :rtype: dict
        :raise UserError: If something is missing, too long or wrong.
        """
        self.ensure_one()
        self.check_access("read")
        pickups = self.env["ups.pickup"].sudo()
        usual = {"location_id": self.id, "line_ids": pickups._usual_lines(self)}
        if problems := pickups.new(usual)._problems():
            raise UserError("\n".join(problems))
        return notice(
            "success", self.env._("UPS can be asked to collect at %s.", self.display_name)
        )

    @api.model
    def action_make_first(self):
        """Make a first location and account from the current company's address.

        :return: An action that opens the location.
        :rtype: dict
        :raise AccessError: If the user may not manage locations.
        """
        location = self._make_first(self.env.company)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": location.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # === BUSINESS METHODS === #

    def _is_in_use(self):
        company = self.sudo().company_id
        company.fetch(["active", "resource_calendar_id"])  # of a hundred columns
        return self.active and company.active

    @api.model
    def _make_first(self, company, account_number=None):
        """Return the company's first location: its address, usual hours, a plan by hand.

        :param res.company company: The company.
        :param str account_number: Of the account to make where the company has none.
        :rtype: ups.pickup.location
        :raise UserError: If there is no account yet and no number.
        """
        self.check_access("create")
        found = self.search([("company_id", "=", company.id)], limit=1)
        return found or self.with_company(company).create(
            {
                "name": company.name,
                "company_id": company.id,
                "partner_id": company.partner_id.id,
                "account_id": self._first_account(company, account_number).id,
                "contact_name": _fitting(self.env.user.name, "contact_name"),
            }
        )

    @api.model
    def _first_account(self, company, number):
        accounts = self.env["ups.pickup.account"]
        account = accounts.search([("company_id", "=", company.id)], limit=1)
        if not account and not number:
            raise UserError(
                self.env._("Which UPS account pays? Enter its number first, in UPS Accounts.")
            )
        if not account and not company.country_id:
            raise UserError(
                self.env._("The address of %s has no country. Enter it first.", company.name)
            )
        return account or accounts.create(
            {
                "name": company.name,
                "company_id": company.id,
                "number": number,
                "country_id": company.country_id.id,
            }
        )

    def _address(self):
        """:return: the address as UPS is told it, by the names of `pickup_api.PickupAddress`."""
        partner = self.partner_id
        known_as, state = ups_country(partner), partner.state_id
        if known_as.code not in COUNTRIES:  # of a territory, UPS has the last word
            known_as = partner.country_id
        if known_as != partner.country_id:
            state = state.browse()
        country = known_as.code or ""
        has_name = country in ("IE", "HK")  # UPS wants the county's, the district's name
        code = state.name if has_name else state.code or ""
        if country == "VN" and code and not code.startswith("VN-"):
            code = f"VN-{code}"
        return {
            "company_name": self.company_name or "",
            "contact_name": self.contact_name or "",
            "street": ", ".join(filter(None, (partner.street, partner.street2))),
            "room": self.room or None,
            "floor": self.floor or None,
            "city": partner.city or "",
            "state": code or None,
            "postal_code": _postal_code(partner.zip, country),
            "country": country,
            "is_residential": self.is_residential,
            "pickup_point": self.pickup_point or None,
            "phone": as_seen(self.phone or ""),
            "phone_extension": self.phone_extension or None,
            # Only where it matters, so that what UPS was told before compares as the same.
            **({} if partner.country_id.zip_required else {"has_postal_codes": False}),
        }

    def _place_problems(self):
        """:return: sentences that name what UPS would refuse of the place."""
        found = PickupAddress(**self._address()).problems()
        problems = [problem_in_words(self.env, problem, self.display_name) for problem in found]
        if not self.account_id.active or self.account_id.company_id != self.company_id:
            problems.append(
                self.env._("Choose the UPS account that pays at %s.", self.display_name)
            )
        return problems

    @api.model
    def _label(self, name):
        return f"“{self._fields[name]._description_string(self.env)}”"


def _company_of(partner):
    return partner.commercial_company_name or partner.commercial_partner_id.name or ""


def _postal_code(code, country):
    """:return: the code within UPS's eight characters: of ZIP+4 the ZIP, others without signs."""
    code = (code or "").strip()
    if country in ("US", "PR"):
        code = code[:5] if ZIP_PLUS_4.fullmatch(code) else code
    elif len(code) > 8:
        code = re.sub(r"[\s.-]", "", code)
    return code or None


def _fitting(text, name):
    """:return: the text if UPS takes it; never cut short, which nobody would notice."""
    return text if text and len(text) <= LENGTHS[name] else False
