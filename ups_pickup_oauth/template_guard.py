"""Is a template being rendered? Then nobody gets a secret.

Whoever is in Odoo's group Mail Template Editor (with `mail.restrict.template.rendering` off: each
employee) may call ``sudo()`` and methods with an underscore in a mail template. So neither groups
nor names keep a template from a token; only this does. The code of server actions and crons, which
administrators write, may ask, but not for a template that runs them.

It keeps tokens out of mails and pages. It cannot hold who does worse with ``sudo()`` than to ask:
such a template can make its writer an administrator.
"""

import builtins
import sys

from odoo.exceptions import AccessError

_PYTHONS = builtins.__dict__
"""Both safe_eval and QWeb give the code that they run builtins of its own."""


def refuse_templates(env):
    """Let code of the server go on, and the code of server actions, unless a template called it.

    However far away the template is: there is always some method of Odoo's, of an addon or of
    Python that calls another one for it.

    :param odoo.api.Environment env: whose language the error is in.
    :raise AccessError: when a template of a mail, a page or a report is being rendered.
    """
    frame = sys._getframe(1)
    # One after the other without a call for each: whoever wants a token waits for it.
    while frame and (frame.f_builtins is _PYTHONS or _is_of_server_action(frame)):
        frame = frame.f_back
    if frame:
        raise AccessError(
            env._(
                "Templates get no UPS token. Call UPS before the template is rendered, and let the"
                " template show what it answered."
            )
        )


def _is_of_server_action(frame):
    # odoo/tools/safe_eval.py; ir.actions.server names itself as the file of its code.
    return frame.f_code.co_filename.startswith("ir.actions.server(")
