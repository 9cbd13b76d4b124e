"""The life of the addon in one database, as an administrator lives it."""

from dataclasses import dataclass, field
from pathlib import Path

import belongings
import pickups

from devenv import addons, server
from devenv.paths import ADDON, DATA

NOTE = b"The contract with UPS."
# What somebody with rights on the server may have done: a note with a file, an activity, a
# follower, a favorite filter that applies by itself, a default value, a saved list for Export.
_TRACES = f"""
connection = env["ups.connection"].sudo().search([("company_id", "=", 1)])
connection.message_post(body="See the file.", attachments=[("contract.txt", {NOTE!r})])
connection.message_subscribe(env.user.partner_id.ids)
connection.activity_schedule("mail.mail_activity_data_todo", summary="Call the Account Executive")
env["ir.filters"].create({{
    "name": "Authorized", "model_id": "res.company", "is_default": True,
    "domain": "[('ups_authorization_state', '=', 'authorized')]",
    "action_id": env.ref("base.action_res_company_form").id,
}})
env["ir.filters"].create({{"name": "All of them", "model_id": "ups.connection"}})
env["ir.default"].set("res.config.settings", "ups_environment", "cie")
env["ir.exports"].create({{
    "name": "Companies", "resource": "res.company",
    "export_fields": [(0, 0, {{"name": "ups_authorization_state"}})],
}})
for model, name in (("ups.pickup", "prn"), ("stock.picking", "ups_pickup_id")):
    env["ir.filters"].create({{
        "name": "All", "model_id": model, "is_default": True,
        "domain": f"[('{{name}}', '!=', False)]",
    }})
    env["ir.exports"].create({{
        "name": "All", "resource": model, "export_fields": [(0, 0, {{"name": name}})],
    }})
"""


@dataclass(frozen=True)
class Sight:
    """What there is at one moment."""

    schema: set[str]
    rows: dict[str, str] = field(repr=False)
    keys: set[Path]
    notes: set[Path]


class WholeLife:
    """Install, use, upgrade, uninstall, install again; and what was seen on the way."""

    def __init__(self, odoo, simulator):
        self.odoo, self.simulator = odoo, simulator
        self.admin = odoo.sign_in()
        # Before the first look, since other modules make sequences and more for a company.
        [self.other_company] = self.admin.call("res.company", "create", [{"name": "Harbor"}])
        self.before = self.look()
        self.press("button_immediate_install", addons.names()[1])  # and what goes with it
        self.installed = self.look()
        named = (belongings.words(odoo.database, each) for each in addons.names())
        self.words = {"UPS pickups"}.union(*named)  # the calendars of locations are called so
        self._use()
        self.used = self.look()
        self.live = self._trucks()
        server.update(odoo.database, "--update", ADDON.name)
        self.after_upgrade = self._state_and_test()
        self.live_after_upgrade = self._trucks()
        oauth, pickup, delivery = addons.names()
        self.left = {"three": self._without(oauth)}
        self.uninstalled = self.look()
        self.press("button_immediate_install", pickup)
        self.admin.save_settings(**server.SIMULATOR_SETTINGS)
        self.landing = self.admin.authorize(simulator)
        self.left["two"] = self._without(pickup)
        self.press("button_immediate_install", pickup)
        self.left["one"] = self._without(delivery)
        self.after_reinstallation = self._state_and_test()

    def _trucks(self) -> tuple:
        """:return: each pickup as Odoo has it, whose plan is on, and how often UPS was asked."""
        told = ["name", "state", "reference", "prn", "told", "pickup_date", "batch_id"]
        found = self.admin.call("ups.pickup", "search_read", [], told)
        plans = self.admin.call("ups.pickup.location", "search_read", [], ["name", "plan"])
        return found, plans, pickups.asked(self.simulator)

    def _without(self, module: str) -> set[str]:
        """:return: which addons are left without that one; what they shared with it still opens."""
        self.press("button_immediate_uninstall", module)
        self._collect_garbage()
        kinds = [[False, kind] for kind in ("list", "search", "form")]
        for model in ("stock.picking", "res.company", "res.config.settings"):
            self.admin.call(model, "get_views", kinds)
        left = [["name", "in", addons.names()], ["state", "=", "installed"]]
        found = self.admin.call("ir.module.module", "search_read", left, ["name"])
        return {each["name"] for each in found}

    def press(self, button: str, module: str = ADDON.name) -> None:
        """One of the buttons of Apps; what it changed shows after signing in again."""
        self.admin = self.odoo.sign_in()
        found = self.admin.call("ir.module.module", "search", [["name", "=", module]])
        self.admin.call("ir.module.module", button, found)
        self.admin = self.odoo.sign_in()

    def look(self) -> Sight:
        name = self.odoo.database
        return Sight(
            schema=belongings.schema(name),
            rows=belongings.rows(name),
            keys=set((DATA / ADDON.name).glob("*")),
            notes={path for path in self._filestore.rglob("*") if _holds(path, NOTE)},
        )

    def _use(self) -> None:
        """One company whose authorization has ended, one that is authorized, and once more."""
        self.admin.save_settings(**server.SIMULATOR_SETTINGS)
        self.admin.authorize(self.simulator, self.other_company)
        self.simulator.expire_access_tokens()
        self.simulator.kill_grants()
        self.ended = self.admin.test_authorization(self.other_company)
        self.admin.authorize(self.simulator)
        self.admin.start_authorization()
        self.admin.run_cron("ups_pickup_oauth.ir_cron_keep_alive")
        pickups.make(self.admin, self.simulator)
        self._run_code(_TRACES)

    def _state_and_test(self) -> tuple[str, str]:
        state = self.admin.authorization()
        return state, self.admin.test_authorization()

    def _collect_garbage(self) -> None:
        """Odoo's daily job deletes the files that no attachment has any more."""
        self.admin.run_cron("base.autovacuum_job")

    def _run_code(self, code: str) -> None:
        """As a server action, which leaves nothing of itself."""
        [model] = self.admin.call("ir.model", "search", [["model", "=", "res.company"]])
        values = {"name": "Once", "model_id": model, "state": "code", "code": code}
        action = self.admin.call("ir.actions.server", "create", [values])
        self.admin.call("ir.actions.server", "run", action)
        self.admin.call("ir.actions.server", "unlink", action)

    @property
    def _filestore(self) -> Path:
        return DATA / "filestore" / self.odoo.database


def _holds(path: Path, content: bytes) -> bool:
    same_size = path.is_file() and path.stat().st_size == len(content)
    return same_size and path.read_bytes() == content
