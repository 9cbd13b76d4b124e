"""What may a file bring? Drafts that could be requested: a bad row is told by its number."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import MAX_QUANTITY

MOST_ROWS = 20_000
"""Of one file: some minutes of work."""

HOURS = ("ready_time", "close_time")

WHEN = ("location_id", "pickup_date", *HOURS)


class RowByRow(Exception):
    """Several rows at once are not fit: Odoo's `load` then tries each, and tells which."""


class UpsPickup(models.Model):
    # One model in several files, because each answers a question of its own.
    _inherit = "ups.pickup"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def get_import_templates(self):
        folder = "/ups_pickup/static/import"
        return [
            {
                "label": self.env._("Import Template for UPS Pickups (Excel)"),
                "template": f"{folder}/ups_pickups.xlsx",
            },
            {
                "label": self.env._("Import Template for UPS Pickups (CSV)"),
                "template": f"{folder}/ups_pickups.csv",
            },
        ]

    @api.model
    def load(self, fields, data):
        """Load drafts from a file, or nothing if a row is bad (odoo/orm/models.py, `load`).

        A location is meant by its name. Where two have the same, Odoo would take the first and
        warn: the driver could come to the wrong place.
        """
        if messages := (self._too_many(data) or self._ambiguous_locations(fields, data)):
            return {"ids": False, "messages": messages, "nextrow": 0}
        return super().load(fields, data)

    @api.model
    def _too_many(self, data):
        if len(data) <= MOST_ROWS:
            return []
        words = self.env._(
            "The file has %(rows)s rows, and %(most)s are the most. Divide it into several files.",
            rows=len(data),
            most=MOST_ROWS,
        )
        return [{"type": "error", "record": 0, "rows": {"from": 0, "to": 0}, "message": words}]

    @api.model
    def _ambiguous_locations(self, fields, data):
        if "location_id" not in fields:
            return []
        column = fields.index("location_id")
        names = {row[column] for row in data if row[column]}
        found = self.env["ups.pickup.location"].search([("name", "in", list(names))])
        several = {name for name, same in found.grouped("name").items() if len(same) > 1}
        return [
            {
                "type": "error",
                "field": "location_id",
                "record": at,
                "rows": {"from": at, "to": at},
                "message": self.env._(
                    "There are several locations with the name %s. Rename them, or give the"
                    " location's External ID.",
                    row[column],
                ),
            }
            for at, row in enumerate(data)
            if row[column] in several
        ]

    @api.model
    def _load_records(self, data_list, update=False):
        try:
            return super()._load_records(data_list, update)
        except UserError as error:
            # Odoo would tell it of the first row.
            raise (error if len(data_list) == 1 else RowByRow()) from error

    @api.model
    def _load_records_create(self, vals_list):
        pickups = super()._load_records_create(
            [self._with_lines(as_usual(self, each)) for each in vals_list]
        )
        pickups._refuse_bad_days()
        return pickups

    def _load_records_write(self, values):
        """A day of long ago that a file has as it is was nobody's choice today."""
        before = [self[name] for name in WHEN]
        result = super()._load_records_write(as_it_is(self, values))
        if self.state == "draft" and before != [self[name] for name in WHEN]:
            self._refuse_bad_days()
        return result

    def _refuse_bad_days(self):
        for pickup in self:
            if problems := (pickup._hour_problems() or pickup._day_problems()):
                raise UserError("\n".join(problems))

    @api.model
    def _with_lines(self, vals):
        """:return: the values, with what the location usually has where the file says nothing."""
        # From a location's button: that one.
        here = vals if "location_id" in vals else self.default_get(["location_id"])
        location = self.env["ups.pickup.location"].browse(here.get("location_id"))
        if not location:
            return vals
        [(_create, _id, usual)] = self._usual_lines(location)
        lines = [
            Command.create(
                usual | {name: value for name, value in line.items() if value is not False}
            )
            if command == Command.CREATE
            else (command, line_id, line)
            for command, line_id, line in vals.get("line_ids") or [Command.create({})]
        ]
        for _command, _id, line in lines:
            if line and not 1 <= line.get("quantity", 1) <= MAX_QUANTITY:
                # PostgreSQL would refuse it too, in words that are nobody's.
                raise UserError(self.env["ups.pickup.line"]._quantity_problem())
        return vals | {"line_ids": lines}


# An empty cell is False (odoo/addons/base, `ir.fields`), which of an hour is midnight.


def as_usual(model, vals):
    """:return: the values of a new row without its empty cells: these are as usual."""
    return {
        name: value
        for name, value in vals.items()
        if value is not False or model._fields[name].type == "boolean"
    }


def as_it_is(records, vals):
    """:return: the values of a known row, where hours and what is required stay if empty."""
    return {
        name: value
        for name, value in vals.items()
        if value is not False or not (name in HOURS or records._fields[name].required)
    }
