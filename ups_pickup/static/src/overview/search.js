/** What do the tiles and the two dates filter? Facets of the search, which a person sees and can take away. */

import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";

export const TILES = ["today", "tomorrow", "to_check", "unsuccessful", "successful"];

const IN_FORCE = "in_force"; // the tiles count the environment in force alone
const ENDED = ["unsuccessful", "successful"]; // counted from the first to the last date

export class OverviewSearch {
    constructor(model) {
        this.model = model;
    }

    /** The name of the tile that the list is filtered by, if it is one. */
    get tile() {
        const found = TILES.filter((name) => this._isActive(this._named(name)));
        return found.length === 1 ? found[0] : null;
    }

    /** The first and last date that the list is narrowed to, as texts; null where open. */
    get dates() {
        return this._dateItem?.pickupDates || { from: null, to: null };
    }

    /** What the list is narrowed to besides tiles and dates: they shall not count themselves. */
    get domain() {
        const { query } = this.model;
        const own = new Set([...this._rivals(TILES), this._dateItem].filter(Boolean).map((item) => item.id));
        try {
            this.model.query = query.filter(({ searchItemId }) => !own.has(searchItemId));
            return this.model._getDomain();
        } finally {
            this.model.query = query;
        }
    }

    /** Filter by a tile, or no longer if it is the one. `counted` are the dates that it counts. */
    toggle(name, counted) {
        const wasActive = this.tile === name;
        const isEnded = ENDED.includes(name);
        this._once(() => {
            if (this._dateItem?.isOfTile || !(isEnded || wasActive)) {
                this._setDates({});
            }
            if (isEnded && !wasActive && !this._dateItem) {
                this._setDates({ from: counted[0], to: counted[1] }, true);
            }
            this._show(wasActive ? [] : [name]);
        });
    }

    showDraftsOfToday() {
        this._once(() => {
            this._setDates({});
            this._show(["today", "draft"]);
        });
    }

    /** Narrow the list as a person says: no tile takes that away again. */
    setDates(dates) {
        this._once(() => this._setDates(dates));
    }

    get _dateItem() {
        return Object.values(this.model.searchItems).find(
            (item) => item.pickupDates && this._isActive(item)
        );
    }

    _named(name) {
        return Object.values(this.model.searchItems).find((item) => item.name === name);
    }

    _isActive(item) {
        return Boolean(item && this.model.query.some(({ searchItemId }) => searchItemId === item.id));
    }

    /** All filters beside which one of these would mean something else: those that are "or". */
    _rivals(names) {
        const groups = new Set(names.map((name) => this._named(name)?.groupId));
        return Object.values(this.model.searchItems).filter(
            (item) => item.type === "filter" && groups.has(item.groupId)
        );
    }

    _show(names) {
        const rivals = new Set(this._rivals(TILES).map((item) => item.id));
        this.model.query = this.model.query.filter(({ searchItemId }) => !rivals.has(searchItemId));
        const wanted = names.length ? [IN_FORCE, ...names] : [];
        for (const item of wanted.map((name) => this._named(name))) {
            if (item && !this._isActive(item)) {
                this.model.toggleSearchItem(item.id);
            }
        }
    }

    _setDates({ from = null, to = null }, isOfTile = false) {
        const old = this._dateItem;
        if (old) {
            this.model.toggleSearchItem(old.id);
            delete this.model.searchItems[old.id]; // or the menu would fill with them
        }
        if (from || to) {
            const leaves = [from && ["pickup_date", ">=", from], to && ["pickup_date", "<=", to]];
            this.model.createNewFilters([
                {
                    description: words(from, to),
                    domain: new Domain(leaves.filter(Boolean)).toString(),
                    pickupDates: { from, to },
                    isOfTile,
                },
            ]);
        }
    }

    /** Several changes, one search. */
    _once(change) {
        this.model.blockNotification = true;
        try {
            change();
        } finally {
            this.model.blockNotification = false;
        }
        this.model._notify();
    }
}

function words(from, to) {
    const [first, last] = [from, to].map((day) => day && formatDate(deserializeDate(day)));
    if (first && last) {
        return first === last ? first : _t("%(first)s to %(last)s", { first, last });
    }
    return first ? _t("from %s", first) : _t("until %s", last);
}
