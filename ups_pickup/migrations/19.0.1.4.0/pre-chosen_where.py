"""Where did each row of a batch lie when it was chosen? Odoo computes only where it lies now."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists


def migrate(cr, version):
    # 19.0.1.3.0 wrote down what was chosen no more. Before, it was what nobody had touched since.
    is_dropped = SQL(
        "batch.dropped -> pickup.id::text = jsonb_build_array(location_id, pickup_date)"
    )
    if not column_exists(cr, "ups_pickup_batch", "dropped"):
        is_dropped = SQL("pickup.state = 'draft' AND pickup.write_date <= batch.write_date")
    if column_exists(cr, "ups_pickup", "chosen_where"):
        return
    # A column that is there is not computed for all pickups.
    cr.execute("ALTER TABLE ups_pickup ADD COLUMN chosen_where jsonb")
    cr.execute(
        SQL(
            """UPDATE ups_pickup pickup
                  SET chosen_where = jsonb_build_array(location_id, pickup_date)
                 FROM ups_pickup_batch batch,
              LATERAL (SELECT array_agg(ups_pickup_location_id) AS ids
                         FROM ups_pickup_batch_ups_pickup_location_rel
                        WHERE ups_pickup_batch_id = batch.id) AS chosen
                WHERE batch.id = pickup.batch_id
                  AND (pickup_date BETWEEN date_from AND date_to AND location_id = ANY(chosen.ids)
                       OR chosen.ids IS NOT NULL AND %s)""",
            is_dropped,
        )
    )
