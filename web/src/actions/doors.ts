/** The ways in: starting a room, looking at a link, joining by it, and being forgotten. */
import { signal } from "@preact/signals";
import { Http } from "../net/http.ts";
import { Refusal } from "../protocol/frames.ts";
import type { LookedAt, Me, RoomView } from "../protocol/wire.gen.ts";
import { freshId } from "../platform/ids.ts";
import { drop, dropAll, keep, recall } from "../platform/keep.ts";
import { onTabNews, tellTabs } from "../platform/tabs.ts";
import { connect, disconnect, onGreeting } from "./line.ts";
import { go, goInstead } from "./navigation.ts";
import { forgetOutbox, lock } from "./outbox.ts";
import { happen, state } from "./store.ts";

const SOMEBODY = "somebody";
const remembered = recallMyself();

const http = new Http((...request) => fetch(...request));
let startId = freshId();

/** The name under which this browser was somebody here; null: it never was, and there is nobody to ask for. */
export const knownAs = signal<string | null>(remembered?.name ?? null);

/** Somebody came in, but no socket has greeted since: without cookies, none ever will. */
export const justCameIn = signal(false);

export function startDoors(): void {
  // Until the server tells, one is who one was: what one writes meanwhile is one's own.
  if (remembered) happen({ type: "named", me: remembered });
  onGreeting(() => {
    justCameIn.value = false;
    remember();
  });
  onTabNews((news) => {
    if (news === "forgotten") becomeNobody();
  });
}

/** Who this browser is and its rooms, if it is anybody. */
export async function askWhoIAm(): Promise<void> {
  if (knownAs.peek() === null) return;
  try {
    happen({ type: "told_myself", myself: await http.rooms() });
    remember();
  } catch (error) {
    // The door stands open for a stranger too.
    if (error instanceof Refusal && error.code === "unauthorized") forgetMyself();
  }
}

/** Keep who the person is, so that the door knows whom to expect, and the page who writes. */
export function remember(): void {
  const me = state.peek().me;
  if (!me) return;
  knownAs.value = me.name;
  keep(SOMEBODY, JSON.stringify(me));
}

function recallMyself(): Me | null {
  try {
    return JSON.parse(recall(SOMEBODY) ?? "null") as Me | null;
  } catch {
    return null;
  }
}

function forgetMyself(): void {
  knownAs.value = null;
  drop(SOMEBODY);
  happen({ type: "forgotten" });
}

export async function startRoom(name: string, as: string | null): Promise<void> {
  const { room, link, me } = await become(() =>
    http.startRoom({ name, cmid: startId, ...(as === null ? {} : { as }) }),
  );
  startId = freshId();
  happen({ type: "link_shown", room: room.id, link });
  enter(room, me, go);
}

export function lookAtLink(key: string): Promise<LookedAt> {
  return http.lookAtLink(key);
}

export async function joinRoom(key: string, name: string | null): Promise<void> {
  const { room, me } = await become(() => http.joinRoom({ key, ...(name === null ? {} : { name }) }));
  enter(room, me, goInstead);
}

/** Two fresh tabs at once must not become two people: the second asks when the first is somebody. */
function become<T>(knock: () => Promise<T>): Promise<T> {
  return lock("chinwag-become", knock);
}

function enter(room: RoomView, me: Me | null | undefined, follow: typeof go): void {
  if (me) happen({ type: "named", me });
  remember();
  justCameIn.value = true;
  follow({ view: "room", room: room.id, seq: null });
  connect();
}

/** End this browser's session and leave nothing of it here. */
export async function forgetMe(): Promise<void> {
  await http.forget();
  await forgetOutbox();
  dropAll();
  tellTabs("forgotten");
  becomeNobody();
}

/** The session has ended, here or elsewhere. */
export function becomeNobody(): void {
  disconnect();
  forgetMyself();
  if (state.peek().route.view !== "join") go({ view: "door" });
}
