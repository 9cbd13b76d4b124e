"""Remember who is asked about a pickup, so that somebody else is when they are gone."""

from odoo.addons.ups_pickup.const import PLAN_ACTIVITY, UNSUCCESSFUL_ACTIVITY

OF_A_PICKUP = tuple(each.partition(".")[-1] for each in (PLAN_ACTIVITY, UNSUCCESSFUL_ACTIVITY))


def migrate(cr, version):
    cr.execute(
        """
        UPDATE ups_pickup AS pickup SET asked_id = activity.user_id
          FROM mail_activity AS activity
          JOIN ir_model_data AS kind ON kind.module = 'ups_pickup' AND kind.name IN %s
           AND kind.res_id = activity.activity_type_id
         WHERE activity.res_model = 'ups.pickup'
           AND activity.res_id = pickup.id
           AND activity.active
        """,
        [OF_A_PICKUP],
    )
