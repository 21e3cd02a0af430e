/** The rows that a room's window shows: messages in groups, days, what happened, and where *New* begins. */
import { dayOf } from "./days.ts";
import type { Incident, Item, Log, MessageItem, Pending } from "./model.ts";

/** One author's messages within so long are one group. */
const GROUP_SPAN = 5 * 60_000;

export type Row =
  | { kind: "day"; key: string; at: number }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; message: MessageItem; first: boolean }
  | { kind: "pending"; key: string; pending: Pending; first: boolean }
  | { kind: "founded"; key: string; seq: number; by: string }
  /** Who came and went in a row, in the order of their first move. */
  | { kind: "moves"; key: string; seq: number; joined: readonly string[]; left: readonly string[] }
  | { kind: "incident"; key: string; incident: Exclude<Incident, { kind: "joined" | "left" }> };

interface Draft {
  rows: Row[];
  me: string | null;
  day: string;
  dayAt: number;
  /** Who wrote the row above, if it was a message, and when. */
  author: string | null;
  at: number;
  newAfter: number | null;
}

export function timeline(log: Log, pending: readonly Pending[], me: string | null): Row[] {
  const draft: Draft = { rows: [], me, day: "", dayAt: 0, author: null, at: 0, newAfter: log.newAfter };
  for (const item of log.items) place(draft, item);
  if (!log.attached) return draft.rows;
  const here = new Set(log.items.map((item) => (item.kind === "message" && item.by === me ? item.cmid : null)));
  for (const entry of pending) {
    if (!here.has(entry.cmid)) placePending(draft, entry);
  }
  return draft.rows;
}

function place(draft: Draft, item: Item): void {
  if ((item.kind === "joined" || item.kind === "left") && item.by === draft.me) return;
  turnDay(draft, item.at);
  if (item.kind === "message") placeMessage(draft, item);
  else placeIncident(draft, item);
}

function placeMessage(draft: Draft, message: MessageItem): void {
  const { seq, by, at, cmid, replyTo } = message;
  const own = by === draft.me;
  if (!own && draft.newAfter !== null && seq > draft.newAfter) {
    draft.rows.push({ kind: "new", key: "new" });
    draft.newAfter = null;
    draft.author = null;
  }
  const key = own && cmid ? `m${cmid}` : `s${seq}`;
  draft.rows.push({ kind: "message", key, message, first: begins(draft, by, at, replyTo) });
}

function placeIncident(draft: Draft, incident: Incident): void {
  draft.author = null;
  const { kind, seq, by } = incident;
  if (kind === "joined" && seq === 1) draft.rows.push({ kind: "founded", key: "founded", seq, by });
  else if (kind === "joined" || kind === "left") placeMove(draft, incident);
  else draft.rows.push({ kind: "incident", key: `i${seq}`, incident });
}

function placePending(draft: Draft, pending: Pending): void {
  turnDay(draft, pending.at);
  const first = begins(draft, pending.by, pending.at, pending.replyTo);
  draft.rows.push({ kind: "pending", key: `m${pending.cmid}`, pending, first });
}

function placeMove(draft: Draft, { kind, seq, by }: Item): void {
  const above = draft.rows.at(-1);
  const moves = above?.kind === "moves" ? above : { kind: "moves" as const, key: `j${seq}`, seq, joined: [], left: [] };
  if (moves === above) draft.rows.pop();
  const joined = moves.joined.filter((person) => person !== by);
  const left = moves.left.filter((person) => person !== by);
  // Who only looked in, or only stepped out, is not worth two words.
  const isBack = kind === "joined" ? moves.left.includes(by) : moves.joined.includes(by);
  if (!isBack) (kind === "joined" ? joined : left).push(by);
  if (joined.length + left.length > 0) draft.rows.push({ ...moves, joined, left });
}

function turnDay(draft: Draft, at: number): void {
  const day = dayOf(at);
  // What waits was written by this computer's clock, which may be behind: its day has been shown.
  if (day === draft.day || at < draft.dayAt) return;
  draft.day = day;
  draft.dayAt = at;
  draft.author = null;
  draft.rows.push({ kind: "day", key: `d${day}`, at });
}

/** Whether a message by `author` at `at` begins a group. An answer always does. */
function begins(draft: Draft, author: string, at: number, replyTo: number | null): boolean {
  const first = draft.author !== author || at - draft.at > GROUP_SPAN || replyTo !== null;
  draft.author = author;
  draft.at = at;
  return first;
}
