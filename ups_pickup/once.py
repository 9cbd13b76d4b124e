"""What many ask UPS at the same moment is one question: one thread asks it for all of a process."""

from odoo.addons.ups_pickup_oauth.token_flights import flight
from odoo.exceptions import UserError

from .const import LOSER_WAITS
from .words import unanswered_in_words


def once(env, what, record, work):
    """Do the work, or share what came of it in another thread meanwhile.

    :param str what: is asked about the record.
    :return: what the work returned.
    :raise UserError: that of the work, or when the other thread takes too long.
    """

    def told():
        try:
            return work()
        except UserError as error:
            return error

    key = what, env.registry.db_name, record.id
    try:
        result = flight(key).result(told, LOSER_WAITS)
    except TimeoutError:
        raise UserError(unanswered_in_words(env, "timeout"))
    if isinstance(result, Exception):
        raise result
    return result
