"""Which of many? What one row makes of the question stops none of the others, and no cron."""

import logging

import psycopg2
from odoo.addons.ups_pickup_oauth.own_transaction import without_text

_logger = logging.getLogger(__name__)


def one_by_one(records, question):
    """Ask each record; one of which it fails goes into the log, and is passed over.

    :param question: called with a record.
    :return: yields (record, answer).
    :raise psycopg2.Error: since the transaction is over then.
    """
    for record in records:
        try:
            answer = question(record)
        except psycopg2.Error:
            raise
        except Exception as error:
            _logger.error("UPS: %s was passed over: %s", record, without_text(error))
        else:
            yield record, answer


def those_that(records, question):
    """:return: the records of which the question is true."""
    return records.browse(record.id for record, is_true in one_by_one(records, question) if is_true)
