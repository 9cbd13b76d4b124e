from odoo import fields, models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    ups_pickup_location_ids = fields.One2many("ups.pickup.location", "calendar_id")
