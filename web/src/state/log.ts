/** Moves the window on a room's log: opens it, extends it at both ends, and keeps it small. */
import type { Event, History, Opened } from "../protocol/wire.gen.ts";
import { change, changed, itemOf } from "./fold.ts";
import type { Item, Log } from "./model.ts";

/** So many items are in the page at most, and so many remain when there were more. */
export const MOST = 300;
const KEEP = 250;

/** The log as an opening leaves it: resumed where it leads on from what is held, new otherwise. */
export function open(log: Log | undefined, opened: Opened): Log {
  const { head, from, reset } = opened;
  const opening = from <= head;
  if (log && !reset && from === log.told + 1) return { ...log, head, opening };
  return {
    first: from,
    last: from - 1,
    attached: true,
    items: [],
    told: from - 1,
    toldAt: null,
    head,
    opening,
    landing: false,
    newAfter: log?.newAfter ?? null,
    quoted: new Map(),
  };
}

/** The log after the socket told `events`. A reader who is not at the newest keeps what is in view. */
export function tell(log: Log, events: readonly Event[], follow: boolean): Log {
  const news = events.filter(({ seq }) => seq > log.told);
  const newest = news.at(-1);
  if (!newest) return log;
  const head = Math.max(log.head, newest.seq);
  const grown = grow(log, news, follow);
  const changes = news.filter((event) => "target" in event);
  const next: Log = {
    ...grown,
    items: changes.reduce(change, grown.items),
    quoted: changes.reduce(changeQuoted, grown.quoted),
    told: newest.seq,
    toldAt: newest.at,
    head,
    opening: log.opening && newest.seq < head,
  };
  return follow ? trimTop(next) : next;
}

/** The window with what of `news` follows it; cut off from the newest where that would make it too large to keep. */
function grow(log: Log, news: readonly Event[], follow: boolean): Log {
  const more = log.attached ? news.filter(({ seq }) => seq > log.last) : [];
  const next = more[0];
  const last = more.at(-1);
  if (!next || !last) return log;
  const items = [...log.items, ...itemsOf(more)];
  const fits = follow || items.length <= MOST;
  return next.seq === log.last + 1 && fits ? { ...log, items, last: last.seq } : { ...log, attached: false };
}

/** The window around another place, instead of the one held. */
export function land(log: Log, page: History): Log {
  const events = page.events;
  const first = events[0]?.seq ?? page.head + 1;
  const last = events.at(-1)?.seq ?? page.head;
  return {
    ...log,
    first,
    last,
    // What was told after this page was read is missing in it: it reaches the newest only where it reaches `told`.
    attached: last >= Math.max(page.head, log.told),
    items: itemsOf(events),
    head: Math.max(log.head, page.head),
    landing: false,
  };
}

/** The window, longer by the page before it. A page that was asked for from another window changes nothing. */
export function prepend(log: Log, page: History): Log {
  const older = page.events.filter((event) => event.seq < log.first);
  const leadsHere = page.events.length === 0 || older.at(-1)?.seq === log.first - 1;
  if (!leadsHere) return log;
  const first = older[0]?.seq ?? 1;
  return trimBottom({ ...log, first, items: [...itemsOf(older), ...log.items] });
}

/** The window, longer by the page after it. A page that was asked for from another window changes nothing. */
export function append(log: Log, page: History): Log {
  const newer = page.events.filter((event) => event.seq > log.last);
  const leadsHere = (newer[0]?.seq ?? log.last + 1) === log.last + 1;
  if (!leadsHere) return log;
  const last = newer.at(-1)?.seq ?? log.last;
  const head = Math.max(log.head, page.head);
  const next = { ...log, last, head, items: [...log.items, ...itemsOf(newer)], attached: last >= head };
  // Events told before a page are in it: its last may lie beyond what the socket told so far.
  return trimTop(next);
}

export function quote(log: Log, seq: number, page: History): Log {
  const found = itemsOf(page.events).find((item) => item.seq === seq);
  const quoted = new Map(log.quoted).set(seq, found?.kind === "message" ? found : null);
  return { ...log, quoted };
}

function itemsOf(events: readonly Event[]): Item[] {
  return events.map(itemOf).filter((item) => item !== null);
}

function changeQuoted(quoted: Log["quoted"], event: Event): Log["quoted"] {
  if (!("target" in event)) return quoted;
  const target = quoted.get(event.target);
  return target && event.seq > target.changed ? new Map(quoted).set(event.target, changed(target, event)) : quoted;
}

function trimTop(log: Log): Log {
  if (log.items.length <= MOST) return log;
  const items = log.items.slice(-KEEP);
  return { ...log, items, first: items[0]?.seq ?? log.first };
}

function trimBottom(log: Log): Log {
  if (log.items.length <= MOST) return log;
  const items = log.items.slice(0, KEEP);
  return { ...log, items, last: items.at(-1)?.seq ?? log.last, attached: false };
}
