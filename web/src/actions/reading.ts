/** Reading a room: coming in at the right place, turning pages both ways, and saying how far one has read. */
import { signal } from "@preact/signals";
import { Refusal, Unanswered } from "../protocol/frames.ts";
import type { AskHistory } from "../protocol/wire.gen.ts";
import type { Plan } from "../state/opening.ts";
import { planReturn, planVisit } from "../state/opening.ts";
import { openRoomId, roomOf } from "../state/rooms.ts";
import { ask, isOpen, onGreeting } from "./line.ts";
import { goInstead, onRoute } from "./navigation.ts";
import { complain, sentenceOf } from "./saying.ts";
import { happen, log, room, roomId, state } from "./store.ts";

const PAGE = 100;
const MARK_PAUSE = 400;
const NEWEST = Number.MAX_SAFE_INTEGER;
const NOT_HERE = "There is no such room, or you are not in it. Ask somebody who is for its link.";

/** Where the list of messages should scroll to, when it can. `n` tells two wishes apart. */
export const goal = signal<{ to: "newest" | "start" | number; n: number }>({ to: "start", n: 0 });
/** Which way a page is being turned just now. */
export const turning = signal<"before" | "after" | null>(null);

/** The room that is open on the socket. */
let opened: string | null = null;
let marking = false;

export function startReading(): void {
  onRoute((now, before) => {
    const left = before.view === "room" ? before.room : null;
    if (now.view !== "room") leave(left);
    else if (now.room !== left) visit(now.room, now.seq, left);
    else if (now.seq !== null) void lookUp(now.seq);
  });
  onGreeting(() => {
    const id = openRoomId(state.peek());
    const route = state.peek().route;
    opened = null;
    if (id === null || route.view !== "room") return;
    // What was seen before the line broke is kept, so that nobody is torn from what they read.
    if (state.peek().logs.has(id)) void open(id, planReturn(state.peek().logs.get(id)), false);
    else visit(id, route.seq, null);
  });
}

function visit(id: string, seq: number | null, left: string | null): void {
  leave(left);
  aim(seq ?? "start");
  if (!isOpen()) return;
  happen({ type: "landing_begun", room: id });
  const before = state.peek();
  void open(id, planVisit(before.logs.get(id), roomOf(before, id), seq), true);
}

function leave(left: string | null): void {
  if (left === null || opened !== left) return;
  opened = null;
  void ask({ type: "close_room", room: left }).catch(() => {});
}

async function open(id: string, plan: Plan, isVisit: boolean): Promise<void> {
  opened = id;
  try {
    const answer = await ask({ type: "open_room", room: id, ...plan.open });
    const { read, unread } = answer.room;
    // Too much has been missed to be told at once: begin where reading ended, if anything is unread there.
    const around = answer.reset && unread > 0 && read < answer.from - 1 ? read + 1 : plan.around;
    happen({ type: "room_opened", opened: answer, visit: isVisit || Boolean(answer.reset), landing: around !== null });
    if (answer.reset) aim("start");
    if (around !== null) await turn(id, "around", { around });
  } catch (error) {
    if (error instanceof Refusal) happen({ type: "room_missing", room: id, why: whyMissing(error) });
    else if (!(error instanceof Unanswered)) throw error;
  } finally {
    happen({ type: "landing_ended", room: id });
  }
}

function whyMissing(refusal: Refusal): string {
  return refusal.code === "not_found" ? NOT_HERE : sentenceOf(refusal);
}

/** Show the message at `seq`, in the window or in one around it. */
export async function lookUp(seq: number): Promise<void> {
  const held = log.peek();
  const id = roomId.peek();
  if (id === null || !held) return;
  if (seq < held.first || seq > held.last) {
    happen({ type: "landing_begun", room: id });
    await turn(id, "around", { around: seq });
  }
  aim(seq);
}

export async function jumpToNewest(): Promise<void> {
  const id = roomId.peek();
  // The address of one message is no longer where one is.
  if (id !== null) goInstead({ view: "room", room: id, seq: null });
  if (id !== null && log.peek()?.attached === false) await turn(id, "around", { before: NEWEST });
  aim("newest");
}

export async function loadOlder(): Promise<void> {
  const held = log.peek();
  if (held && held.first > 1) await turnOnce("before", { before: held.first });
}

export async function loadNewer(): Promise<void> {
  const held = log.peek();
  if (held && !held.attached) await turnOnce("after", { after: held.last });
}

/** Read the message that another one answers. */
export async function fetchQuote(id: string, seq: number): Promise<void> {
  const page = await ask({ type: "history", room: id, around: seq, limit: 1 }).catch(() => null);
  if (page) happen({ type: "quote_read", room: id, seq, page });
}

async function turnOnce(place: "before" | "after", where: Partial<AskHistory>): Promise<void> {
  const id = roomId.peek();
  if (id === null || turning.peek() !== null || !isOpen()) return;
  turning.value = place;
  try {
    await turn(id, place, where);
  } finally {
    turning.value = null;
  }
}

async function turn(id: string, place: "before" | "after" | "around", where: Partial<AskHistory>): Promise<void> {
  try {
    const page = await ask({ type: "history", room: id, limit: PAGE, ...where });
    happen({ type: "page_read", room: id, place, page });
  } catch (error) {
    // Without a line there is nothing to say: its sign says it.
    if (!(error instanceof Unanswered)) complain(error);
  } finally {
    if (place === "around") happen({ type: "landing_ended", room: id });
  }
}

function aim(to: "newest" | "start" | number): void {
  goal.value = { to, n: goal.peek().n + 1 };
}

/** Everything up to `seq` has been on the screen of somebody who was looking. */
export function markSeen(seq: number): void {
  const id = roomId.peek();
  const place = room.peek();
  if (id === null || !place || seq <= place.read || !state.peek().awake || !isOpen()) return;
  happen({ type: "read_up_to", room: id, seq });
  if (marking) return;
  marking = true;
  // Several messages are seen in one breath: one word to the server is enough.
  setTimeout(() => {
    marking = false;
    const read = roomOf(state.peek(), id)?.read ?? seq;
    void ask({ type: "mark_read", room: id, seq: read }).catch(() => {});
  }, MARK_PAUSE);
}
