"""What can happen to an administrator, and what a browser shows meanwhile."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from guide import Guide
from playwright.sync_api import Page, expect
from running_odoo import RunningOdoo, SimulatorControl
from secret_search import CLIENT_SECRET

EXPORTED = (
    "ir.config_parameter",
    "mail.message",
    "mail.tracking.value",
    "res.company",
    "res.config.settings",
    "ups.connection",
)
# All that is in a browser and is not a page: also the keys under which Odoo keeps answers.
STORAGE = """async () => {
    const ask = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const found = [{ ...localStorage }, { ...sessionStorage }, document.referrer];
    for (const { name } of await indexedDB.databases()) {
        const database = await ask(indexedDB.open(name));
        for (const table of database.objectStoreNames) {
            const store = database.transaction(table).objectStore(table);
            const rows = [await ask(store.getAllKeys()), await ask(store.getAll())];
            found.push("table of IndexedDB", name, table, ...rows);
        }
        database.close();
    }
    return JSON.stringify(found);
}"""


@dataclass
class Story(Guide):
    """An administrator to whom everything happens, and who keeps what the browser showed."""

    page: Page
    odoo: RunningOdoo
    ups: SimulatorControl
    addresses: list[str] = field(default_factory=list)
    storage: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    authorize_urls: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("framenavigated", lambda frame: self.addresses.append(frame.url))
        self.page.on("request", lambda request: self._remember(request.url))

    def _remember(self, url: str) -> None:
        if "/security/v1/oauth/authorize?" in url:
            self.authorize_urls.append(url)

    @property
    def states(self) -> set[str]:
        return {_query_of(url)["state"] for url in self.authorize_urls}

    # === WHAT HAPPENS === #

    def save_secret(self, secret: str) -> None:
        self._fill_in_settings("simulator-client-id", secret)
        with self.page.expect_event("load"):  # the web client reloads after saving
            self._press_save()

    def save_secret_that_odoo_refuses(self, secret: str) -> None:
        self._fill_in_settings("", secret)
        self._press_save()
        refusal = self.page.get_by_role("dialog").filter(has_text="client ID was emptied")
        expect(refusal).to_be_visible()
        self.page.reload()

    def _fill_in_settings(self, client_id: str, secret: str) -> None:
        self.page.goto(f"{self.odoo.url}/odoo/settings")
        settings = self.page.locator("#ups_credentials")
        settings.get_by_label("Client ID").fill(client_id)
        settings.get_by_label("Client secret").fill(secret)

    def _press_save(self) -> None:
        self.page.get_by_role("button", name="Save", exact=True).click()

    def opt_in_signed_out_meanwhile(self, company: str) -> None:
        self.go_to_ups(company)
        self.page.context.clear_cookies(name="session_id")
        self.agree_at_ups()
        self.press_log_in()
        self.expect_success(company)

    def exchange_that_ups_refuses(self, company: str) -> None:
        """UPS's answer repeats the code, the state and the client secret."""
        self.go_to_ups(company)
        callback = self.ups.person_agrees(self.authorize_urls[-1])
        words = f"{_query_of(callback)['code']} {_query_of(callback)['state']} {CLIENT_SECRET}"
        self.ups.queue_fault("token", "status", status=400, body=_complaint("10400", words))
        self.page.goto(callback)
        expect(self.page.get_by_role("main")).to_contain_text("UPS's answer: 10400")

    def error_at_ups(self, company: str) -> None:
        """UPS's error text, in the address, repeats the code and the state."""
        self.go_to_ups(company)
        callback = self.ups.person_agrees(self.authorize_urls[-1])
        words = f"It was {_query_of(callback)['code']} of {_query_of(callback)['state']}"
        query = urlencode({"error": "server_error", "error_description": words})
        self.page.goto(f"{callback}&{query}")
        expect(self.page.get_by_role("main")).to_contain_text("server_error It was")

    def cancel(self, company: str, denial: str) -> None:
        self.ups.set_denial(denial)
        self.go_to_ups(company)
        self.cancel_at_ups()
        expect(self.page.get_by_role("main")).to_contain_text("Try again")

    def try_again(self, company: str) -> None:
        self.page.get_by_role("button", name="Try again").click()
        self.agree_and_return(company)

    def test(self, company: str, finding: str) -> None:
        self.open_company(company)
        self.open_modal()
        self.press_in_modal("Test")
        expect(self.modal).to_contain_text(finding)

    def call_that_ups_refuses(self, company: str) -> None:
        """UPS's answer repeats the access token."""
        token = self._living("sim-access-", self.ups.is_live_access_token)
        body = _complaint("10400", f"Bearer {token}")
        self.ups.queue_fault("countries", "status", status=400, body=body)
        self.test(company, "UPS's answer: 10400")

    def refresh_during_an_outage(self, company: str) -> None:
        self.ups.expire_access_tokens()
        self.ups.queue_fault("refresh", "html")
        self.test(company, "UPS is not available at the moment")

    def refresh(self, company: str) -> None:
        self.ups.expire_access_tokens()
        self.test(company, "UPS accepts the authorization")

    def refresh_that_ups_refuses(self, company: str) -> None:
        """UPS's answer repeats the refresh token and the client secret."""
        token = self._living("sim-refresh-", self.ups.is_live_refresh_token)
        self.ups.expire_access_tokens()
        body = _complaint("10401", f"{token} {CLIENT_SECRET}")
        self.ups.queue_fault("refresh", "status", status=401, body=body)
        self.test(company, "has ended")

    def opt_out(self, company: str) -> None:
        self.open_company(company)
        self.open_modal()
        self.confirm_opt_out()
        self.press_in_modal("Cancel")
        expect(self.api_button).not_to_contain_text("Authorized")

    def look_at_the_history(self, company: str) -> None:
        self.open_company(company)
        self.open_modal()
        self.press_in_modal("History")
        expect(self.page.get_by_text("Authorized at UPS").first).to_be_visible()

    def _living(self, prefix: str, is_live) -> str:
        issued = self.ups.issued_secrets()
        return next(each for each in issued if each.startswith(prefix) and is_live(each))

    # === WHAT IS ASKED FOR === #

    def ask_for_tokens(self) -> None:
        """Odoo says no, and how it says that is another answer to search."""
        for model, name in (
            ("res.company", "ups_access_token"),
            ("ups.connection", "sealed_access_token"),
        ):
            answer = self._rpc(model, "search_read", [[]], {"fields": [name]})
            assert "error" in answer, name
            assert "debug" in answer["error"]["data"], "with its traceback"

    def export_all(self) -> None:
        for model in EXPORTED:
            names = [*self._rpc(model, "fields_get", [], {"attributes": ["type"]})["result"]]
            request = {
                "model": model,
                "fields": [{"name": name, "label": name} for name in names],
                "ids": False,
                "domain": [],
                "import_compat": False,
                "context": {},
            }
            form = {"data": json.dumps(request), "csrf_token": self._evaluate("odoo.csrf_token")}
            answer = self.page.request.post(f"{self.odoo.url}/web/export/csv", form=form)
            assert answer.ok, model
            self.exports.append(answer.text())

    def keep_storage(self) -> None:
        self.storage.append(self._evaluate(STORAGE))
        cookies = self.page.context.cookies(self.odoo.url)
        self.storage.append(json.dumps(cookies))

    def _rpc(self, model: str, method: str, args: list, kwargs: dict) -> dict:
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        url = f"{self.odoo.url}/web/dataset/call_kw"
        answer = self.page.request.post(url, data={"jsonrpc": "2.0", "params": params})
        self.exports.append(answer.text())
        return answer.json()

    def _evaluate(self, expression: str):
        return self.page.evaluate(expression)


def _query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def _complaint(code: str, words: str) -> dict:
    return {"response": {"errors": [{"code": code, "message": words}]}}
