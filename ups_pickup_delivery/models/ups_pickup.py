"""What do deliveries bring to a pickup, and what was UPS told of it?"""

from collections import Counter
from datetime import date, timedelta
from itertools import zip_longest

from odoo import api, fields, models
from odoo.addons.ups_pickup import clock
from odoo.addons.ups_pickup.const import LISTED, MAX_QUANTITY, OPEN
from odoo.addons.ups_pickup.local_time import hour_of
from odoo.addons.ups_pickup.one_by_one import those_that
from odoo.addons.ups_pickup.telling import CONTAINERS
from odoo.addons.ups_pickup_oauth.settings import ups_environment
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import clean_context

from ..by_itself import by_itself
from ..const import FREED, IN_UNIT, LOOK_BACK, MOST_WEIGHT, OVER
from .stock_picking import is_overweight

KEPT = ("account_id", "payment_method", "instruction")
KEPT_THAT_DAY = (*KEPT, "ready_time", "close_time")
"""What one pickup takes over of another."""

NOTHING = {"pieces": 0, "unweighed": 0, "weight": 0, "heaviest": 0}

WAITS_BY_HAND = {"ups_pickup_waits": True, "ups_pickup_waits_since": False}
"""As what was validated before the last close: for who selects it."""


class UpsPickup(models.Model):
    _inherit = "ups.pickup"

    picking_ids = fields.One2many(
        "stock.picking", "ups_pickup_id", string="Transfers", groups="stock.group_stock_user"
    )
    # What its transfers bring, so that one more joins without reading the others, and by "filled"
    # what its draft was filled with: what is another there, people have entered.
    delivery_sum = fields.Json(string="Brought", copy=False, groups=fields.NO_ACCESS)
    # Whom it let go, so that they come back where its driver has come after all.
    delivery_freed = fields.Json(string="Moved On", copy=False, groups=fields.NO_ACCESS)
    delivery_count = fields.Integer(string="Deliveries", compute="_compute_deliveries")
    delivery_pieces = fields.Integer(string="Packages", compute="_compute_deliveries")
    delivery_unweighed = fields.Integer(
        string="Packages Without Weight", compute="_compute_deliveries"
    )
    delivery_news = fields.Char(
        string="What Has Changed",
        help="What UPS was not told of the deliveries.",
        compute="_compute_deliveries",
    )
    can_ask_anew = fields.Boolean(
        help="UPS can be told of them by another pickup of that day.",
        compute="_compute_can_ask_anew",
    )

    @api.depends("picking_ids", "delivery_sum", "state", "told", "origin")
    def _compute_deliveries(self):
        for pickup in self:
            brought = pickup.sudo().delivery_sum or NOTHING
            pickup.delivery_count = len(pickup.sudo().picking_ids)
            pickup.delivery_pieces = brought["pieces"]
            pickup.delivery_unweighed = brought["unweighed"]
            pickup.delivery_news = pickup._delivery_news(brought["pieces"])

    def _delivery_news(self, pieces):
        if self.state not in (*OPEN, "done") or not self.told or self._is_for_nothing():
            return False  # of nothing, its changes tell
        told = self._told_packages()
        # What people had entered in place of what there was stands for that; of fewer than there
        # were, nobody knows which have left.
        now = told + pieces - self.sudo()._filled().get("quantity", told)
        now = max(now, min(told, pieces))
        if self.state == "done":
            return now > told and self.env._(
                "UPS was told %(told)s, and %(now)s stood there. Ask whether the driver took all"
                " along. What is still there was “Left Behind”: say so at its transfer.",
                told=told,
                now=now,
            )
        # A person or a plan may have told UPS of more than deliveries bring.
        if now > told or (self.origin == "deliveries" and now != told):
            return self.env._("UPS was told %(told)s, now %(now)s", told=told, now=now)
        return False

    def _told_packages(self):
        letters = CONTAINERS["letter"]  # which people add
        pieces = [each for each in self.told["pieces"] if each["container"] != letters]
        return sum(each["quantity"] for each in pieces)

    def _is_for_nothing(self):
        """:return: whether all that UPS was told of is gone."""
        if self.origin != "deliveries" or not self.told or not self.sudo().delivery_sum:
            return False
        has_letters = self._told_packages() != sum(each["quantity"] for each in self.told["pieces"])
        return not self.sudo().delivery_sum["pieces"] and not has_letters

    @api.depends("delivery_sum", "origin")
    def _compute_changed_in_words(self):
        return super()._compute_changed_in_words()

    def _changes(self, closed, doors):
        yield from super()._changes(closed, doors)
        if self._is_for_nothing():
            yield self.env._(
                "UPS was told %s, now there is nothing. Cancel the pickup.", self._told_packages()
            )

    @api.model
    def _compared(self):
        return (*super()._compared(), "delivery_sum", "origin")

    def _ask_about_failure(self, is_called_off=False):
        """Of what came too late for UPS to be told, too, once UPS has collected."""
        super()._ask_about_failure(is_called_off)
        if self.state == "done" and self.delivery_news and (person := self._responsible()):
            self._only_telling(lambda own: own._activity_of_failure(person))

    def _failure_in_words(self):
        if self.state == "done":
            place = self.location_id.display_name
            return self.env._("Did UPS take all packages along at %s?", place)
        return super()._failure_in_words()

    @api.depends("delivery_news", "state", "location_id", "origin")
    def _compute_can_ask_anew(self):
        """A draft of deliveries would lack pieces of what others have asked for."""
        for pickup in self:
            is_asked = pickup.state in LISTED and bool(pickup.delivery_news)
            is_asked = is_asked and pickup.origin == "deliveries"
            pickup.can_ask_anew = is_asked and not pickup.location_id._day_problem(
                pickup.pickup_date, pickup.ready_time, pickup.close_time
            )

    # === ACTION METHODS === #

    def action_ask_anew(self):
        """Have UPS cancel it, and open a draft of all that its deliveries bring by now.

        Nothing is requested by it: the price and that click are a person's.

        :return: An action that opens the draft, or tells that UPS's answer was lost.
        :rtype: dict
        :raise UserError: If UPS does not cancel it, or takes no other one for that day any more; it
            is as before then.
        """
        self.ensure_one()
        self._check_requester()
        if problems := self._day_problems():  # the form was opened before the cut-off
            raise UserError("\n".join(problems))
        told = self.action_cancel()
        again_id = self._in_own_transaction(
            lambda own: own.state == "cancelled" and own._carry_over(own.pickup_date).id
        )
        return self._shown(self.browse(again_id)) if again_id else told

    def _again(self):
        """Its deliveries go on to the draft that the next ones join, too, instead of to a copy."""
        own, again = self.sudo(), self.browse()
        if own.state in FREED and own.origin == "deliveries":
            is_gone = not own.picking_ids and own._lead_on()
            again = self.browse((is_gone or own._carry_over()).id)
        if not again:
            again = super()._again()
            if own.state in FREED:
                own._free(again.sudo())
        return again

    def _carry_over(self, day=None):
        """:return: what its deliveries join now, that day or the next possible one; or none."""
        self.location_id._lock()
        again = self._for_deliveries(self.location_id, may_make=True, day=day)
        if again:
            again._is_again_for(self)
            if again.state == "draft" and not again.line_ids:
                again._take_over(self, KEPT_THAT_DAY if day else KEPT)
        if again:
            self._free(again)
        return again

    def _take_over(self, pickup, names):
        """What people have typed into that one, letters too, is in this one as well."""
        letters = pickup.line_ids - pickup._delivered_lines()
        vals = {name: pickup[name] for name in names}
        vals = self._convert_to_write(vals) | pickup._paid_instead()
        vals["line_ids"] = [fields.Command.create(line.copy_data()[0]) for line in letters]
        self.with_context(clean_context(self.env.context)).write(vals)

    def _is_again_for(self, pickup):
        """A pickup is again for one other: of several, each is for the one before it."""
        if (self.retry_of_id and pickup.again_ids) or self in pickup._again_for_all_of():
            return
        later, before = self, pickup._again_for_all_of()
        while later.retry_of_id.id > pickup.id and later.retry_of_id not in before:
            later = later.retry_of_id
        earlier, later.retry_of_id = later.retry_of_id, pickup
        if not pickup.retry_of_id:
            pickup.retry_of_id = earlier
        elif earlier:
            self._is_again_for(earlier)

    def _again_for_all_of(self):
        """:return: it, what it is again for, and so on."""
        found = self
        while found[-1:].retry_of_id - found:
            found += found[-1:].retry_of_id
        return found

    def action_deliveries(self):
        """:return: An action that lists its transfers."""
        self.check_access("read")
        domain = [("ups_pickup_id", "in", self.ids)]
        return self._list_of(self.env._("Transfers"), "stock.picking", domain)

    def action_unweighed(self):
        """:return: An action that lists what lacks a weight, packages first, to give it one."""
        self.check_access("read")
        pieces = self.sudo().picking_ids._ups_pieces()
        lacking = [piece for piece, (_s, _c, weight) in pieces.items() if weight <= 0]
        packages = [each.id for each in lacking if each._name == "stock.package"]
        if packages:
            title = self.env._("Packages Without Weight")
            return self._list_of(title, "stock.package", [("id", "in", packages)])
        loose = self.env["stock.picking"].sudo().union(*lacking)
        products = loose.move_line_ids.product_id.filtered(lambda each: each.weight <= 0)
        title = self.env._("Products Without Weight")
        return self._list_of(title, "product.product", [("id", "in", products.ids)])

    @api.model
    def _count_drafts_anew(self, *lines):
        """Something has changed of what these move lines have brought to drafts.

        What is being sent, or was lost, may be a draft once more.

        :param lines: a domain's terms.
        """
        states = ("draft", "sending", "unconfirmed")
        joined = [("picking_id.ups_pickup_id.state", "in", states), *lines]
        found = self.env["stock.move.line"].sudo().search(joined)
        found.picking_id.ups_pickup_id._fill_from_deliveries()

    @api.model
    def _list_of(self, title, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
        }

    def _open(self):
        """:return: An action that opens it, or their list."""
        return self._shown(self) | {"name": self.env._("UPS Pickup")}

    # === JOIN === #

    @api.model
    def _for_deliveries(self, location, may_make=False, day=None):
        """:return: today's open pickup until close, else that of the next day, or none.

        :param date day: only that of this day, instead.
        """
        asked, day = day, day or location._possible_date()
        there = self._there_until_close(location, day)
        if asked:
            there = there.filtered(lambda each: each.pickup_date == asked)
        if there or not day:
            return there[:1]
        makes = may_make or (location.plan == "when_packages" and location._is_plan_in_force())
        return self._new_for_deliveries(location, day) if makes else self.browse()

    @api.model
    def _there_until_close(self, location, day):
        today = location._today()
        return self._there_on(location, today, day or today).filtered(
            lambda each: (
                each._is_still_to_come()
                if each.state != "draft"
                else each.pickup_date == day
                or (each.pickup_date == today and not each._is_of_day_gone())
            )
        )

    def _is_still_to_come(self):
        """:return: whether its day is not over, or not its hours of today."""
        location = self.location_id
        now = location._today(), hour_of(location._now())
        return now < (self.pickup_date, self.close_time)

    def _may_take_along(self):
        """:return: whether its deliveries need no other pickup: a driver may come, or has come."""
        is_only_tried = self.state == "draft" and self.environment != ups_environment(self.env)
        return bool(self) and self.state not in FREED and not is_only_tried

    @api.model
    def _new_for_deliveries(self, location, day):
        return self.create(
            {
                "location_id": location.id,
                "pickup_date": day,
                "origin": "deliveries",
                "weight_unit": self._database_weight_unit(),
                "delivery_sum": NOTHING | {"filled": {"pickup_date": str(day)}},
            }
        )

    @api.model
    def _there_on(self, locations, first, last):
        """:return: what deliveries can join on these days, drafts last, the next day first."""
        there = self.search_fetch(
            [
                ("location_id", "in", locations.ids),
                ("pickup_date", ">=", first),
                ("pickup_date", "<=", last),
                ("environment", "=", ups_environment(self.env)),
                ("kind", "=", "oncall"),
                ("state", "in", ("draft", *OPEN)),
                ("state", "!=", "cancelling"),
            ]
        )
        joined = there.filtered(lambda each: each.state != "draft" or each.origin == "deliveries")
        return joined.sorted(lambda each: (each.state == "draft", each.pickup_date))

    def _fill_from_deliveries(self):
        """Count anew what all that joined brings; what people had entered instead is told."""
        for pickup in self:
            entered = pickup._entered()
            pickup._bring(pickup.picking_ids._ups_pieces(), NOTHING, Counter())
            now = pickup._says()
            lost = {name: value for name, value in entered.items() if now[name] != value}
            if lost:
                pickup._note(pickup._replaced_in_words(lost))

    def _says(self):
        """:return: by field what a draft of deliveries is filled with, and people correct."""
        return {
            "pickup_date": str(self.pickup_date),
            "quantity": sum(self._delivered_lines().mapped("quantity")),
            "weight": [round(self.weight, 1), self.weight_unit],
            "is_overweight": self.is_overweight,
        }

    def _filled(self):
        return (self.delivery_sum or NOTHING).get("filled", {})

    def _entered(self):
        """:return: what people have entered in place of what it was filled with."""
        filled, says = self._filled(), self._says()
        return {name: value for name, value in says.items() if value != filled.get(name, value)}

    def _replaced_in_words(self, lost):
        units = dict(self._fields["weight_unit"]._description_selection(self.env))
        words = {"quantity": lost.get("quantity"), "is_overweight": ""}
        if "weight" in lost:
            weight, unit = lost["weight"]
            words["weight"] = f"{weight:g} {units[unit]}"
        labels = {name: self._fields[name]._description_string(self.env) for name in lost}
        return self.env._(
            "Its deliveries were counted anew, in place of what somebody had entered: %s",
            ", ".join(f"{labels[name]} {words[name]}".rstrip() for name in lost),
        )

    def _add_deliveries(self, pickings):
        """Count what has just joined; the others are read again only if a package is of both."""
        pieces = pickings._ups_pieces()
        if not self.delivery_sum or pickings._ups_packages_of_others(pieces):
            return self._fill_from_deliveries()
        counts = Counter()
        for line in self._delivered_lines():
            counts[line.service_id, line.destination_country_id] += line.quantity
        return self._bring(pieces, self.delivery_sum, counts)

    def _bring(self, pieces, before, counts):
        """Lines and weights of drafts follow; what UPS was told stays as it was.

        What people have entered stays where it can: a join is added to it.

        :param dict pieces: as `_ups_pieces` tells them.
        :param dict before: what others have brought.
        :param counts: how many pieces there are of them, by service and country.
        """
        pieces, unit = pieces.values(), self._database_weight_unit()
        weights = [max(weight, 0) for _s, _c, weight in pieces]  # Odoo takes less than nothing
        brought = {
            "pieces": before["pieces"] + len(weights),
            "unweighed": before["unweighed"] + weights.count(0),
            "weight": before["weight"] + sum(weights),
            "heaviest": max(before["heaviest"], *weights, 0),
            "filled": self._filled(),
        }
        vals = {"delivery_sum": brought}
        if self.state == "draft" and self.origin == "deliveries":
            counts.update((service, country) for service, country, _w in pieces)
            now = {
                "quantity": brought["pieces"],
                "weight": [_told_weight(brought), unit],
                "is_overweight": is_overweight(brought["heaviest"], unit),
            }
            joins = weights if before is not NOTHING else None
            vals |= {"line_ids": list(self._line_commands(counts)), **self._weighed(now, joins)}
            brought["filled"] = self._filled() | now
        own = self.with_context(clean_context(self.env.context))  # no caller's lines
        own.with_context(tracking_disable=True).write(vals)  # none of it is tracked

    def _weighed(self, now, joins):
        """:return: the weight and whether it is overweight, of which people have a say.

        :param dict now: what it would be filled with.
        :param joins: the weights of what is added to what is there, or None if all is counted anew.
        """
        filled, unit = self._filled(), now["weight"][1]
        entered = self._entered() if now["quantity"] else {}  # of nothing there is nothing to say
        kept = {
            name: value
            for name, value in entered.items()
            if joins is not None or now.get(name) == filled[name]
        }
        (weight, its_unit), is_over = (now | kept)["weight"], (now | kept)["is_overweight"]
        if joins and "weight" in kept and weight:  # who has entered none tells none
            weight = _at_most(weight + sum(joins) * IN_UNIT.get((unit, its_unit), 1))
        is_over = is_over or is_overweight(max(joins or [0]), unit)
        return {"weight": weight, "weight_unit": its_unit, "is_overweight": is_over}

    def _delivered_lines(self):
        """:return: those that deliveries fill: letters are put there by people."""
        return self.line_ids.filtered(lambda line: line.container == "package")

    def _line_commands(self, counts):
        """:return: commands that change as few of its lines as the counts need."""
        lines = self._delivered_lines()
        lines = lines.grouped(lambda line: (line.service_id, line.destination_country_id))
        for kind in {**lines, **counts}:
            for line, quantity in zip_longest(lines.get(kind, ()), _in_lines(counts[kind])):
                if not quantity:
                    yield fields.Command.delete(line.id)
                elif line and line.quantity == quantity:
                    continue
                elif line:
                    yield fields.Command.update(line.id, {"quantity": quantity})
                else:
                    service, country = kind
                    vals = {"service_id": service.id, "destination_country_id": country.id}
                    yield fields.Command.create(vals | {"quantity": quantity})

    def _telling(self):
        told = super()._telling()
        if numbers := self.sudo().picking_ids._ups_tracking_numbers():
            told["tracking_numbers"] = numbers
        return told

    # === WHAT A CRASH, A FAILURE OR THE CALENDAR LEFT === #

    def _claim(self, base_url):
        self._lock_or_save_first()
        self._count_what_is_there()
        if self.state == "draft" and self.delivery_sum:
            self.delivery_sum = {**self.delivery_sum, "is_told": True}  # until more is brought
        return super()._claim(base_url)

    @api.model
    def _planned_draft(self, location_id, day):
        """What turns out to be empty is requested by none, and this is committed."""
        draft = self.browse(super()._planned_draft(location_id, day) or ())
        draft._count_what_is_there()
        return None if draft.origin == "deliveries" and not draft.line_ids else draft.id

    def _count_what_is_there(self):
        """What has left just before a crash, or came back, is not told to UPS."""
        if self.state == "draft" and self.origin == "deliveries":
            self.picking_ids._all_back()._leave_ups_pickup()
            # what people have corrected stays, if it is of the same pieces
            if len(self.picking_ids._ups_pieces()) != self.delivery_pieces:
                self._fill_from_deliveries()

    @api.model
    def _cron_plan(self):
        """What a plan requests has to be there first. One failure stops none of the others."""
        for pickup_id in self._left_by_drivers():
            by_itself(
                self.env, lambda env, id=pickup_id: env[self._name].browse(id)._free_if_left()
            )
        drafts, freed = self._drafts_and_freed()
        for draft_id in drafts._in_vain():
            for work in ("_tell_if_missed", "_move_on"):
                by_itself(
                    self.env,
                    lambda env, id=draft_id, work=work: getattr(env[self._name].browse(id), work)(),
                )
        for place_id, ids in self._waiting_by_location():
            by_itself(
                self.env,
                lambda env, id=place_id, ids=ids: (
                    env["ups.pickup.location"].browse(id)._join_what_waits(ids)
                ),
            )
        for pickup_id in freed.ids:
            by_itself(self.env, lambda env, id=pickup_id: env[self._name].browse(id)._lead_on())
        return super()._cron_plan()

    @api.model
    def _left_by_drivers(self):
        pickings = self.env["stock.picking"].sudo()
        # What was shipped while UPS was only tried goes with no real driver by itself.
        freed = Domain("state", "in", FREED) & Domain("environment", "=", ups_environment(self.env))
        left = pickings.search([("ups_pickup_id", "any", freed)]).ups_pickup_id
        left = left.filtered(lambda each: not each.is_settled)
        return those_that(left, lambda each: not each._can_be_taken_back()).ids

    @api.model
    def _drafts_and_freed(self):
        """Both by one query, since most runs have nothing to do.

        :return: the drafts, and unsuccessful ones whose deliveries may have joined another by now.
        """
        here = Domain("environment", "=", ups_environment(self.env))
        freed = Domain("state", "=", "unsuccessful") & Domain("again_ids", "=", False)
        freed &= Domain("delivery_freed", "!=", False)
        freed &= Domain("pickup_date", ">=", fields.Date.today() - timedelta(days=LOOK_BACK))
        found = self.sudo().search(here & (Domain("state", "=", "draft") | freed))
        drafts = found.filtered(lambda each: each.state == "draft")
        return drafts, found - drafts

    def _lead_on(self):
        """Whoever looks at it is led to where its deliveries are.

        :return: that pickup, or none.
        """
        if other := self._where_they_went():
            other._is_again_for(self)
        return other

    def _where_they_went(self):
        """:return: the last pickup that its deliveries have joined since, or none."""
        freed = self.env["stock.picking"].browse(self.delivery_freed).exists()
        others = freed.ups_pickup_id.filtered(lambda each: each.state not in FREED)
        return others.sorted()[:1]

    def _settled_says_a_person(self):
        """And its deliveries wait for no other one."""
        super()._settled_says_a_person()
        self.sudo()._take_back()

    def _in_vain(self):
        """:return: the ids of those whose day is gone, or with whose packages a driver goes."""
        drafts = self.filtered(lambda each: each.state == "draft" and each.picking_ids)
        if not drafts:
            return []
        first, last = clock.now().date() - timedelta(days=1), max(drafts.mapped("pickup_date"))
        there = self._there_on(drafts.location_id, first, last)
        drivers = there.filtered(lambda each: each.state != "draft").grouped("location_id")
        return those_that(
            drafts,
            lambda each: (
                each._goes_with_one_of(drivers.get(each.location_id, ())) or each._is_of_day_gone()
            ),
        ).ids

    def _goes_with_one_of(self, drivers):
        """What stands there goes with the first who comes; on a day that people have chosen, with
        none before that.
        """
        first = self.pickup_date if "pickup_date" in self._entered() else date.min
        return any(
            first <= each.pickup_date <= self.pickup_date and each._is_still_to_come()
            for each in drivers
        )

    def _is_of_day_gone(self):
        """:return: whether neither its own hours nor the usual ones can be asked for any more.

        A closed day that is still to come may be opened for an extra shift. Whoever was asked to
        call UPS can enter its PRN until the close.
        """
        location, day = self.location_id, self.pickup_date
        if not location._is_in_use() or day > location._today():
            return not location._is_in_use()
        if self.plan_asked_for == day and self._is_still_to_come():
            return False
        hours = (), (self.ready_time, self.close_time)
        return all(location._day_problem(day, *each) for each in hours)

    @api.model
    def _waiting_by_location(self):
        pickings = self.env["stock.picking"].sudo()
        waiting = pickings.search(pickings._ups_waits_domain(), order="id")
        by_location = waiting.grouped(lambda each: each._ups_location())
        return [(location.id, pickings.ids) for location, pickings in by_location.items()]

    def _free_if_left(self):
        self._lock()  # a person may have been quicker
        if self.state in FREED and not self.is_settled and not self._can_be_taken_back():
            self._free()

    def _free(self, again=None):
        """What was not collected joins the pickup made again for it, or the next one.

        :param again: that pickup, if it is known.
        """
        goes_on = ("draft", *(state for state in OPEN if state != "cancelling"))
        made_again = [("retry_of_id", "=", self.id), ("state", "in", goes_on)]
        again = again or self.search(made_again, limit=1)
        self._let_go(self.picking_ids)
        self._hand_over(again)

    def _hand_over(self, other):
        """Have its deliveries join that one, or wait if there is none."""
        pickings = self.picking_ids
        pickings.write({"ups_pickup_id": other.id, "ups_pickup_waits": not other})
        self._fill_from_deliveries()
        if other:
            other._add_deliveries(pickings)

    def _let_go(self, pickings):
        """Remember whom it lets go."""
        self.delivery_freed = [*(self.delivery_freed or ()), *pickings.ids]

    def _leave_behind(self, pickings):
        """Its driver has not taken them along, and no earlier one has, whatever UPS tells later.

        They come back only where that driver is still to come.
        """
        names = ", ".join(pickings.mapped("name"))
        self._note(self.env._("Left behind, and waiting for the next pickup: %s", names))
        ids, here = set(pickings.ids), [("location_id", "=", self.location_id.id)]
        for each in self.search([*here, ("delivery_freed", "!=", False)]):
            if not ids.isdisjoint(each.delivery_freed):
                each.delivery_freed = [id for id in each.delivery_freed if id not in ids] or False
        self._let_go(pickings)

    def _own_write(self, vals):
        were_over = self.filtered(lambda each: each.state in OVER)
        super()._own_write(vals)
        if self._is_past_the_orm():
            return
        if vals.get("state") == "draft":  # what joined or left meanwhile has changed no line
            drafts = self.sudo().filtered(lambda each: each.origin == "deliveries")
            drafts.filtered(
                lambda each: not (each.delivery_sum or {}).get("is_told")
            )._fill_from_deliveries()
        if vals.get("state") in ("done", *LISTED):
            come = self if vals["state"] in LISTED else self - were_over
            for pickup in come.sudo().filtered("delivery_freed"):
                pickup._take_back()

    def _take_back(self):
        """The driver has come after all, or may still: what UPS was not asked for again returns.

        What a person has taken out since then, or a return brought back, stays as it is.
        """
        freed = self.env["stock.picking"].browse(self.delivery_freed).exists()
        freed -= self.picking_ids
        here = freed.filtered(
            lambda each: each.ups_pickup_waits or each.ups_pickup_id.state == "draft"
        )
        drafts, others = here.ups_pickup_id, (freed - here).filtered("ups_pickup_id")
        here.write({"ups_pickup_id": self.id, "ups_pickup_waits": False})
        self.delivery_freed = False
        (self | drafts)._fill_from_deliveries()
        if others:
            self._note(
                self.env._(
                    "UPS was asked for these deliveries once more, and they stay there: %s",
                    ", ".join(f"{each.name} ({each.ups_pickup_id.name})" for each in others),
                )
            )

    def _tell_if_missed(self):
        """While it has that day still, however long nothing could run."""
        location, day = self.location_id, self.pickup_date
        if location.plan == "when_packages" and location._is_missed(day):
            self._plan_missed(location.id, day)

    def _move_on(self):
        """A draft whose day cannot be asked for any more goes to the next that can.

        What is in a person's, which stays as it is, or waits beside a driver's, joins another; but
        none of an earlier day than people have chosen.
        """
        location, other = self.location_id, self.browse()
        location._lock()
        if not self._in_vain():  # since its person was asked a moment ago
            return
        is_in_use, day = location._is_in_use(), location._possible_date()
        if is_in_use and not day:
            return
        if is_in_use:
            self._let_go_what_went_otherwise()
            day, chosen = max(day, self.pickup_date), "pickup_date" in self._entered()
            there = self._there_until_close(location, day) - self
            other = there.filtered(lambda each: not chosen or each.pickup_date >= self.pickup_date)
        if other or not is_in_use or self.origin != "deliveries":
            self._hand_over(other[:1])
        elif self.state == "draft" and self.picking_ids:
            brought = self.delivery_sum or NOTHING
            filled = brought.get("filled", {}) | {"pickup_date": str(day)}
            vals = {"pickup_date": day, "problem": False}
            self.write(vals | {"delivery_sum": brought | {"filled": filled}})

    def _let_go_what_went_otherwise(self):
        """By hand, what was of a day that is gone alone is for nobody's next pickup."""
        gone = self.picking_ids.filtered_domain(self.location_id._went_without_plan())
        if gone and self._is_of_day_gone():
            gone.write({"ups_pickup_id": False, **WAITS_BY_HAND})
            self._fill_from_deliveries()
            self._note(self.location_id._gone_in_words(gone))

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_made_again(self):
        drafts = self.filtered(lambda each: each.state == "draft" and each.delivery_count)
        for pickup in () if self.env.su else drafts:
            location = pickup.location_id
            is_made_again = location.plan == "when_packages" and location._is_plan_in_force()
            day = pickup.pickup_date
            if is_made_again and pickup in pickup._there_on(location, day, day):
                raise UserError(
                    self.env._(
                        "%(pickup)s would be back within minutes, and the plan of %(location)s"
                        " would request it. Take its transfers out; or, if no driver is to come"
                        " that day, enter a day off in Days and Holidays of the location: they go"
                        " on to the next day.",
                        pickup=pickup.display_name,
                        location=location.display_name,
                    )
                )

    def unlink(self):
        # What UPS has collected, or may have, waits for no other driver.
        still_there = self.sudo().filtered(
            lambda each: (
                each.state in ("draft", *FREED)
                and each.is_current_environment
                and not each.is_settled
            )
        )
        pickings = still_there.picking_ids
        drafts = still_there.filtered(lambda each: each.state == "draft")
        # By hand, what was of that day alone is for nobody's next pickup.
        by_hand = drafts.picking_ids.filtered(
            lambda each: not each.ups_pickup_waits_since and not each._ups_location()._has_plan()
        )
        result = super().unlink()
        (pickings - by_hand).ups_pickup_waits = True
        by_hand.write(WAITS_BY_HAND)
        return result


def _told_weight(brought):
    """:return: 0 where UPS is told none: the sum lacks some, or is above what UPS takes."""
    return 0 if brought["unweighed"] else _at_most(brought["weight"])


def _at_most(weight):
    return 0 if round(weight, 1) > MOST_WEIGHT else round(weight, 1)


def _in_lines(total):
    """:return: the quantities of as many lines as UPS's most pieces a line need."""
    return [min(MAX_QUANTITY, total - start) for start in range(0, total, MAX_QUANTITY)]
