"""Is it a template that asks? Then it gets no secret.

Whoever is in Odoo's group Mail Template Editor (with `mail.restrict.template.rendering` off: each
employee) may call ``sudo()`` and methods with an underscore in a mail template. So neither groups
nor names keep a template from a token; only this does. The code of server actions and crons, which
administrators write, may ask.
"""

import builtins
import sys

from odoo.exceptions import AccessError

# Through these anybody's call can pass, a template's too: they say nothing about who asks.
_PASSED_THROUGH = ("base", "bus", "mail", "web", __package__.removeprefix("odoo.addons."))


def refuse_templates(env):
    """Let only code of the server go on, and the code of server actions.

    :param odoo.api.Environment env: whose language the error is in.
    :raise AccessError: when a template of a mail, a page or a report asks.
    """
    frame = sys._getframe(1)
    while frame and _is_passed_through(frame):
        frame = frame.f_back
    if frame and _is_of_template(frame):
        raise AccessError(
            env._(
                "Templates get no UPS token. Call UPS in a method of an addon, and let the template"
                " show what the method returns."
            )
        )


def _is_passed_through(frame):
    first, *rest = frame.f_globals.get("__name__", "").split(".")
    is_addon = rest[:1] == ["addons"]
    return (
        _has_python_builtins(frame)
        and first == "odoo"
        and (not is_addon or rest[1:2] == [] or rest[1] in _PASSED_THROUGH)
    )


def _is_of_template(frame):
    # odoo/tools/safe_eval.py; ir.actions.server names itself as the file of its code.
    is_server_action = frame.f_code.co_filename.startswith("ir.actions.server(")
    return not _has_python_builtins(frame) and not is_server_action


def _has_python_builtins(frame):
    # Both safe_eval and QWeb give the code that they run builtins of its own.
    return frame.f_builtins is builtins.__dict__
