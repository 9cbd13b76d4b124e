import math
from collections import deque
from types import ModuleType

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..live_token import Wish
from ..models.res_company import HARMLESS_CALL
from ..token_flights import flight
from .common import AuthorizedCase


@tagged("post_install", "-at_install")
class TestTemplateGuard(AuthorizedCase):
    """Who gets a token where code of the database asks; test_rendering has the mail templates."""

    def setUp(self):
        super().setUp()
        self.tokens = (self.company.ups_access_token, self.company.ups_refresh_token)
        self.env.invalidate_all()

    def test_not_even_one_that_was_read_before_in_the_same_transaction(self):
        self.assertEqual(self.company.sudo().ups_access_token, self.tokens[0])
        for expression in ("object.ups_access_token", "object.mapped('ups_access_token')"):
            with self.assertRaisesRegex(AccessError, "before the template is rendered"):
                safe_eval(expression, {"object": self.company.sudo()})

    def test_a_page_gets_no_token(self):
        arch = '<p t-out="company.sudo().ups_access_token"/>'
        view = self.env["ir.ui.view"].create({"type": "qweb", "arch": arch})
        with self.assertRaisesRegex(Exception, "Templates get no UPS token") as caught:
            self.env["ir.qweb"]._render(view.id, {"company": self.company})
        self.assert_no_token_in(str(caught.exception))

    def test_a_method_of_an_addon_gets_none_for_a_template(self):
        # Its module is none of Odoo's own. Were it trusted, a template would find a method of some
        # addon that calls what it is told to.
        namespace = {"__name__": "odoo.addons.somebody.models", "company": self.company}
        exec("def label(): return bool(company._ups_get_access_token())", namespace)  # noqa: S102
        self.assertTrue(namespace["label"]())
        with self.assertRaisesRegex(AccessError, "Templates get no UPS token"):
            safe_eval("label()", {"label": namespace["label"]})

    def test_a_template_gets_none_from_a_session_that_it_is_given(self):
        session = self.company._ups_session()
        self.assertEqual(session.get(HARMLESS_CALL).status_code, 200)
        for expression in ("session._get_token()", "session.get(path).json()"):
            with self.assertRaisesRegex(AccessError, "Templates get no UPS token"):
                safe_eval(expression, {"session": session, "path": HARMLESS_CALL})
        reached = list(reachable(session, {}))
        self.assertGreater(len(reached), 30)
        self.assert_no_token_in(" ".join(reached))

    def test_nor_one_that_another_thread_has_just_fetched(self):
        connection = self.company.ups_connection_id
        other = flight((self.env.registry.db_name, connection.id, False))
        other._result, other._ended_at = connection._live_token(), math.inf
        names = {"connection": connection, "wish": Wish()}
        self.assertEqual(connection._refreshed_token(Wish()).value, self.tokens[0])
        with self.assertRaisesRegex(AccessError, "Templates get no UPS token"):
            safe_eval("connection._refreshed_token(wish).value", names)

    def test_the_code_of_a_server_action_gets_one(self):
        code = "record.write({'vat': record._ups_get_access_token()})"
        own = {"name": "Ship", "model_id": self.env.ref("base.model_res_company").id}
        action = self.env["ir.actions.server"].create(own | {"state": "code", "code": code})
        context = {"active_model": "res.company", "active_id": self.company.id}
        action.with_context(**context).run()
        self.assertEqual(self.company.vat, self.tokens[0])

    def assert_no_token_in(self, text):
        for token in self.tokens:
            self.assertNotIn(token, text)


def reachable(thing, seen):
    """:return: as texts, all to which attributes lead without a double underscore."""
    if id(thing) in seen or isinstance(thing, type | ModuleType):
        return
    seen[id(thing)] = thing
    yield str(thing)
    attributes = getattr(thing, "__dict__", {})
    items = thing if isinstance(thing, dict | list | tuple | set | deque) else ()
    values = thing.values() if isinstance(thing, dict) else ()
    for each in (*attributes.values(), *items, *values):
        yield from reachable(each, seen)
