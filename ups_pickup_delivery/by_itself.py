"""What does one piece of work so that its failure stops no other?"""

import logging

from odoo.addons.ups_pickup_oauth.own_transaction import LONGEST_WAIT, in_own_transaction

_logger = logging.getLogger(__name__)


def by_itself(env, work, wait=LONGEST_WAIT):
    """Run ``work`` in a transaction of its own; what fails is left to the plan's next cron.

    :param work: called with an environment of superuser, perhaps several times.
    :param float wait: seconds that it may wait for others.
    """
    try:
        in_own_transaction(env, work, wait=wait)
    except Exception as error:
        # Not its text, which may hold a row.
        _logger.warning("UPS deliveries, left to the next run: %s", type(error).__name__)
