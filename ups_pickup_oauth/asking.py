"""How is somebody asked by an activity? In their language, and on the day that it is for them.

A cron has no time zone: on an evening in America Odoo would take UTC's day, which is tomorrow
there, and count the question as none of today's.
"""


def asked_of(record, person, by_mail=False):
    """Prepare the ``activity_schedule`` of a record for the person whom it asks.

    :param odoo.models.BaseModel record: of a model with `mail.activity.mixin`.
    :param bool by_mail: whether Odoo writes to the person, too.
    :return: the record.
    """
    # Of who has no time zone Odoo takes UTC's day, too, where it says what is overdue.
    whose = {"lang": person.lang, "tz": person.tz or "UTC"}
    return record.with_context(**whose, mail_activity_quick_update=not by_mail)
