/** What the page knows after the server told something unasked. */
import type { Events, Heads, MeChanged, Presence, Push, RoomChanged, RoomGone, Typing } from "../protocol/wire.gen.ts";
import { tell } from "./log.ts";
import type { Gathering, State } from "./model.ts";
import { changeRoom, markRead, roomOf, withNames, withRoom } from "./rooms.ts";

export function receive(state: State, push: Push): State {
  switch (push.type) {
    case "events":
      return receiveEvents(state, push);
    case "people":
      return rename(state, push.people);
    case "heads":
      return receiveHeads(state, push);
    case "typing":
      return receiveTyping(state, push);
    case "presence":
      return receivePresence(state, push);
    case "read":
      return markRead(state, push.room, push.seq);
    case "room":
      return receiveRoom(state, push);
    case "gone":
      return receiveGone(state, push);
    case "me":
      return receiveMe(state, push);
    case "notice":
      // The line breaks in a moment and comes back by itself: nobody has to do anything.
      return state;
    default:
      push satisfies never;
      return state;
  }
}

function receiveEvents(state: State, { room: id, events, people }: Events): State {
  const log = state.logs.get(id);
  const room = roomOf(state, id);
  if (!log || !room) return state;
  const inView = state.route.view === "room" && state.route.room === id;
  const next = tell(log, events, inView && state.atNewest);
  const fresh = events.filter((event) => event.seq > room.head);
  const messages = fresh.filter((event) => event.kind === "message");
  const others = messages.filter((event) => event.by !== state.me?.id).length;
  const mine = new Set(
    events.flatMap((event) => (event.kind === "message" && event.by === state.me?.id && event.cmid ? [event.cmid] : [])),
  );
  if (!state.awake && others > 0 && (log.newAfter ?? -1) < room.read) next.newAfter = room.read;
  return {
    ...state,
    logs: new Map(state.logs).set(id, next),
    rooms: changeRoom(state.rooms, id, {
      // Not the log's head: a page may have told of more than has been counted.
      head: Math.max(room.head, events.at(-1)?.seq ?? 0),
      messages: room.messages + messages.length,
      unread: room.unread + others,
      ...titlesIn(fresh),
    }),
    people: withNames(state.people, people),
    pending: mine.size > 0 ? state.pending.filter(({ cmid }) => !mine.has(cmid)) : state.pending,
    typing: hush(state, id, events),
  };
}

function titlesIn(events: Events["events"]): { name?: string; topic?: string } {
  const titled = events.findLast((event) => event.kind === "titled");
  const topic = events.findLast((event) => event.kind === "topic");
  return { ...(titled ? { name: titled.name } : {}), ...(topic ? { topic: topic.topic } : {}) };
}

/** Whoever has just said something no longer types it. */
function hush(state: State, room: string, events: Events["events"]): State["typing"] {
  const before = state.typing.get(room);
  if (!before) return state.typing;
  const spoke = new Set(events.flatMap((event) => (event.kind === "message" ? [event.by] : [])));
  const still = before.filter((person) => !spoke.has(person));
  return still.length === before.length ? state.typing : new Map(state.typing).set(room, still);
}

function rename(state: State, people: Events["people"]): State {
  const me = people.find(({ id }) => id === state.me?.id) ?? state.me;
  return { ...state, people: withNames(state.people, people), me };
}

function receiveHeads(state: State, { heads, messages, titles }: Heads): State {
  let { rooms } = state;
  for (const [id, head] of Object.entries(heads)) {
    const room = roomOf(state, id);
    if (!room || head <= room.head) continue;
    const told = messages[id] ?? room.messages;
    const [name, topic] = titles?.[id] ?? [room.name, room.topic];
    const unread = room.unread + Math.max(0, told - room.messages);
    rooms = changeRoom(rooms, id, { head, messages: told, unread, name, topic });
  }
  return { ...state, rooms };
}

function receiveTyping(state: State, { room, people, names }: Typing): State {
  const others = people.filter((person) => person !== state.me?.id);
  return {
    ...state,
    typing: new Map(state.typing).set(room, others),
    people: withNames(state.people, names ?? []),
  };
}

function receivePresence(state: State, { room, here, joined, left, people }: Presence): State {
  const known = state.presence.get(room);
  // After catching up all who are here are named again, and who left meanwhile is not told.
  const before = known && !known.stale && joined.length !== here ? known.people : [];
  const gone = new Set(left);
  const next: Gathering = {
    here,
    stale: false,
    people: [...new Set([...before, ...joined])].filter((person) => !gone.has(person)),
  };
  return {
    ...state,
    presence: new Map(state.presence).set(room, next),
    people: withNames(state.people, people ?? []),
  };
}

function receiveRoom(state: State, { version, room }: RoomChanged): State {
  return { ...state, version: Math.max(state.version, version), rooms: withRoom(state.rooms, room) };
}

function receiveGone(state: State, { version, room }: RoomGone): State {
  const logs = new Map(state.logs);
  logs.delete(room);
  return {
    ...state,
    version: Math.max(state.version, version),
    rooms: state.rooms.filter(({ id }) => id !== room),
    logs,
    missing: new Map(state.missing).set(room, "You are no longer in this room."),
  };
}

function receiveMe(state: State, { version, me }: MeChanged): State {
  return rename({ ...state, version: Math.max(state.version, version), me }, [me]);
}
