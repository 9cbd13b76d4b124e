"""Remember since when deliveries wait again: those that a pickup let go, or validated long ago."""

from odoo.addons.ups_pickup_delivery.const import FREED, LOOK_BACK


def migrate(cr, version):
    cr.execute(
        """
        UPDATE stock_picking AS picking SET ups_pickup_waits_since = write_date
         WHERE ups_pickup_waits
           AND (
                date_done IS NULL
                OR date_done < now() AT TIME ZONE 'UTC' - %s * interval '1 day'
                OR EXISTS (
                   SELECT FROM ups_pickup AS pickup
                    WHERE pickup.state IN %s
                      AND pickup.delivery_freed @> to_jsonb(picking.id)
                )
           )
        """,
        [LOOK_BACK, FREED],
    )
