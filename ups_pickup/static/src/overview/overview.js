/** What is there today, tomorrow, and what needs a person? Above the list, as in Odoo's purchases. */

import { Component, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

import { timeLeft } from "./countdown";
import { OverviewSearch, TILES } from "./search";

const { Interval } = luxon;

const SHOWN_CUTOFFS = 3;
const TICK = 10000;
const LONG = 5 * 60; // ticks need no new counts more often than that, in seconds

export class UpsPickupOverview extends Component {
    static template = "ups_pickup.Overview";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.search = new OverviewSearch(this.env.searchModel);
        this.last = new KeepLast();
        this.state = useState({ told: null, passed: 0 });
        onWillStart(() => this.ask());
        // The list waits for nothing: the numbers follow it.
        onWillUpdateProps(() => void this.ask());
        const ticking = browser.setInterval(() => this.tick(), TICK);
        onWillUnmount(() => browser.clearInterval(ticking));
    }

    async ask() {
        const { from, to } = this.search.dates;
        const asking = this.orm.silent.call("ups.pickup", "overview", [this.search.domain, from, to]);
        this.state.told = await this.last.add(asking);
        this.toldOn = Date.now();
        this.state.passed = 0;
    }

    tick() {
        this.state.passed = (Date.now() - this.toldOn) / 1000;
        if (this.state.passed > LONG && !document.hidden) {
            this.ask();
        }
    }

    get tiles() {
        const names = {
            today: _t("Today"),
            tomorrow: _t("Tomorrow"),
            to_check: _t("To Check"),
            unsuccessful: _t("Unsuccessful"),
            successful: _t("Successful"),
        };
        const active = this.search.tile;
        return TILES.map((name) => ({
            name,
            label: names[name],
            count: this.state.told[name],
            days: this.days(name),
            isActive: name === active,
            color: this.state.told[name] ? COLORS[name] : "bg-secondary-subtle text-secondary-emphasis",
        }));
    }

    /** The first and the last of the days that a tile counts. */
    days(name) {
        const days = this.state.told.dates[name];
        if (!days) {
            return _t("any day");
        }
        const [first, last] = [days.at(0), days.at(-1)].map((day) => deserializeDate(day));
        // One month is named once, so that a phone has room for it.
        return Interval.fromDateTimes(first, last).toLocaleString({ day: "numeric", month: "short" });
    }

    get cutoffs() {
        return this.state.told.cutoffs.slice(0, SHOWN_CUTOFFS).map((each) => {
            const seconds = each.seconds - this.state.passed;
            return { ...each, isPassed: seconds < 0, left: timeLeft(seconds) };
        });
    }

    get draftsOfToday() {
        const more = this.state.told.cutoffs.length - SHOWN_CUTOFFS;
        return more > 0
            ? _t("Show the drafts of today, also of more locations: %s", more)
            : _t("Show the drafts of today");
    }

    get nextStep() {
        return this.state.told.steps.find((step) => step.button || step.who);
    }

    onTile(name) {
        this.search.toggle(name, this.state.told.dates[name]);
    }

    onDate(bound, ev) {
        this.search.setDates({ ...this.search.dates, [bound]: ev.target.value || null });
    }

    async onStep(name) {
        const action = await this.orm.call("ups.pickup", "action_first_step", [name]);
        await this.action.doAction(action, { onClose: () => this.ask() });
    }
}

const COLORS = {
    today: "bg-info-subtle text-info-emphasis",
    tomorrow: "bg-info-subtle text-info-emphasis",
    to_check: "bg-warning-subtle text-warning-emphasis",
    unsuccessful: "bg-danger-subtle text-danger-emphasis",
    successful: "bg-success-subtle text-success-emphasis",
};
