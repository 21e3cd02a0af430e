/** Reading a room: coming in at the right place, turning pages both ways, and saying how far one has read. */
import { signal } from "@preact/signals";
import { onLeave } from "../platform/awake.ts";
import type { Refusal } from "../protocol/frames.ts";
import { roomOf } from "../state/rooms.ts";
import { ask, isOpen, onGreeting } from "./line.ts";
import { goInstead, onRoute } from "./navigation.ts";
import type { Place, Turn } from "./reader.ts";
import { Reader } from "./reader.ts";
import { complain, sentenceOf } from "./saying.ts";
import { happen, room, roomId, state } from "./store.ts";

const MARK_PAUSE = 400;
const NOT_HERE = "There is no such room, or you are not in it. Ask somebody who is for its link.";

/** Where the list of messages should scroll to, when it can. `n` tells two wishes apart. */
export const goal = signal<{ to: Place; n: number }>({ to: "start", n: 0 });
/** Which way a page is being turned just now. */
export const turning = signal<Turn | null>(null);

const reader = new Reader({
  ask,
  isOpen,
  state: () => state.peek(),
  happen,
  aim: (to) => {
    goal.value = { to, n: goal.peek().n + 1 };
  },
  turning: (way) => {
    turning.value = way;
  },
  complain,
  whyMissing,
});

/** The room in which a mark waits to be told. */
let marking: { room: string; timer: ReturnType<typeof setTimeout> } | null = null;

export function startReading(): void {
  onRoute((now, before) => reader.routed(now, before));
  onGreeting(() => reader.greeted());
  // Whoever closes the page has read what they saw.
  onLeave(tellMark);
}

function whyMissing(refusal: Refusal): string {
  return refusal.code === "not_found" ? NOT_HERE : sentenceOf(refusal);
}

/** Show the message at `seq`, in the window or in one around it. */
export function lookUp(seq: number): Promise<void> {
  return reader.lookUp(seq);
}

export async function jumpToNewest(): Promise<void> {
  const id = roomId.peek();
  // The address of one message is no longer where one is.
  if (id !== null) goInstead({ view: "room", room: id, seq: null });
  await reader.toNewest();
}

export function loadOlder(): Promise<void> {
  return reader.loadOlder();
}

export function loadNewer(): Promise<void> {
  return reader.loadNewer();
}

/** Read the message that another one answers. */
export async function fetchQuote(id: string, seq: number): Promise<void> {
  const page = await ask({ type: "history", room: id, around: seq, limit: 1 }).catch(() => null);
  if (page) happen({ type: "quote_read", room: id, seq, page });
}

/** Everything up to `seq` has been on the screen of somebody who was looking. */
export function markSeen(seq: number): void {
  const id = roomId.peek();
  const place = room.peek();
  if (id === null || !place || seq <= place.read || !state.peek().awake || !isOpen()) return;
  happen({ type: "read_up_to", room: id, seq });
  if (marking !== null && marking.room !== id) tellMark();
  // Several messages are seen in one breath: one word to the server is enough.
  marking ??= { room: id, timer: setTimeout(tellMark, MARK_PAUSE) };
}

/** Say how far one has read, if that waits to be said. */
function tellMark(): void {
  if (marking === null) return;
  const { room: id, timer } = marking;
  clearTimeout(timer);
  marking = null;
  const read = roomOf(state.peek(), id)?.read;
  if (read !== undefined) void ask({ type: "mark_read", room: id, seq: read }).catch(() => {});
}
