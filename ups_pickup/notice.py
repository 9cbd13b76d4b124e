"""How does a button tell what came of its click?"""


def notice(kind, message, **params):
    """Tell a sentence in the corner of the screen.

    :param str kind: ``success``, ``info``, ``warning`` or ``danger``.
    :param str message: what the person reads.
    :param params: others of Odoo's ``display_notification``.
    :return: the action that does it.
    :rtype: dict
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "message": message,
            "className": "o_ups_pickup_notice",  # on a phone it makes way for a question
            **params,
        },
    }


def shown_anew():
    """:return: the action that reads again what the screen shows."""
    return {"type": "ir.actions.client", "tag": "soft_reload"}
