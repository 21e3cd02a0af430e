/** What the page knows after something happened. Pure: the same happenings lead to the same state. */
import type { Myself, PersonView, Push } from "../protocol/wire.gen.ts";
import type { Happening } from "./happenings.ts";
import { append, land, open, prepend, quote } from "./log.ts";
import type { Log, Pending, Route, State } from "./model.ts";
import { BEGINNING } from "./model.ts";
import { receive } from "./receive.ts";
import { markRead, withNames, withRoom } from "./rooms.ts";

export function reduce(state: State, happening: Happening): State {
  switch (happening.type) {
    case "routed":
      return routed(state, happening.route);
    case "line_changed":
      return { ...state, line: happening.line, typing: happening.line.phase === "open" ? state.typing : new Map() };
    case "welcomed":
      return welcomed(state, happening.welcome);
    case "told_myself":
      return stand(state, happening.myself);
    case "named":
      return named({ ...state, me: happening.me }, [happening.me]);
    case "pushed":
      return pushed(state, happening.push);
    case "room_opened":
      return opened(state, happening);
    case "landing_begun":
    case "landing_ended":
      return changeLog(state, happening.room, (log) => ({ ...log, landing: happening.type === "landing_begun" }));
    case "page_read":
      return turned(state, happening);
    case "quote_read":
      return quoted(state, happening);
    case "read_up_to":
      return markRead(state, happening.room, happening.seq);
    case "link_shown":
      return { ...state, links: new Map(state.links).set(happening.room, happening.link) };
    case "room_missing":
      return { ...state, missing: new Map(state.missing).set(happening.room, happening.why) };
    case "room_left":
      return { ...state, rooms: state.rooms.filter(({ id }) => id !== happening.room) };
    case "queued":
      return { ...state, pending: queue(state.pending, happening.entries) };
    case "sent":
      return { ...state, pending: sent(state, happening.cmid, happening.seq) };
    case "scrolled":
      return { ...state, atNewest: happening.atNewest };
    case "woke":
    case "dozed":
      return { ...state, awake: happening.type === "woke" };
    case "said":
      return { ...state, saying: { text: happening.text, tone: happening.tone, n: (state.saying?.n ?? 0) + 1 } };
    case "hushed":
      return { ...state, saying: null };
    case "forgotten":
      return { ...BEGINNING, awake: state.awake, line: state.line, route: state.route };
    default:
      happening satisfies never;
      return state;
  }
}

type Of<T extends Happening["type"]> = Extract<Happening, { type: T }>;

function routed(state: State, route: Route): State {
  const room = route.view === "room" ? route.room : null;
  // Of a room that is left nothing more is told, and what was acknowledged there is in its log.
  const pending = state.pending.filter((entry) => entry.seq === null || entry.room === room);
  return { ...state, route, pending, atNewest: true };
}

function welcomed(state: State, welcome: Of<"welcomed">["welcome"]): State {
  // Another epoch: the operator restored a backup, and what is held may never have been.
  const restored = state.epoch !== null && state.epoch !== welcome.epoch;
  const logs = restored ? new Map<string, Log>() : state.logs;
  const pending = restored ? state.pending.filter(({ seq }) => seq === null) : state.pending;
  return stand({ ...state, logs, pending, epoch: welcome.epoch, maxText: welcome.server.max_text }, welcome);
}

function stand(state: State, { me, version, rooms }: Myself): State {
  const ids = new Set(rooms.map(({ id }) => id));
  const logs = new Map([...state.logs].filter(([id]) => ids.has(id)));
  const people = withNames(state.people, [me]);
  return { ...state, me, version, rooms, logs, people, known: true, missing: new Map() };
}

/** What a push tells; one that names all rooms comes after others were missed, and stands for them. */
function pushed(state: State, push: Push): State {
  const next = receive(state, push);
  return push.type === "me" && push.rooms ? stand(next, { ...push, rooms: push.rooms }) : next;
}

function opened(state: State, { opened: opening, visit, landing }: Of<"room_opened">): State {
  const { room } = opening;
  const held = open(state.logs.get(room.id), opening);
  const newAfter = room.read < room.head ? room.read : null;
  const log = { ...held, landing, newAfter: visit ? newAfter : held.newAfter };
  const presence = new Map(state.presence);
  const gathering = presence.get(room.id);
  if (gathering) presence.set(room.id, { ...gathering, stale: true });
  const missing = new Map(state.missing);
  missing.delete(room.id);
  return {
    ...state,
    rooms: withRoom(state.rooms, room),
    logs: new Map(state.logs).set(room.id, log),
    // What this opening passes over will not be told any more.
    pending: state.pending.filter((entry) => entry.room !== room.id || entry.seq === null || entry.seq > log.told),
    presence,
    missing,
  };
}

function turned(state: State, { room, place, page }: Of<"page_read">): State {
  const turn = { around: land, before: prepend, after: append }[place];
  return named(
    changeLog(state, room, (log) => turn(log, page)),
    page.people,
  );
}

function quoted(state: State, { room, seq, page }: Of<"quote_read">): State {
  return named(
    changeLog(state, room, (log) => quote(log, seq, page)),
    page.people,
  );
}

function changeLog(state: State, room: string, turn: (log: Log) => Log): State {
  const log = state.logs.get(room);
  return log ? { ...state, logs: new Map(state.logs).set(room, turn(log)) } : state;
}

function named(state: State, people: readonly PersonView[]): State {
  return { ...state, people: withNames(state.people, people) };
}

/** The queue as told, and those acknowledged whose event is still to come. */
function queue(before: readonly Pending[], entries: readonly Omit<Pending, "seq">[]): readonly Pending[] {
  const acknowledged = before.filter(({ seq, cmid }) => seq !== null && !entries.some((entry) => entry.cmid === cmid));
  return [...acknowledged, ...entries.map((entry) => ({ ...entry, seq: null }))];
}

function sent(state: State, cmid: string, seq: number): readonly Pending[] {
  const entry = state.pending.find((pending) => pending.cmid === cmid);
  const log = entry && state.logs.get(entry.room);
  // The event overtook the reply, or this page does not follow that room: nothing more will come.
  const done = !log || log.told >= seq || state.route.view !== "room" || state.route.room !== entry.room;
  return done
    ? state.pending.filter((pending) => pending.cmid !== cmid)
    : state.pending.map((pending) => (pending.cmid === cmid ? { ...pending, seq } : pending));
}

