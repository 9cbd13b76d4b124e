"""Which pickup takes a delivery along?

Nothing is joined inside the transaction that validates, which may run again or roll back: it only
marks the delivery, in the row that it writes anyway. After the commit the marked ones are joined,
in one transaction a location, and what a crash left by the plan's cron.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.ups_pickup.notice import notice
from odoo.addons.ups_pickup.ups_country import ups_country
from odoo.addons.ups_pickup_oauth.own_transaction import LOST_RACE, in_own_transaction
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..by_itself import by_itself
from ..const import (
    FREED,
    JOIN_WAITS,
    LOOK_BACK,
    MOST_TRACKING_NUMBERS,
    OVER,
    OVERWEIGHT,
    TRACKING_NUMBER,
    UPS_CONNECTORS,
)

NOTED = "ups_pickup_delivery"
VALIDATES = "ups_pickup_delivery_validates"

OWN = frozenset(("ups_pickup_id", "ups_pickup_waits", "ups_pickup_waits_since"))
"""What the addon alone writes, as superuser."""

# A hundred transfers have a hundred columns each.
JOINS_BY = (
    "carrier_id", "company_id", "partner_id", "picking_type_id", "ups_pickup_id",
    "ups_pickup_is_weighed", "shipping_weight",
)  # fmt: skip
PIECE_OF = ("picking_id", "result_package_id", "product_id")


class StockPicking(models.Model):
    _inherit = "stock.picking"

    ups_pickup_id = fields.Many2one(
        "ups.pickup",
        string="UPS Pickup",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="ups_pickup.group_user",
    )
    # Customers may read their transfers in the portal, but call no driver off by its PRN.
    ups_pickup_waits = fields.Boolean(
        string="Waits for a UPS Pickup",
        readonly=True,
        copy=False,
        default=False,
        groups="base.group_user",
    )
    # Empty where it waits since its validation: what was freed or left behind, or has got a label
    # later, stands there still, however old it is.
    ups_pickup_waits_since = fields.Datetime(
        string="Waits Again Since",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    # Not related fields: a form that is given another company's pickup would show what it has.
    ups_pickup_prn = fields.Char(
        string="UPS Pickup PRN",
        compute="_compute_ups_pickup",
        search=lambda self, *condition: self._search_ups_pickup("prn", *condition),
        groups="base.group_user",
    )
    ups_pickup_date = fields.Date(
        string="UPS Pickup Date",
        compute="_compute_ups_pickup",
        search=lambda self, *condition: self._search_ups_pickup("pickup_date", *condition),
        groups="base.group_user",
    )
    ups_pickup_state = fields.Selection(
        selection=lambda self: (
            self.env["ups.pickup"]._fields["state"]._description_selection(self.env)
        ),
        string="UPS Pickup State",
        compute="_compute_ups_pickup",
        search=lambda self, *condition: self._search_ups_pickup("state", *condition),
        groups="base.group_user",
    )

    _ups_pickup_waiting = models.Index("(date_done) WHERE ups_pickup_waits")

    @api.depends("ups_pickup_id.prn", "ups_pickup_id.pickup_date", "ups_pickup_id.state")
    def _compute_ups_pickup(self):
        """As superuser: who ships sees when UPS comes, and has no access to pickups."""
        for picking in self:
            pickup = picking._origin.sudo().ups_pickup_id
            picking.ups_pickup_prn = pickup.prn
            picking.ups_pickup_date = pickup.pickup_date
            picking.ups_pickup_state = pickup.state

    @api.model
    def _search_ups_pickup(self, name, operator, value):
        """As superuser, too; a transfer without a pickup has none of it."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        found = Domain(f"ups_pickup_id.{name}", operator, value)
        is_many = isinstance(value, Collection) and not isinstance(value, str)
        if not value or (is_many and False in value):
            found |= Domain("ups_pickup_id", "=", False)
        return Domain("id", "in", self.sudo()._search(found))

    # === WHO WRITES === #

    @api.model
    def default_get(self, fields):
        """Neither a caller's context nor `ir.default`, which anybody writes, says what is OWN."""
        return super().default_get([name for name in fields if name not in OWN])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.browse()._refuse_own(vals)
        return super().create(vals_list)

    def _refuse_own(self, vals):
        """:raise AccessError: if somebody writes what the buttons write, and it is not so yet."""
        for name in () if self.env.su else OWN.intersection(vals):
            field = self._fields[name]
            there = [field.convert_to_write(each[name], each) for each in self.sudo()] or [False]
            if any(each != (vals[name] or False) for each in there):
                raise AccessError(self.env["ups.pickup"]._only_odoo_writes([field]))

    # === VALIDATION === #

    def _action_done(self):
        before = self.filtered(lambda each: each.state == "done")
        # Their labels are bought within it, each by itself.
        result = super(StockPicking, self.with_context(**{VALIDATES: True}))._action_done()
        done = (self - before).filtered(lambda each: each.state == "done")
        waiting = done._for_ups()
        waiting.sudo().write({"ups_pickup_waits": True, "ups_pickup_waits_since": False})
        waiting._note_for_ups(done.filtered(lambda each: each._returns()))
        return result

    def write(self, vals):
        self._refuse_own(vals)
        if self.env.su and vals.get("ups_pickup_waits"):
            vals = {"ups_pickup_waits_since": fields.Datetime.now(), **vals}
        if vals.keys().isdisjoint(("carrier_id", "carrier_tracking_ref", "partner_id")):
            return super().write(vals)
        is_its_label = self.env.context.get(VALIDATES) and "carrier_id" not in vals
        done = self.filtered(lambda each: not is_its_label and each.state == "done")
        if not done:
            return super().write(vals)
        for_ups = done._for_ups()
        result = super().write(vals)
        done._goes_otherwise(for_ups, "carrier_id" in vals)
        if not vals.keys().isdisjoint(("carrier_id", "partner_id")):
            self.env["ups.pickup"]._count_drafts_anew(("picking_id", "in", done.ids))
        return result

    def _goes_otherwise(self, before, by_carrier):
        """Validated ones have got another carrier or label, or their first one.

        :param before: those of them that were for UPS before.
        :param bool by_carrier: whether it is the carrier that was written.
        """
        for_ups = self._for_ups()
        # What a person has put in leaves with its carrier only, whoever that was.
        ((self if by_carrier else before) - for_ups)._leave_after_the_commit()
        new = (for_ups - before).filtered(lambda each: not each.sudo().ups_pickup_id)
        if not by_carrier:
            new._wait_late()
            return
        for location, pickings in new.grouped(lambda each: each._ups_location()).items():
            # What was validated before is corrected for an invoice, say.
            late = [("date_done", ">=", location._last_close())]
            pickings.filtered_domain(late)._wait_late({"ups_pickup_waits_since": False})

    def _wait_late(self, vals=()):
        """Join after the commit, which the validation has not brought about.

        :param vals: more of what is written.
        """
        late = self.sudo()
        late.write({"ups_pickup_waits": True, **dict(vals)})
        late._note_for_ups()

    def send_to_shipper(self):
        """A new label says that it stands there: after the first was refused or cancelled, too.

        Only its own row is written, and it joins after the commit: a conflict here would have the
        carrier's label bought again.
        """
        result = super().send_to_shipper()
        if not self.env.context.get(VALIDATES):
            again = self.sudo().filtered(
                lambda each: (
                    each.state == "done"
                    and (
                        each.ups_pickup_id.state in (False, *OVER) or each.ups_pickup_id.is_settled
                    )
                )
            )
            again._for_ups()._wait_late()
        return result

    def cancel_shipment(self):
        """Its pickup is counted after the commit, as in :meth:`send_to_shipper`."""
        result = super().cancel_shipment()
        self._leave_after_the_commit()
        return result

    def _for_ups(self):
        """:return: the last steps to a customer, with a carrier that UPS collects.

        Goods for another company of the database go by the transit between companies, which is of
        none (odoo/addons/stock, `res.company`).
        """
        carriers = self.carrier_id.filtered(lambda each: each._is_collected_by_ups())
        kinds = self.picking_type_id.filtered(
            lambda each: each.code == "outgoing" and each.sudo().warehouse_id.ups_pickup_location_id
        )
        return self.filtered(
            lambda each: (
                each.carrier_id in carriers
                and each.picking_type_id in kinds
                and each.location_id.usage != "supplier"  # a dropship leaves from elsewhere
                and is_outside(each.location_dest_id)
                and not each._lacks_label()
            )
        )

    def _lacks_label(self):
        """:return: whether its connector was refused one, by which Odoo stops no batch.

        The last step that makes labels says so. It gives its number to the next ones that are there
        by then: to no backorder, and to none that is pushed later (odoo/addons/stock_delivery).
        """
        carrier = self.carrier_id.sudo()
        if (
            carrier.delivery_type not in UPS_CONNECTORS
            or carrier.integration_level != "rate_and_ship"
            or self.carrier_tracking_ref
        ):
            return False
        step = seen = self.sudo()
        while step:
            makers = step.filtered(lambda each: each.picking_type_id.print_label)
            if makers:
                return not any(makers.mapped("carrier_tracking_ref"))
            earlier = step.move_ids.move_orig_ids.picking_id - seen  # returns go in a circle
            step = earlier.filtered(lambda each: each.picking_type_code != "incoming")
            seen |= step
        return False

    def _ups_location(self):
        """:return: its warehouse's, which may be archived: nothing joins there then."""
        return self.sudo().picking_type_id.warehouse_id.ups_pickup_location_id

    def _note_for_ups(self, returns=(), may_make=False):
        """Have these join, and what was returned leave, once this transaction is committed.

        :param returns: transfers that bring goods back.
        :param bool may_make: as for `_join_ups_pickup`.
        """
        if not self and not returns:
            return
        by_location, return_ids, _pickup_ids = self._noted()
        for pickings in self.grouped("picking_type_id").values():
            location = pickings[:1]._ups_location()
            by_location[location.id, may_make].update(pickings.ids)
        return_ids.update(each.id for each in returns)

    @api.model
    def _noted(self):
        """:return: what is seen to after the commit: ids of what joins by location, of returns, and
        of pickups to count anew.
        """
        postcommit = self.env.cr.postcommit
        if NOTED not in postcommit.data:
            postcommit.data[NOTED] = (defaultdict(set), set(), set())
            postcommit.add(lambda: self._after_the_commit(*postcommit.data.pop(NOTED)))
        return postcommit.data[NOTED]

    @api.model
    def _after_the_commit(self, by_location, return_ids, pickup_ids):
        """The validation is over and has succeeded, so nothing may fail it any more."""
        name, works = self._name, []
        if return_ids:
            works.append(lambda env: env[name].browse(return_ids)._take_out())
        if pickup_ids:
            pickups = self.env["ups.pickup"].browse(pickup_ids)
            works.append(lambda env: pickups.with_env(env).exists()._fill_from_deliveries())
        for (location_id, may_make), ids in by_location.items():
            place = location_id, ids, may_make
            works.append(lambda env, place=place: env[name]._join(*place))
        for work in works:
            by_itself(self.env, work, wait=JOIN_WAITS)

    @api.model
    def _join(self, location_id, ids, may_make=False):
        """Have those join at this location that wait of these."""
        # Waits for no disk: what a crash loses of this still waits, and the plan's job sees to it.
        self.env.cr.execute("SET LOCAL synchronous_commit = off")
        waiting = [("id", "in", list(ids)), ("ups_pickup_waits", "=", True)]
        location = self.env["ups.pickup.location"].browse(location_id)
        self.search_fetch(waiting, JOINS_BY, order="id")._join_at(location, may_make)

    # === JOIN AND LEAVE === #

    @api.model
    def _ups_waits_domain(self):
        """A person may have asked for what any carrier ships: that waits, too.

        :return: a domain of what waits since of late, unless its carrier is collected no more.
        """
        lost = self.env["delivery.carrier"]._not_by_ups_any_more()
        of_any = Domain("carrier_id", "=", False) | Domain("carrier_id", "not any", lost)
        return Domain("ups_pickup_waits", "=", True) & self._ups_of_late() & of_any

    @api.model
    def _ups_of_late(self):
        since = fields.Datetime.now() - timedelta(days=LOOK_BACK)
        again = Domain("ups_pickup_waits_since", ">=", since)
        return Domain("date_done", ">=", since) | again

    @api.autovacuum
    def _gc_waiting(self):
        """What nobody collected for so long was handed over otherwise."""
        waits = Domain("ups_pickup_waits", "=", True)
        given_up = self.sudo().search(waits & ~self._ups_of_late())
        given_up.with_context(tracking_disable=True).write({"ups_pickup_waits": False})

    def _join_ups_pickup(self, may_make=False):
        """Join each location's pickup, if there is one or its plan makes one.

        :param bool may_make: make a draft whatever the plan says, since a person asks for it.
        :return: the pickups.
        """
        joined = self.env["ups.pickup"].sudo()
        for location, pickings in self.sudo().grouped(lambda each: each._ups_location()).items():
            joined |= pickings._join_at(location, may_make)
        return joined

    def _join_at(self, location, may_make=False):
        pickup = self.env["ups.pickup"]
        if not self or not location:
            return pickup
        location._lock()
        if location._is_in_use():
            pickup = pickup._for_deliveries(location, may_make)
        if pickup:
            before = self.grouped("ups_pickup_id")
            new = self - before.pop(pickup, self.browse())
            left = pickup.union(*before) - pickup
            for each in left.filtered(lambda each: each.state in FREED):
                each._let_go(before[each])
            for each in left.filtered(lambda each: each.state in OVER):  # they have a new label
                each._leave_behind(before[each])
            # nothing that they track changes, and to find that out takes as long as the rest
            untracked = self.with_context(tracking_disable=True)
            untracked.write({"ups_pickup_id": pickup.id, "ups_pickup_waits": False})
            left._fill_from_deliveries()
            pickup._add_deliveries(new)
        return pickup

    def _leave_ups_pickup(self):
        """Take them out: UPS is not told, the pickup says what has changed."""
        self._cut_off()._fill_from_deliveries()

    def _leave_after_the_commit(self):
        """The same, but only their own rows are written before that."""
        pickups = self._cut_off()
        if pickups:
            self._noted()[-1].update(pickups.ids)

    def _cut_off(self):
        """:return: the pickups that have to be counted anew."""
        own = self.sudo().filtered(lambda each: each.ups_pickup_id or each.ups_pickup_waits)
        # What UPS has collected stays in its pickup's history, even if it was to go once more.
        over = own.filtered(lambda each: each.ups_pickup_id.state in OVER)
        over.filtered("ups_pickup_waits").ups_pickup_waits = False
        own -= over
        pickups = own.ups_pickup_id
        own.write({"ups_pickup_id": False, "ups_pickup_waits": False})
        return pickups

    # === ACTION METHODS === #

    def action_ups_pickup(self):
        """Put the selected deliveries into a pickup, made if missing, and open it.

        :return: An action that opens the pickup, or the list if there are several.
        :rtype: dict
        :raise UserError: If one of them is not validated, its warehouse has no location, or
            UPS cannot be asked to come there on any day.
        """
        self._check_ups_user()
        self._check_can_be_collected()
        ids = self.ids

        def ask(env):
            own = env[self._name].browse(ids)
            return own._ask_for_pickup().ids if own._is_saved() else None

        try:
            pickup_ids = in_own_transaction(self.env, ask, wait=JOIN_WAITS)
        except LOST_RACE:
            pickup_ids = None
        if pickup_ids is None:
            return self._asks_when_saved()
        return self.env["ups.pickup"].browse(pickup_ids)._open()

    def _is_saved(self):
        """:return: whether they are validated, and no other transaction is changing them."""
        free = self.try_lock_for_update(allow_referencing=True)
        return free.filtered(lambda each: each.state == "done") == self

    def _asks_when_saved(self):
        """The caller's transaction has changed them, as an automation rule's at the validation.

        :return: An action that tells so.
        """
        own = self.sudo()._without_driver()
        own.ups_pickup_waits = True
        own._note_for_ups(may_make=True)
        return notice(
            "info",
            self.env._("They are being changed at this moment, and join a pickup after that."),
        )

    def _check_can_be_collected(self):
        gone = self._without_driver()._all_back()
        for picking in self:
            if picking.state != "done" or picking.picking_type_code != "outgoing":
                raise UserError(
                    self.env._(
                        "%s is no validated delivery. Validate it, then request its pickup.",
                        picking.name,
                    )
                )
            if picking in gone:
                raise UserError(
                    self.env._(
                        "Nothing of %s is there any more: it has come back, or was scrapped. Take"
                        " it out of your choice.",
                        picking.name,
                    )
                )
            if not picking._ups_location().active:
                raise UserError(
                    self.env._(
                        "Choose the UPS pickup location of the warehouse %s first.",
                        picking.picking_type_id.warehouse_id.display_name,
                    )
                )

    def _without_driver(self):
        return self.filtered(
            lambda each: each.ups_pickup_waits or not each.ups_pickup_id._may_take_along()
        )

    def _ask_for_pickup(self):
        """:return: the pickups in which they are now.

        :raise UserError: If one of them joins none.
        """
        free = self._without_driver()
        joined = free._join_ups_pickup(may_make=True)
        for left in free.filtered(lambda each: each.ups_pickup_id not in joined):
            location = left._ups_location()
            why = location._day_problem(location._today()) or self.env._(
                "The company %s is archived. UPS collects nothing there.",
                location.company_id.display_name,
            )
            words = f"{left.name}: {why}"
            raise UserError(words)
        return (self - free).ups_pickup_id | joined

    def action_ups_pickup_open(self):
        """:return: An action that opens its pickup."""
        self.ensure_one()
        self._check_ups_user()
        return self.ups_pickup_id._open()

    def action_ups_pickup_leave(self):
        """Take it out of its pickup: it waits for no other one."""
        self._check_ups_user()
        self._leave_ups_pickup()

    def _check_ups_user(self):
        """:raise AccessError: If the user may not request pickups."""
        self.check_access("write")
        if not self.env.user.has_group("ups_pickup.group_user"):
            raise AccessError(
                self.env._("Only users of UPS Pickups may do this. Ask your administrator.")
            )

    # === WHAT THEY BRING === #

    def _ups_pieces(self):
        """A package is one piece, as for a carrier's labels; what is in none is one, too.

        What packages stand in has no label (odoo/addons/stock_delivery, `delivery.carrier`), and a
        reusable box is emptied before that.

        :return: a dict of ``(service, country, weight)`` by package, or by transfer for the rest.
        """
        lines = self._ups_shipped()
        packed = {picking for picking, package, *_what in lines if package}
        if len(lines) > len({picking for picking, *_what in lines}):  # what is one leaves as one
            lines = self._ups_not_back(lines)
        # Of a hundred columns each.
        self.carrier_id.fetch(["ups_pickup_service_id"])
        self.partner_id.fetch(["country_id", "state_id"])
        self.env["product.product"].union(*(line[2] for line in lines)).fetch(["weight"])
        pieces, contents = {}, Counter()
        for picking, package, product, quantity in lines:
            is_box = package and package.package_type_id.package_use != "reusable"
            piece = package if is_box else picking
            service, country = pieces.get(piece, ())[:2] or (
                picking._ups_service(),
                picking._ups_country(),
            )
            contents[piece] += quantity * product.weight
            # An empty box's weight is no word on what is in it.
            tare = package.package_type_id.base_weight if is_box and contents[piece] else 0
            weighed = package.shipping_weight if is_box else picking._ups_weighed(packed)
            pieces[piece] = service, country, weighed or contents[piece] + tare
        return pieces

    def _ups_weighed(self, packed):
        """:return: what a person has entered as its weight; of what has packages, none.

        :param packed: the transfers that have packages, or reusable boxes.
        """
        return self.ups_pickup_is_weighed and self not in packed and self.shipping_weight

    def _ups_shipped(self):
        """:return: rows of transfer, package, product and quantity, in the product's unit."""
        shipped = [("picking_id", "in", self.ids), ("quantity", "!=", 0)]
        lines = self.env["stock.move.line"].sudo()
        return lines._read_group(shipped, PIECE_OF, ["quantity_product_uom:sum"])

    def _ups_packages_of_others(self, pieces):
        """:return: whether others in their pickup have brought a part of these packages."""
        packages = [piece.id for piece in pieces if piece._name == "stock.package"]
        others = [
            ("picking_id.ups_pickup_id", "in", self.ups_pickup_id.ids),
            ("picking_id", "not in", self.ids),
            ("result_package_id", "in", packages),
        ]
        return bool(packages and self.env["stock.move.line"].search_count(others, limit=1))

    def _ups_service(self):
        service = self.carrier_id.ups_pickup_service_id
        if service.active:
            return service  # an archived one is refused
        return (self.ups_pickup_id.location_id or self._ups_location()).service_id

    def _ups_country(self):
        # One after the other: a company's country takes longer than all the rest of a join.
        return (
            ups_country(self.partner_id)
            or ups_country(self.company_id.partner_id)
            or self._ups_location().account_id.country_id
        )

    def _ups_tracking_numbers(self):
        """:return: the 1Z numbers, as many as UPS takes."""
        refs = " ".join(self.mapped(lambda each: each.carrier_tracking_ref or "")).upper()
        return list(dict.fromkeys(TRACKING_NUMBER.findall(refs)))[:MOST_TRACKING_NUMBERS]


def is_outside(location):
    """:return: whether what stands there has left for a customer, or another company."""
    return location.usage == "customer" or (location.usage == "transit" and not location.company_id)


def is_overweight(weight, unit):
    """:return: whether UPS calls a package of that weight overweight."""
    return round(weight, 3) > OVERWEIGHT[unit]  # a sum of floats is a bit above
