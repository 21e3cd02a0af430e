/** All that the page knows, as plain values. */
import type { PersonView, Reaction, RoomView } from "../protocol/wire.gen.ts";

/** A message as it is shown: the log's event with all changes folded in. */
export interface MessageItem {
  kind: "message";
  seq: number;
  at: number;
  by: string;
  cmid: string | null;
  text: string | null;
  replyTo: number | null;
  deleted: boolean;
  editedAt: number | null;
  reactions: readonly Reaction[];
  /** The `seq` of the newest change folded in. */
  changed: number;
}

/** What happened to the room itself. */
export type Incident = { seq: number; at: number; by: string } & (
  | { kind: "joined" }
  | { kind: "left" }
  | { kind: "titled"; name: string }
  | { kind: "topic"; topic: string }
  | { kind: "role"; person: string; role: string }
);

export type Item = MessageItem | Incident;

/**
 * A window on a room's log: everything from `first` to `last` that is shown. Live events extend it while it reaches the
 * newest (`attached`); a reader far up looks at an older window, and comes back through history.
 */
export interface Log {
  first: number;
  last: number;
  attached: boolean;
  items: readonly Item[];
  /** The newest event told by the socket, and its time: where an opening resumes. */
  told: number;
  toldAt: number | null;
  head: number;
  /** Opening again has begun and its events are not all here. */
  opening: boolean;
  /** A page around another place is on its way. */
  landing: boolean;
  /** After which event the *New* line stands during this visit. */
  newAfter: number | null;
  /** Messages outside the window that a message in it answers; null where there is none to see. */
  quoted: ReadonlyMap<number, MessageItem | null>;
}

export interface Pending {
  cmid: string;
  room: string;
  by: string;
  text: string;
  replyTo: number | null;
  at: number;
  failure: { code: string; message: string } | null;
  /** Acknowledged at this place, its event still on the way. */
  seq: number | null;
}

export interface Gathering {
  here: number;
  /** Told before the room was opened again: the next telling is whole. */
  stale: boolean;
  people: readonly string[];
}

export type Route =
  | { view: "door" }
  | { view: "join"; key: string }
  | { view: "room"; room: string; seq: number | null }
  | { view: "nowhere" };

export type LineState =
  | { phase: "idle" }
  | { phase: "connecting"; since: number }
  | { phase: "open" }
  | { phase: "waiting"; since: number; next: number }
  | { phase: "ended"; why: "outdated" | "nobody" | "removed" | "refused" };

export interface Saying {
  text: string;
  tone: "calm" | "bad";
  /** So that the same sentence twice is two. */
  n: number;
}

export interface State {
  route: Route;
  line: LineState;
  me: PersonView | null;
  version: number;
  epoch: string | null;
  maxText: number;
  rooms: readonly RoomView[];
  /** Rooms have been told at least once. */
  known: boolean;
  logs: ReadonlyMap<string, Log>;
  people: ReadonlyMap<string, string>;
  presence: ReadonlyMap<string, Gathering>;
  typing: ReadonlyMap<string, readonly string[]>;
  links: ReadonlyMap<string, string>;
  pending: readonly Pending[];
  /** Whether the person looks at the newest of the open room. */
  atNewest: boolean;
  /** Whether the page is in front and in use. */
  awake: boolean;
  /** Why a room of the URL is not shown. */
  missing: ReadonlyMap<string, string>;
  saying: Saying | null;
}

export const BEGINNING: State = {
  route: { view: "door" },
  line: { phase: "idle" },
  me: null,
  version: 0,
  epoch: null,
  maxText: 10_000,
  rooms: [],
  known: false,
  logs: new Map(),
  people: new Map(),
  presence: new Map(),
  typing: new Map(),
  links: new Map(),
  pending: [],
  atNewest: true,
  awake: true,
  missing: new Map(),
  saying: null,
};
