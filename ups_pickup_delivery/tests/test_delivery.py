"""Deliveries in every shape that Odoo has, and the pickup that each ends in.

What the commit does is done here by `commit`; the transactions of their own run in the test's.
"""

from datetime import datetime
from itertools import permutations
from unittest.mock import DEFAULT, patch

from odoo import fields
from odoo.addons.ups_pickup.tests.common import new_account, new_location
from odoo.addons.ups_pickup_delivery.models import stock_picking
from odoo.addons.ups_pickup_oauth.own_transaction import what_goes_along
from odoo.addons.ups_pickup_oauth.settings import ups_settings
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..hooks import uninstall_hook

ADDON = "odoo.addons.ups_pickup_delivery"
NOON = datetime(2026, 11, 24, 17, 0)  # 12:00 in New York, a Tuesday
EVENING = datetime(2026, 11, 24, 23, 0)
NEXT_DAY = datetime(2026, 11, 25, 14, 0)
TEN_DAYS_LATER = datetime(2026, 12, 4, 17, 0)


@tagged("post_install", "-at_install")
class TestDelivery(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "A"})
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        cls.warehouse, cls.location = cls.new_place(company)
        cls.carrier = cls.new_carrier("003")
        cls.product = cls.env["product.product"].create(
            {"name": "Box", "is_storable": True, "weight": 2.0}
        )
        customers = cls.env["res.partner"].create(
            [{"name": code, "country_id": cls.env.ref(f"base.{code}").id} for code in ("us", "de")]
        )
        cls.customer, cls.abroad = customers

    def setUp(self):
        super().setUp()
        self.set_time(NOON)
        for module in ("models.stock_picking", "by_itself"):
            self.startPatcher(patch(f"{ADDON}.{module}.in_own_transaction", self.in_this))

    def in_this(self, env, work, **_how):
        """What happens in a transaction of its own, in the test's."""
        with env.cr.savepoint():
            return work(env(su=True, context=what_goes_along(env.context)))

    def set_time(self, moment):
        self.startPatcher(patch("odoo.addons.ups_pickup.clock.now", lambda: moment))
        self.startPatcher(patch.object(fields.Datetime, "now", lambda *_args: moment))

    # === WHAT THERE IS === #

    @classmethod
    def new_place(cls, company):
        cls.env.user.company_ids += company
        account = new_account(cls.env, "SIM001", company.id)
        location = new_location(
            cls.env, "America/New_York", company.id, account.id, plan="when_packages"
        )
        warehouse = cls.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        warehouse.ups_pickup_location_id = location
        return warehouse, location

    @classmethod
    def new_carrier(cls, code):
        product = cls.env["product.product"].create({"name": "Shipping", "type": "service"})
        service = cls.env["ups.pickup.service"].search([("code", "=", code)])
        vals = {"product_id": product.id, "ups_pickup_service_id": service.id}
        return cls.env["delivery.carrier"].create(vals | {"name": f"UPS {code}"})

    def delivery(self, quantity=1, warehouse=None, **vals):
        """:return: a confirmed delivery whose goods are there."""
        warehouse, uom = warehouse or self.warehouse, vals.pop("uom", self.product.uom_id)
        kind = vals.pop("kind", warehouse.out_type_id)
        source = kind.default_location_src_id
        self.env["stock.quant"]._update_available_quantity(
            self.product, source, uom._compute_quantity(quantity, self.product.uom_id)
        )
        way = {"location_id": source.id, "location_dest_id": kind.default_location_dest_id.id}
        goods = {"product_id": self.product.id, "company_id": warehouse.company_id.id}
        move = way | goods | {"product_uom_qty": quantity, "product_uom": uom.id}
        who = {"partner_id": self.customer.id, "carrier_id": self.carrier.id}
        made = way | who | {"picking_type_id": kind.id, "move_ids": [(0, 0, move)]}
        picking = self.env["stock.picking"].create(made | vals)
        picking.action_confirm()
        picking.action_assign()
        return picking

    def packed(self, *weights, **vals):
        """:return: a delivery with a package for each shipping weight."""
        picking = self.delivery(len(weights), **vals)
        line = picking.move_line_ids
        line.quantity = 1
        for _more in weights[1:]:
            picking.move_line_ids |= line.copy({"quantity": 1, "picking_id": picking.id})
        for weight, each in zip(weights, picking.move_line_ids, strict=True):
            each.result_package_id = self.env["stock.package"].create({"shipping_weight": weight})
        return picking

    # === WHAT PEOPLE DO === #

    def back(self, picking, quantity, *package):
        """:return: a return of it, not yet validated."""
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = quantity
        back = wizard._create_return()
        if package:
            back.move_line_ids.package_id = back.move_line_ids.result_package_id = package[0]
        return back

    def scrap(self, picking, package):
        vals = {"picking_id": picking.id, "package_id": package and package.id, "scrap_qty": 1}
        self.env["stock.scrap"].create(vals | {"product_id": self.product.id}).do_scrap()

    def validate(self, *pickings):
        for picking in pickings:
            picking.move_ids.picked = True
            picking.with_context(skip_backorder=True)._action_done()
        return pickings[0]

    def commit(self):
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.env.invalidate_all()

    def ship(self, *pickings):
        self.validate(*pickings)
        self.commit()
        return pickings[0].sudo().ups_pickup_id

    def cron(self):
        pickups, crons = self.env["ups.pickup"].sudo(), self.env["ir.cron"]
        with (
            patch.object(type(crons), "_commit_progress", return_value=60),
            patch.multiple(type(pickups), _plan=DEFAULT, _plan_missed=DEFAULT),  # UPS, and people
        ):
            pickups._cron_plan()
        self.env.invalidate_all()

    def request(self, pickup):
        pickup._own_write({"state": "requested", "prn": "2929", "told": pickup._telling()})

    def lines(self, pickup):
        return sorted(
            (line.service_id.code, line.destination_country_id.code, line.quantity)
            for line in pickup.line_ids
        )

    # === TESTS === #

    def test_what_each_delivery_brings(self):
        def us(quantity):
            return [("003", "US", quantity)]

        shared = self.packed(3), self.packed(3)
        shared[1].move_line_ids.result_package_id = shared[0].move_line_ids.result_package_id
        mixed = self.packed(3, 4)
        mixed.move_line_ids[0].result_package_id = False
        dozen = self.env.ref("uom.product_uom_dozen")
        three = [
            self.delivery(),
            self.delivery(partner_id=self.abroad.id),
            self.delivery(carrier_id=self.new_carrier("001").id),
        ]
        by_kind = [("001", "US", 1), ("003", "DE", 1), ("003", "US", 1)]
        inner, outer = self.packed(3, 4), self.env["stock.package"].create({"shipping_weight": 9})
        inner.move_line_ids.result_package_id.package_dest_id = outer
        box = self.env["stock.package.type"].create({"name": "Tote", "package_use": "reusable"})
        tote = self.env["stock.package"].create({"package_type_id": box.id, "shipping_weight": 40})
        emptied = [self.delivery(), self.delivery()]
        for each in emptied:
            each.move_line_ids.result_package_id = tote
        weighed = self.delivery(3)
        weighed.shipping_weight = 45
        for name, pickings, lines, weight, is_overweight in (
            ("no package", [self.delivery(5)], us(1), 10, False),
            ("two packages", [self.packed(3, 4)], us(2), 7, False),
            ("loose and packed", [mixed], us(2), 6, False),
            ("a package of two transfers", shared, us(1), 3, False),
            ("packages in a package", [inner], us(2), 7, False),
            ("in the same box, one after the other", emptied, us(2), 4, False),
            ("weighed as a whole", [weighed], us(1), 45, True),
            ("two dozen, loose", [self.delivery(2, uom=dozen)], us(1), 48, True),
            ("32 kg", [self.packed(32)], us(1), 32, False),
            ("above", [self.packed(32.1)], us(1), 32.1, True),
            ("more than UPS takes", [self.packed(5000, 5000)], us(2), 0, True),
            ("by service and country", three, by_kind, 6, False),
            ("no country", [self.delivery(partner_id=False)], None, 2, False),
        ):
            with self.subTest(name):
                pickup = self.ship(*pickings)
                self.assertEqual((pickup.state, pickup.origin), ("draft", "deliveries"))
                if lines:
                    self.assertEqual(self.lines(pickup), lines)
                self.assertAlmostEqual(pickup.weight, weight)
                self.assertEqual((pickup.weight_unit, pickup.is_overweight), ("KGS", is_overweight))
                pickup.picking_ids._leave_ups_pickup()
                self.assertFalse(pickup.line_ids)

    def test_pounds_and_what_lacks_a_weight(self):
        self.env["ir.config_parameter"].set_param("product.weight_in_lbs", "1")
        self.product.weight = 0
        packed = self.packed(70, 0, -5)
        packed.move_line_ids.result_package_id.package_type_id = self.env[
            "stock.package.type"
        ].create({"name": "A box is no word on what is in it", "base_weight": 2})
        pickup = self.ship(packed)
        self.assertEqual((pickup.weight_unit, pickup.weight), ("LBS", 0))
        self.assertEqual((pickup.delivery_pieces, pickup.delivery_unweighed), (3, 2))
        self.assertFalse(pickup.is_overweight)
        self.assertFalse(stock_picking.is_overweight(sum([1.6] * 20), "KGS"))
        self.assertTrue(self.ship(self.packed(70.1)).is_overweight)
        self.assertEqual((pickup.weight, pickup.delivery_unweighed), (0, 2))
        action = pickup.action_unweighed()
        package = self.env[action["res_model"]].search(action["domain"])
        package.shipping_weight = 0.04
        self.assertEqual((pickup.weight, pickup.delivery_unweighed), (140.2, 0))
        for _one_by_one in range(3):
            self.ship(self.packed(0.04))
        self.assertEqual(pickup.weight, 140.3)

    def test_what_changes_after_it_has_joined(self):
        other, not_ups = self.new_carrier("001"), self.new_carrier(False)
        service = other.ups_pickup_service_id
        usual = self.new_carrier("002").ups_pickup_service_id
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.abroad.id})
        france = self.env.ref("base.fr")
        for name, change, lines, weight in (
            ("another address", {"partner_id": contact.id}, [("003", "DE", 2)], 7),
            (
                "the address moves",
                lambda picking: (
                    picking.write({"partner_id": contact.id}),
                    self.abroad.write({"country_id": france.id}),
                ),
                [("003", "FR", 2)],
                7,
            ),
            ("goes another way", {"carrier_id": other.id}, [("001", "US", 2)], 7),
            ("not by UPS", {"carrier_id": not_ups.id}, [], 0),
            (
                "the delivery method",
                lambda _picking: self.carrier.write({"ups_pickup_service_id": service.id}),
                [("001", "US", 2)],
                7,
            ),
            (
                "in one package",
                lambda picking: picking.move_line_ids.write(
                    {"result_package_id": picking.move_line_ids.result_package_id[0].id}
                ),
                [("001", "US", 1)],
                4,
            ),
            (
                "in none",
                lambda picking: picking.move_line_ids.write({"result_package_id": False}),
                [("001", "US", 1)],
                4,
            ),
            (
                "weighed as a whole",
                lambda picking: (
                    picking.move_line_ids.write({"result_package_id": False}),
                    picking.write({"shipping_weight": 12}),
                ),
                [("001", "US", 1)],
                12,
            ),
            (
                "a product weighed",
                lambda picking: (
                    picking.move_line_ids.write({"result_package_id": False}),
                    self.product.write({"weight": 5}),
                ),
                [("001", "US", 1)],
                10,
            ),
            (
                "the service archived",
                lambda _picking: service.write({"active": False}),
                [("003", "US", 2)],
                7,
            ),
            (
                "the location's usual service",
                lambda _picking: self.location.write({"service_id": usual.id}),
                [("002", "US", 2)],
                7,
            ),
            (
                "not collected any more",
                lambda _picking: self.carrier.write({"ups_pickup_service_id": False}),
                [],
                0,
            ),
        ):
            with self.subTest(name):
                picking = self.packed(3, 4).with_context(default_container="letter")
                pickup = self.ship(picking)
                picking.write(change) if isinstance(change, dict) else change(picking)
                self.commit()
                self.assertEqual(self.lines(pickup), lines)
                self.assertEqual(pickup.line_ids, pickup._delivered_lines())
                self.assertAlmostEqual(pickup.weight, weight)
                self.assertEqual(bool(picking.ups_pickup_id), bool(lines))
                picking._leave_ups_pickup()

    def test_what_joins_later_counts_a_common_package_once(self):
        first, second = self.packed(3), self.packed(3)
        second.move_line_ids.result_package_id = first.move_line_ids.result_package_id
        for picking in (self.delivery(), first, second):
            pickup = self.ship(picking)
        self.assertEqual(self.lines(pickup), [("003", "US", 2)])
        self.assertEqual((pickup.delivery_pieces, pickup.weight), (2, 5))

    def test_a_connectors_carrier_needs_no_service_and_up_to_thirty_numbers_are_told(self):
        """Their modules are not here: the column says what theirs would say."""
        carrier = self.new_carrier(False)
        carrier.prod_environment = True
        numbers = [f"1Z{number:016}" for number in range(31)]
        for kind in ("ups", "ups_rest", "ups_oca"):
            self.env.cr.execute(
                "UPDATE delivery_carrier SET delivery_type = %s WHERE id = %s", [kind, carrier.id]
            )
            carrier.invalidate_recordset()
            picking = self.delivery(carrier_id=carrier.id, carrier_tracking_ref=",".join(numbers))
            pickup = self.ship(picking)
            self.assertEqual(self.lines(pickup), [("003", "US", 1)], kind)
            self.assertEqual(pickup._telling()["tracking_numbers"], numbers[:30])
            picking._leave_ups_pickup()
        # In Odoo's test environment it prints samples, for which no real driver is asked.
        for is_real in (True, False):
            carrier.prod_environment = is_real
            for environment, joins in (("production", is_real), ("cie", True)):
                with patch.dict("os.environ", {"UPS_ENVIRONMENT": environment}):
                    self.assertEqual(carrier._is_collected_by_ups(), joins, environment)

    def test_goods_for_another_company_and_for_puerto_rico(self):
        transit = self.env.ref("stock.stock_location_inter_company")
        self.customer.state_id = self.env.ref("base.state_us_pr")
        pickup = self.ship(self.delivery(location_dest_id=transit.id))
        self.assertEqual(self.lines(pickup), [("003", "PR", 1)])
        self.location.partner_id.state_id = self.customer.state_id
        [(_create, _id, line)] = pickup._usual_lines(self.location)
        self.assertEqual(line["destination_country_id"], self.env.ref("base.pr").id)

    def test_letters_that_a_person_adds_stay(self):
        pickup = self.ship(self.packed(3))
        [line] = pickup.line_ids
        letters = line.copy({"container": "letter", "quantity": 3, "pickup_id": pickup.id})
        self.assertEqual(self.ship(self.packed(4, 5)), pickup)
        pickup._fill_from_deliveries()
        self.assertEqual((line.quantity, letters.quantity), (3, 3))

    def test_who_does_not_wait_for_ups(self):
        other = self.new_carrier("003")
        other.ups_pickup_service_id = False
        back = self.warehouse.in_type_id
        inside = self.warehouse.int_type_id
        supplier = self.env.ref("stock.stock_location_suppliers").id
        for name, vals in (
            ("another carrier", {"carrier_id": other.id}),
            ("no carrier", {"carrier_id": False}),
            ("a step inside", {"kind": inside}),
            ("received", {"kind": back}),
            ("back to the supplier", {"location_dest_id": supplier}),
            ("a dropship", {"location_id": supplier}),
        ):
            with self.subTest(name):
                picking = self.delivery(**vals)
                self.assertFalse(self.ship(picking))
                self.assertFalse(picking.ups_pickup_waits)

    def test_only_the_last_of_three_steps_counts(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        kinds = self.warehouse.pick_type_id, self.warehouse.pack_type_id
        for kind in kinds:
            self.assertFalse(self.ship(self.delivery(kind=kind)))
        self.assertEqual(self.ship(self.delivery()).quantity, 1)

    def test_a_backorder_comes_by_itself(self):
        picking = self.delivery(3)
        picking.move_ids.quantity = 1
        pickup = self.ship(picking)
        self.assertEqual(pickup.quantity, 1)
        rest = picking.backorder_ids
        self.assertFalse(rest.ups_pickup_id or rest.ups_pickup_waits)
        rest.action_assign()
        self.assertEqual(self.ship(rest), pickup)
        self.assertEqual(pickup.quantity, 2)

    def test_each_company_has_its_own(self):
        warehouse, location = self.new_place(self.env["res.company"].create({"name": "B"}))
        both = self.location | location
        self.env = self.env(context={"allowed_company_ids": both.company_id.ids})
        mine = self.delivery()
        theirs = self.delivery(warehouse=warehouse)
        self.ship(mine, theirs)
        self.assertEqual((mine | theirs).ups_pickup_id.location_id, both)
        (mine | theirs)._leave_ups_pickup()
        location.minimum_window = 9
        with self.assertRaisesRegex(UserError, f"{theirs.name}: .* wants 09:00 h"):
            (mine | theirs).action_ups_pickup()
        self.assertFalse(mine.ups_pickup_id)

    def test_what_fails_at_one_location_stops_no_other(self):
        """Neither after a validation nor in the cron, and the one that fails comes first."""
        warehouse, location = self.new_place(self.env["res.company"].create({"name": "B"}))
        both = (self.location | location).company_id.ids
        self.env = self.env(context={"allowed_company_ids": both})
        pickings = self.delivery() | self.delivery(warehouse=warehouse)
        create = type(self.env["ups.pickup"])._new_for_deliveries

        def fails(pickups, at, day):
            if at == self.location:
                pickups.env.cr.execute("SELECT 1 / 0", log_exceptions=False)
            return create(pickups, at, day)

        with (
            patch.object(type(self.env["ups.pickup"]), "_new_for_deliveries", fails),
            self.assertLogs(f"{ADDON}.by_itself", "WARNING") as logs,
        ):
            self.ship(*pickings)
            self.assertEqual(pickings.ups_pickup_id.location_id, location)
            pickings._leave_ups_pickup()
            pickings.ups_pickup_waits = True
            self.cron()
        self.assertEqual(pickings.ups_pickup_id.location_id, location)
        self.assertEqual(len(logs.output), 2)
        self.cron()
        self.assertEqual(pickings.ups_pickup_id.location_id, self.location | location)

    def test_a_deleted_pickup_frees_what_still_stands_there(self):
        for state, environment, waits in (
            ("draft", "production", True),
            ("unsuccessful", "production", True),
            ("done", "production", False),
            ("unsuccessful", "cie", False),
        ):
            picking = self.delivery()
            pickup = self.ship(picking)
            pickup._own_write({"state": state, "environment": environment})
            if environment == "cie":
                self.cron()
            pickup.unlink()
            self.assertEqual(picking.ups_pickup_waits, waits, (state, environment))
            self.assertFalse(picking.ups_pickup_id)
            picking.ups_pickup_waits = False
        companies = {"company_id": self.location.company_id.id}
        companies["company_ids"] = [(6, 0, self.location.company_id.ids)]
        clerk = new_test_user(self.env, "deletes", "ups_pickup.group_user", **companies)
        pickup = self.ship(picking := self.delivery()).with_user(clerk)
        with self.assertRaisesRegex(UserError, "Take its transfers out"):
            pickup.unlink()
        self.location.plan = "manual"
        pickup.unlink()
        self.assertTrue(picking.ups_pickup_waits)

    def test_a_draft_once_more_has_what_joined_or_left_while_it_was_sent(self):
        for back in (
            lambda pickup: pickup._back_to_draft(lambda _own: "Refused"),
            lambda pickup: pickup._none_says_a_person(),
            lambda pickup: pickup._missed_twice(),
        ):
            pickup = self.ship(picking := self.delivery())
            pickup._own_write({"state": "unconfirmed", "told": pickup._telling()})
            self.ship(self.packed(3, 4))
            picking._leave_ups_pickup()
            back(pickup)
            self.assertEqual((pickup.state, pickup.quantity, pickup.weight), ("draft", 2, 7))
            pickup.picking_ids._leave_ups_pickup()

    def test_told_five_now_six(self):
        first = self.delivery()
        pickup = self.ship(first, *[self.delivery() for _ in range(4)])
        self.request(pickup)
        self.assertFalse(pickup.delivery_news)
        last = self.delivery()
        self.assertEqual(self.ship(last), pickup)
        self.assertEqual(pickup.delivery_news, "UPS was told 5, now 6")
        self.assertEqual(pickup.quantity, 5)
        with patch.object(type(self.carrier), "cancel_shipment"):
            (last | first).cancel_shipment()
        self.commit()
        self.assertEqual(pickup.delivery_news, "UPS was told 5, now 4")
        last.send_to_shipper()  # with another label
        self.commit()
        self.assertEqual((last.ups_pickup_id, pickup.delivery_news), (pickup, False))
        pickup.picking_ids.action_ups_pickup_leave()
        self.env.invalidate_all()
        self.assertFalse(pickup.delivery_news)
        self.assertIn("Cancel the pickup", pickup.changed_in_words)

    def test_what_people_have_entered_stays_and_what_joins_is_added(self):
        entered = {"is_overweight": True, "weight": 55}
        pounds = {"weight": 121, "weight_unit": "LBS"}
        for name, vals, joins, weight, unit, is_over in (
            ("nothing", {}, 1, 8, "KGS", False),
            ("a pallet", entered, 1, 56, "KGS", True),
            ("in pounds", pounds, 10, 143, "LBS", False),
            ("no weight", {"weight": 0}, 1, 0, "KGS", False),
            ("no weight, and a heavy one", {"weight": 0}, 40, 0, "KGS", True),
            ("more than UPS takes", {"weight": 9999}, 1, 0, "KGS", False),
        ):
            with self.subTest(name):
                first = self.packed(3, 4)
                pickup = self.ship(first)
                pickup.write(vals)
                pickup.line_ids.quantity = 5
                self.commit()
                self.ship(self.packed(joins))
                self.assertEqual((pickup.quantity, pickup.weight_unit), (6, unit))
                self.assertEqual((pickup.weight, pickup.is_overweight), (weight, is_over))
                first._leave_ups_pickup()
                self.assertEqual((pickup.quantity, pickup.weight), (1, joins))
                history = pickup.message_ids[0].body
                self.assertIn("somebody had entered: Pieces 6", history)
                self.assertEqual("Weight 56 kg" in history, vals == entered)
                pickup.picking_ids._leave_ups_pickup()
                self.assertFalse(pickup.is_overweight)
        pickup = self.ship(one := self.packed(3), self.packed(4))
        pickup.write(entered)
        one.move_line_ids.result_package_id.shipping_weight = 3  # as it was
        self.assertEqual((pickup.weight, pickup.is_overweight), (55, True))

    def test_more_pieces_than_a_line_takes(self):
        kind = self.carrier.ups_pickup_service_id, self.env.ref("base.us")
        for total, lines in ((999, [999]), (1000, [1, 999]), (2001, [3, 999, 999])):
            pickup = self.ship(self.delivery())
            pieces = dict.fromkeys(range(total), (*kind, 1))
            with patch.object(type(pickup.picking_ids), "_ups_pieces", lambda _each, p=pieces: p):
                pickup._fill_from_deliveries()
            self.assertEqual(sorted(pickup.line_ids.mapped("quantity")), lines)

    def test_what_comes_back_or_is_scrapped_leaves(self):
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, 1
        )
        kind, other = self.warehouse.out_type_id, self.new_carrier("001")
        scrapped = self.packed(3, 4)
        self.scrap(scrapped, False)
        for name, picking, changes, brought in (
            ("loose", self.delivery(2), [[1], [1]], [(1, 4), (0, 0)]),
            ("Odoo names packages", self.packed(4, 4, 4), [[2]], [(1, 4)]),
            ("a person names one", self.packed(3, 4), [[1, 1], [1, 0]], [(1, 3), (0, 0)]),
            ("nobody does", self.packed(3, 4), [[1, None], [1, None]], [(2, 7), (0, 0)]),
            ("scrapped before and after", scrapped, [["scrap", 0]], [(1, 4)]),
            ("and again", self.packed(3, 4), [[1, 0], ["again"]], [(1, 4), (2, 7)]),
        ):
            with self.subTest(name):
                packages = picking.move_line_ids.result_package_id.sorted("id")
                if kind.return_picking_type_id and name == "nobody does":
                    kind.return_picking_type_id = False
                pickup, last = self.ship(picking), picking
                for (what, *package), (pieces, weight) in zip(changes, brought, strict=True):
                    named = [each is not None and packages[each] for each in package]
                    if what == "scrap":
                        self.scrap(picking, *named)
                    elif what == "again":
                        again = self.back(last, 1)
                        again.carrier_id = other
                        self.ship(again)
                    else:
                        last = self.back(picking, what, *named)
                        self.ship(last)
                    self.assertEqual((pickup.quantity, pickup.weight), (pieces, weight))
                self.assertEqual(bool(picking.ups_pickup_id), bool(pieces))
                pickup.picking_ids._leave_ups_pickup()
            if not pieces:
                with self.assertRaisesRegex(UserError, f"Nothing of {picking.name} is there"):
                    picking.action_ups_pickup()
        pickup = self.ship(kept := self.delivery())
        self.ship(picking := self.delivery())
        self.validate(self.back(picking, 1))
        self.env.cr.postcommit.clear()  # as a crash after the commit does
        settings = ups_settings(self.env, with_secret=False)
        _reference, told, _since = pickup._claim(settings.base_url)
        self.assertEqual([each["quantity"] for each in told["pieces"]], [1])
        self.assertEqual(pickup.picking_ids, kept)

    def test_days(self):
        today = self.ship(self.delivery())
        self.assertEqual(str(today.pickup_date), "2026-11-24")
        self.set_time(EVENING)
        self.cron()
        self.assertEqual(str(today.pickup_date), "2026-11-25")
        self.request(today)
        late = self.delivery()
        self.assertEqual(self.ship(late), today)
        today._own_write({"state": "unsuccessful"})
        self.cron()
        self.cron()
        failed = today
        for _twice in range(2):
            failed |= late.ups_pickup_id
            self.assertEqual(late.ups_pickup_id.state, "draft")
            late.ups_pickup_id._own_write({"state": "unsuccessful"})
            self.cron()
        draft, third = late.ups_pickup_id, failed[2]
        for in_turn in permutations(failed):
            (failed | draft)._own_write({"retry_of_id": False})
            third._own_write({"retry_of_id": today.id})
            for each in in_turn:  # leads to where its deliveries are, and makes no other one
                each.action_again()
            self.assertTrue(all(each.again_ids for each in failed))
            self.assertEqual(draft.retry_of_id, third)
        self.assertEqual((today.search_count([]), draft.quantity), (4, 2))
        for needed in (self.location, self.carrier.ups_pickup_service_id):
            with self.assertRaisesRegex(UserError, "before you archive it"):
                needed.action_archive()
        self.location.active = False
        self.cron()
        self.assertFalse(late.ups_pickup_id or draft.line_ids or self.ship(self.delivery()))
        self.location.active = True
        self.cron()
        self.assertEqual((late.ups_pickup_id, draft.quantity), (draft, 3))

    def test_the_day_and_the_hours_that_people_have_chosen_stay(self):
        self.location.cutoff_time = 18
        days = self.location.calendar_id.attendance_ids
        days.filtered(lambda each: each.dayofweek == "5").unlink()
        for vals, moment, day in (
            ({"ready_time": 16, "close_time": 20}, datetime(2026, 11, 24, 20, 5), "2026-11-24"),
            ({"ready_time": 16, "close_time": 20}, datetime(2026, 11, 24, 23, 5), "2026-11-25"),
            ({"pickup_date": "2026-11-28"}, NOON, "2026-11-28"),
            ({"pickup_date": "2026-11-28"}, datetime(2026, 11, 28, 17, 0), "2026-11-29"),
        ):
            with self.subTest(vals=vals, moment=moment):
                self.set_time(NOON)
                pickup = self.ship(self.delivery())
                pickup.write(vals)
                self.set_time(moment)
                self.cron()
                self.assertEqual(str(pickup.pickup_date), day)
                if "close_time" in vals:
                    self.assertEqual(self.ship(self.delivery()), pickup)
                pickup.unlink()
        self.set_time(NOON)
        pickup = self.ship(picking := self.delivery())
        asked = pickup.copy({"pickup_date": "2026-11-27"})
        self.request(asked)
        pickup.pickup_date = asked.pickup_date
        self.cron()
        self.assertEqual(picking.ups_pickup_id, asked, "who comes that day, and not today")

    def test_what_was_left_behind_is_newer_than_what_ups_tells_of_earlier_ones(self):
        for state, comes_back in (("done", False), ("requested", True)):
            self.ship(picking := self.delivery())
            earlier = picking.ups_pickup_id
            earlier._own_write({"state": "unsuccessful"})
            self.cron()
            pickup = picking.ups_pickup_id
            self.request(pickup)
            pickup._own_write({"state": "done"})
            picking.action_ups_pickup_left_behind()
            self.commit()
            draft = picking.ups_pickup_id
            (earlier._own_write({"state": "done"}), pickup._own_write({"state": state}))
            self.assertEqual(draft.state, "draft")
            self.assertEqual(picking.ups_pickup_id, pickup if comes_back else draft)
            self.assertFalse(pickup.delivery_news)

    def test_a_driver_who_came_after_all_takes_back_what_no_other_was_asked_for(self):
        for state, day in (("done", "2026-11-25"), ("requested", "2026-11-26")):
            first, out, other = pickings = [self.delivery() for _each in range(3)]
            pickup = self.ship(*pickings)
            self.request(pickup)
            pickup._own_write({"state": "unsuccessful"})
            self.cron()
            draft = first.ups_pickup_id
            out._leave_ups_pickup()
            asked = draft.copy({"pickup_date": day})
            other.ups_pickup_id = asked
            self.request(asked)
            pickup._own_write({"state": state})
            self.assertEqual(
                [each.ups_pickup_id for each in pickings], [pickup, draft.browse(), asked]
            )
            self.assertEqual((pickup.delivery_pieces, draft.quantity), (1, 0))
            self.assertIn(f"{other.name} ({asked.name})", pickup.message_ids[0].body)

    def test_an_unsuccessful_one_leads_to_where_its_deliveries_are_or_needs_no_other(self):
        self.ship(picking := self.delivery())
        for _twice in range(2):
            self.request(failed := picking.ups_pickup_id)
            failed._own_write({"state": "unsuccessful", "outcome_source": "ups"})
            self.cron()
            self.assertEqual(failed.again_ids, picking.ups_pickup_id)
        for state in ("draft", "requested", "done"):
            picking.ups_pickup_id._own_write({"state": state})
            self.assertEqual(failed.action_again()["res_id"], picking.ups_pickup_id.id)
        handed_over = self.delivery()
        pickup = self.ship(handed_over)
        self.request(pickup)
        pickup._own_write({"state": "unsuccessful", "outcome_source": "ups"})
        self.cron()
        self.assertNotEqual(handed_over.ups_pickup_id, pickup)
        pickup._settled_says_a_person()
        self.cron()
        self.assertEqual(handed_over.ups_pickup_id, pickup)
        pickup.unlink()
        self.assertFalse(handed_over.ups_pickup_waits)

    def test_a_plan_that_is_switched_on_takes_nothing_along_that_went_otherwise(self):
        freed, old, late = (self.delivery() for _each in range(3))
        pickup = self.ship(freed)
        self.request(pickup)
        self.location.plan = "manual"
        pickup._own_write({"state": "unsuccessful"})
        self.cron()
        self.ship(old, late)
        (freed | old).date_done = "2026-11-23 12:00:00"
        late.date_done = "2026-11-23 23:00:00"  # an hour after the close
        old.write({"note": "written since"})
        self.location.plan = "when_packages"
        self.cron()
        self.assertEqual((freed | old | late).filtered("ups_pickup_id"), freed | late)
        self.assertFalse(old.ups_pickup_waits)
        self.assertIn(old.name, str(self.location.message_ids.mapped("body")))
        self.assertEqual(old.action_ups_pickup()["res_id"], late.ups_pickup_id.id)

    def test_what_a_person_says_frees_nothing_while_it_can_be_taken_back(self):
        picking = self.delivery()
        pickup = self.ship(picking)
        self.request(pickup)
        pickup._own_write({"state": "unsuccessful", "outcome_source": "person"})
        self.cron()
        self.assertEqual((picking.ups_pickup_id, pickup.delivery_news), (pickup, False))
        self.set_time(NEXT_DAY)
        self.cron()
        self.assertEqual(str(picking.ups_pickup_id.pickup_date), "2026-11-25")

    def test_a_driver_who_was_there_takes_nothing_more(self):
        early = self.ship(self.delivery())
        early.write({"ready_time": 8, "close_time": 11})
        self.request(early)
        self.assertNotEqual(self.ship(self.delivery()), early)

    def test_a_driver_whom_a_person_has_asked_takes_the_drafts_deliveries_along(self):
        picking = self.delivery()
        draft = self.ship(picking)
        asked = draft.copy()
        self.request(asked)
        self.cron()
        self.assertEqual((picking.ups_pickup_id, draft.quantity), (asked, 0))
        asked._move_on()  # as one that was requested since the job has looked
        self.assertEqual((picking.ups_pickup_id, picking.ups_pickup_waits), (asked, False))
        asked._own_write({"state": "draft"})  # UPS had none, and nobody asks again
        self.cron()
        self.assertEqual(picking.ups_pickup_id, asked)
        self.set_time(EVENING)
        self.cron()
        self.assertEqual(picking.ups_pickup_id.origin, "deliveries")
        self.assertEqual(str(picking.ups_pickup_id.pickup_date), "2026-11-25")

    def test_no_plan_waits_for_deliveries_without_the_addon(self):
        self.env.cr.flush()
        uninstall_hook(self.env)
        self.assertEqual(self.location.plan, "manual")
        said = self.location.message_ids[0].sudo().tracking_value_ids
        self.assertEqual(said.mapped("new_value_char"), ["By hand"])

    def test_what_stands_there_goes_with_the_first_driver_who_comes(self):
        """Whom a person has asked by telephone, or for an extra shift that was no day before."""
        days = self.location.calendar_id.attendance_ids
        saturday = days.filtered(lambda each: each.dayofweek == "5")
        opened = saturday.copy_data()
        saturday.unlink()
        late = datetime(2026, 11, 24, 20, 30)  # 15:30 there
        for moment, chosen, comes, goes_along in (
            (late, {}, "2026-11-24", True),
            (late, {"pickup_date": "2026-11-26"}, "2026-11-24", False),
            (datetime(2026, 11, 27, 23, 0), {}, "2026-11-28", True),
            (EVENING, {}, "2026-11-24", False),  # who has left
        ):
            with self.subTest(moment=moment, chosen=chosen):
                self.set_time(moment)
                draft = self.ship(picking := self.delivery())
                draft.write(chosen)
                if comes == "2026-11-28":
                    self.assertEqual(str(draft.pickup_date), "2026-11-29")
                    self.location.calendar_id.attendance_ids.create(opened)
                asked = draft.copy({"pickup_date": comes})
                self.request(asked)
                self.cron()
                self.assertEqual(picking.ups_pickup_id, asked if goes_along else draft)
                self.assertEqual(self.ship(self.delivery()), draft if moment == EVENING else asked)
                asked._own_write({"state": "done"})
                (draft | asked).picking_ids.write({"ups_pickup_id": False})

    def test_a_draft_by_hand_that_nobody_sends_collects_no_week(self):
        self.location.plan = "manual"
        self.ship(kept := self.delivery())
        kept.ups_pickup_waits_since = NOON  # as what was left behind
        self.ship(picking := self.delivery())
        (kept | picking).action_ups_pickup()
        draft, before = picking.ups_pickup_id, picking
        self.set_time(datetime(2026, 11, 24, 20, 30))
        self.cron()
        for day in (25, 26, 27):
            self.set_time(datetime(2026, 11, day, 14, 0))
            self.cron()
            self.assertEqual(self.ship(picking := self.delivery()), draft)
            self.assertEqual(draft.picking_ids, kept | before | picking)
            self.set_time(datetime(2026, 11, day, 20, 30))
            self.cron()
            self.assertEqual(draft.picking_ids, kept | picking)
            self.assertTrue(before.ups_pickup_waits and not before.ups_pickup_waits_since)
            self.assertEqual(self.warehouse.out_type_id._ups_counts().popitem()[1], 2)
            self.assertIn(before.name, str(draft.message_ids.mapped("body")))
            before = picking

    def test_by_hand_nothing_is_made_until_a_person_asks(self):
        self.location.plan = "manual"
        picking = self.delivery()
        self.assertFalse(self.ship(picking))
        kind = self.warehouse.out_type_id
        self.assertEqual((kind.ups_pickup_count, kind.ups_pickup_until), (1, "15:00"))
        self.location.minimum_window = 9
        with self.assertRaisesRegex(UserError, "wants 09:00 h"):
            picking.action_ups_pickup()
        self.location.minimum_window = 2
        action = picking.action_ups_pickup()
        self.assertEqual(action["res_id"], picking.ups_pickup_id.id)
        self.assertEqual(self.ship(self.delivery()), picking.ups_pickup_id)
        self.set_time(EVENING)
        self.assertEqual((kind.ups_pickup_count, kind.ups_pickup_until), (2, "Wed 25 15:00"))
        tried = picking.ups_pickup_id
        for ended in ({"environment": "cie"}, {"state": "cancelled"}):
            picking.ups_pickup_id._own_write(ended)
            self.assertFalse(kind._ups_counts())
            self.assertNotEqual(picking.action_ups_pickup()["res_id"], tried.id)
        picking._action_done()  # as who presses Validate a second later
        self.assertFalse(picking.ups_pickup_waits)
        old = self.ship(self.delivery()).picking_ids - picking
        old.write({"ups_pickup_id": False, "ups_pickup_waits": True, "date_done": "2020-11-01"})
        old._gc_waiting()
        self.assertTrue(old.ups_pickup_waits)
        old.ups_pickup_waits_since = "2020-11-01"
        old._gc_waiting()
        old.carrier_id = self.new_carrier("001")
        self.assertFalse(old.filtered("ups_pickup_waits"))

    def test_what_went_otherwise_joins_only_by_hand(self):
        """Before the last close, with a driver of whom Odoo knows nothing."""
        company, account = self.location.company_id, self.location.account_id
        elsewhere = new_location(
            self.env, "America/New_York", company.id, account.id, plan="when_packages"
        )
        kind, by_another = self.warehouse.out_type_id, self.new_carrier(False)

        def nothing(_picking):
            pass

        def ended(picking, state="unsuccessful", **vals):
            self.request(picking.ups_pickup_id)
            picking.ups_pickup_id._own_write({"state": state} | vals)

        def settled(picking):
            ended(picking)
            picking.ups_pickup_id._settled_says_a_person()

        def asleep(record):
            def sleeps(_picking):
                record.active = False
                self.cron()
                self.assertFalse(self.ship(self.delivery()))

            return sleeps, lambda _old: record.write({"active": True})

        def located(location):
            return lambda _picking: self.warehouse.write({"ups_pickup_location_id": location})

        def label(picking):
            picking.date_done = "2020-11-01"
            picking.send_to_shipper()

        def corrected(picking):
            self.assertFalse(picking.ups_pickup_id)
            picking.carrier_id = self.carrier

        planned, here = "when_packages", self.location.id
        for name, plan, before, after, joins in (
            ("no plan", "manual", nothing, nothing, False),
            (
                "of today",
                "manual",
                nothing,
                lambda old: old.write({"date_done": TEN_DAYS_LATER}),
                True,
            ),
            ("freed", planned, ended, lambda _old: self.location.write({"plan": "manual"}), True),
            ("another dock, with a plan", "manual", nothing, located(elsewhere.id), False),
            ("no dock for ten days", planned, located(False), located(here), False),
            ("of another carrier", planned, nothing, corrected, False),
            ("its company slept", planned, *asleep(company.sudo()), False),
            ("it slept", planned, *asleep(self.location), False),
            ("taken out, a label today", planned, lambda old: old._leave_ups_pickup(), label, True),
            ("settled, a label today", planned, settled, label, True),
        ):
            with self.subTest(name):
                self.set_time(NOON)
                self.warehouse.ups_pickup_location_id = self.location
                self.location.plan = plan
                carrier = by_another if after == corrected else self.carrier
                self.ship(old := self.delivery(carrier_id=carrier.id))
                before(old)
                self.commit()
                self.set_time(TEN_DAYS_LATER)
                after(old)
                self.commit()
                self.ship(new := self.delivery())
                new.action_ups_pickup()
                self.cron()
                pickup = new.ups_pickup_id
                self.assertEqual(pickup.picking_ids, new | old if joins else new)
                self.assertEqual(kind.ups_pickup_count, 1 + joins)
                old.action_ups_pickup()
                self.assertEqual(old.ups_pickup_id, pickup)
                pickup.picking_ids._leave_ups_pickup()

    def test_again_is_paid_by_the_account_of_the_location_where_its_own_is_archived(self):
        """And what an uninstallation leaves is a person's."""
        pickup, old = self.ship(self.delivery()), self.location.account_id
        self.request(pickup)
        pickup._own_write({"state": "cancelled"})
        new = new_account(self.env, "SIM002", self.location.company_id.id, payment_method="00")
        self.location.account_id = new
        old.action_archive()
        pickup.action_again()
        again = pickup.again_ids
        self.assertEqual((again.account_id, again.payment_method), (new, "00"))
        with patch(f"{ADDON}.hooks.forget_what_people_saved"):
            uninstall_hook(self.env)
        again.sudo().delivery_sum = False
        self.assertNotEqual(self.ship(self.delivery()), again)
        self.assertEqual((again.origin, again.quantity), ("person", 1))

    def test_what_waits_again_joins_the_next_pickup(self):
        company = self.location.company_id
        account = self.location.account_id
        elsewhere = new_location(self.env, "America/New_York", company.id, account.id)
        elsewhere.plan = "when_packages"
        service = self.carrier.ups_pickup_service_id

        def collected_again(_picking):
            self.carrier.ups_pickup_service_id = False
            self.commit()
            self.assertFalse(self.warehouse.out_type_id._ups_counts())
            self.carrier.ups_pickup_service_id = service

        def moved(_picking):
            self.warehouse.ups_pickup_location_id = elsewhere

        def called_off_long_after(picking):
            picking.date_done = "2020-11-01"
            picking.ups_pickup_id._own_write({"state": "cancelled"})

        for state, changes, place in (
            ("done", lambda picking: picking.action_ups_pickup_left_behind(), self.location),
            ("unknown", lambda picking: picking.send_to_shipper(), self.location),
            ("draft", collected_again, self.location),
            ("draft", called_off_long_after, self.location),
            ("draft", moved, elsewhere),
        ):
            with self.subTest(state=state, changes=changes):
                self.set_time(NOON)
                picking = self.delivery()
                before = self.ship(picking)
                if state != "draft":
                    self.request(before)
                    before._own_write({"state": state})
                    picking.action_ups_pickup_leave()  # which is not for that
                    self.assertEqual(picking.ups_pickup_id, before)
                    self.set_time(NEXT_DAY)
                changes(picking)
                self.commit()
                self.cron()
                after = picking.ups_pickup_id
                self.assertEqual((after.state, after.location_id), ("draft", place))
                self.assertEqual(after.delivery_pieces, 1)
                self.assertFalse(before.exists() - after and before.picking_ids)
                after.picking_ids._leave_ups_pickup()
        with self.assertRaisesRegex(UserError, "None of them is in a pickup that is over"):
            self.delivery().action_ups_pickup_left_behind()

    def test_what_came_too_late_for_ups_to_be_told_is_asked_about(self):
        companies = {"company_id": self.location.company_id.id}
        companies["company_ids"] = [(6, 0, self.location.company_id.ids)]
        self.location.user_id = new_test_user(
            self.env, "answers", "ups_pickup.group_user", **companies
        )
        pickup = self.ship(self.delivery())
        self.request(pickup)
        late = self.delivery()
        self.ship(late)
        pickup._own_write({"state": "done"})
        pickup._ask_about_failure()
        self.env.invalidate_all()
        self.assertIn("told 1, and 2 stood there", pickup.delivery_news)
        self.assertIn("all packages along", pickup.activity_ids.summary)
        late.action_ups_pickup_left_behind()
        self.assertFalse(pickup.delivery_news or pickup.activity_ids)
        self.assertIn(late.name, pickup.message_ids[0].body)

    def test_what_a_person_has_put_in_stays_and_goes_on(self):
        """Whatever its carrier is, and with another label, where no plan makes drafts."""
        self.location.plan = "manual"
        by_another, by_ups = self.delivery(carrier_id=self.new_carrier(False).id), self.delivery()
        self.ship(by_another, by_ups)
        pickup = (by_another | by_ups)._join_ups_pickup(may_make=True)
        by_another.write({"carrier_tracking_ref": "1Z0000000000000001"})
        by_another.write({"partner_id": self.abroad.id})
        self.assertEqual(by_another.ups_pickup_id, pickup)
        pickup._own_write({"state": "cancelled"})
        self.cron()
        self.assertEqual(self.warehouse.out_type_id.ups_pickup_count, 2)
        pickup = (by_another | by_ups)._join_ups_pickup(may_make=True)
        pickup._own_write({"state": "done"})
        for is_out in (True, False):
            by_ups.send_to_shipper()
            self.commit()
            self.assertEqual((by_ups.ups_pickup_id, by_ups.ups_pickup_waits), (pickup, True))
            if is_out:
                by_ups.action_ups_pickup_leave()
                self.assertEqual((by_ups.ups_pickup_id, by_ups.ups_pickup_waits), (pickup, False))
        self.assertNotEqual(by_ups.action_ups_pickup()["res_id"], pickup.id)
        self.assertEqual((by_ups.ups_pickup_id.delivery_pieces, pickup.delivery_pieces), (1, 1))

    def test_taken_out_is_out_and_no_label_is_no_package(self):
        picking = self.delivery()
        self.ship(picking)
        picking.action_ups_pickup_leave()
        picking.carrier_id = self.new_carrier("001")
        self.assertFalse(picking.ups_pickup_waits)
        carrier = self.new_carrier("003")
        self.env.cr.execute(
            "UPDATE delivery_carrier SET delivery_type = 'ups_rest' WHERE id = %s", [carrier.id]
        )
        carrier.invalidate_recordset()
        carrier.prod_environment = True
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.warehouse.pack_type_id.print_label = True
        self.warehouse.out_type_id.print_label = False
        packed = self.delivery(kind=self.warehouse.pack_type_id, carrier_id=carrier.id)
        refused, later = (self.delivery(carrier_id=carrier.id) for _each in range(2))
        (refused | later).move_ids.move_orig_ids = packed.move_ids
        with patch.object(type(refused), "send_to_shipper"):
            self.assertFalse(self.ship(refused))
            refused.carrier_tracking_ref = "1Z0000000000000001"
            self.commit()
            self.assertEqual(refused.ups_pickup_id.delivery_pieces, 1)
            packed.carrier_tracking_ref = "1Z0000000000000002"
            self.assertEqual(self.ship(later).delivery_pieces, 2)  # Odoo tells no backorder of it
            self.warehouse.pack_type_id.print_label = False
            again = self.delivery(carrier_id=carrier.id)
            (again | packed).move_ids.move_orig_ids = (
                again | packed
            ).move_ids  # as returns of returns
            self.assertEqual(self.ship(again).delivery_pieces, 3)

    def test_what_rolls_back_joins_nothing_and_no_failure_fails_the_validation(self):
        picking = self.validate(self.delivery())
        self.assertTrue(picking.ups_pickup_waits)
        self.assertFalse(picking.ups_pickup_id)
        self.env.cr.postcommit.clear()  # as a rollback does, or a crash after the commit
        self.commit()
        self.assertFalse(self.env["ups.pickup"].search([("location_id", "=", self.location.id)]))
        other = self.delivery()
        with (
            patch.object(type(self.env["stock.picking"]), "_join_at", side_effect=KeyError),
            self.assertLogs(f"{ADDON}.by_itself", "WARNING"),
        ):
            self.ship(other)
        self.assertEqual(other.state, "done")
        self.cron()
        self.assertEqual((picking | other).ups_pickup_id.quantity, 2)

    def test_a_stock_user_validates_and_sees_the_prn_and_no_more(self):
        company = self.location.company_id
        own = {"company_id": company.id, "company_ids": [(6, 0, company.ids)]}
        user = new_test_user(self.env, "clerk of deliveries", "stock.group_stock_user", **own)
        picking = self.delivery().with_user(user)
        picking = picking.with_context(allowed_company_ids=company.ids)
        self.ship(picking.with_user(user))
        for waiting in (picking, picking.browse()):
            domain = picking.picking_type_id.action_ups_pickup_waiting()["domain"]
            self.assertEqual(picking.search(domain), waiting)
            self.request(picking.sudo().ups_pickup_id)
        self.assertEqual(picking.ups_pickup_prn, "2929")
        self.assertTrue(picking.web_read({"ups_pickup_prn": {}, "ups_pickup_state": {}}))
        for forbidden in (
            lambda: picking.ups_pickup_id.name,
            lambda: picking.write({"ups_pickup_id": False}),
            lambda: picking.write({"ups_pickup_waits": True}),
            lambda: picking.copy({"ups_pickup_waits": True}),
            picking.action_ups_pickup,
            picking.action_ups_pickup_leave,
        ):
            with self.assertRaises(AccessError):
                forbidden()
        user.group_ids += self.env.ref("ups_pickup.group_user")
        pickup = picking.sudo().ups_pickup_id
        self.assertTrue(picking.write({"ups_pickup_id": pickup.id, "ups_pickup_waits": False}))
        other = pickup.copy()
        for forbidden in (
            lambda: picking.write({"ups_pickup_id": other.id}),
            lambda: picking.copy({"ups_pickup_id": pickup.id}),
            lambda: other.with_user(user).write({"picking_ids": [(4, picking.id)]}),
            lambda: other.with_user(user).create(
                {"location_id": self.location.id, "picking_ids": [(4, picking.id)]}
            ),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                forbidden()
        picking.env["ir.default"].set("stock.picking", "ups_pickup_waits", True, user_id=True)
        slipped = picking.with_context(default_ups_pickup_id=pickup.id).copy()
        self.assertFalse(slipped.ups_pickup_id or slipped.ups_pickup_waits)
        for domain, found in (
            ([("ups_pickup_prn", "=", "2929")], picking),
            ([("ups_pickup_state", "!=", "requested")], slipped),
            ([("ups_pickup_prn", "=", False)], slipped),
        ):
            here = [("id", "in", (picking | slipped).ids), *domain]
            self.assertEqual(picking.search(here), found)

    def test_queries_of_a_batch(self):
        """With the addon's own methods and without them, for one and for many."""

        def count(number, is_on):
            pickings = self.env["stock.picking"].union(*[self.packed(1, 1) for _ in range(number)])
            pickings.move_ids.picked = True
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            name = "_after_the_commit" if is_on else "_for_ups"
            anew = {"side_effect": AssertionError} if is_on else {}  # which reads drafts
            with (
                patch.object(type(pickings), name, lambda own, *_noted: own.browse()),
                patch.object(type(self.env["ups.pickup"]), "_count_drafts_anew", **anew),
            ):
                pickings._action_done()
                self.env.flush_all()
            self.env.cr.postcommit.clear()
            return self.env.cr.sql_log_count - before

        count(1, True)
        for number in (1, 10):
            more = count(number, True) - count(number, False)
            self.assertLessEqual(more, 2, number)
