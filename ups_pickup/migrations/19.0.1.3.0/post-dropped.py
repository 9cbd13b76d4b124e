"""Remember which drafts of batches are chosen no more: those that nobody has touched since."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for batch in env["ups.pickup.batch"].search([("pickup_ids.state", "=", "draft")]):
        since, outside = batch.write_date, batch._outside()
        rows = batch.pickup_ids.browse(outside)
        batch.dropped = {row.id: outside[row.id] for row in rows if row.write_date <= since}
