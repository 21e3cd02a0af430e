import { expect, test } from "vitest";
import { FakeLog } from "../testing/events.ts";
import { roomView, welcome } from "../testing/fakes.ts";
import type { Events, Push } from "../protocol/wire.gen.ts";
import type { Happening } from "./happenings.ts";
import type { State } from "./model.ts";
import { BEGINNING } from "./model.ts";
import { reduce } from "./reduce.ts";
import { roomOf, unreadInAll } from "./rooms.ts";

const server = (): FakeLog => {
  const log = new FakeLog();
  log.add({ kind: "joined", by: "ada" });
  return log;
};

function after(state: State, ...happenings: Happening[]): State {
  return happenings.reduce(reduce, state);
}

function pushed(push: Push): Happening {
  return { type: "pushed", push };
}

function told(log: FakeLog, from: number, people: Events["people"] = []): Happening {
  const events = log.events.filter(({ seq }) => seq >= from);
  return pushed({ type: "events", room: "R", from, events, people });
}

/** Ada in room R, with its log open and everything told. */
function inRoom(log: FakeLog): State {
  return after(
    BEGINNING,
    { type: "routed", route: { view: "room", room: "R", seq: null } },
    { type: "welcomed", welcome: welcome([roomView(), roomView({ id: "S", name: "Garden" })]) },
    { type: "room_opened", opened: log.opened(0), visit: true, landing: false },
    told(log, 1),
  );
}

const waiting = { cmid: "mine", room: "R", by: "ada", text: "hello", replyTo: null, at: 1, failure: null };

test("a message shows at once, and becomes true by its echo", () => {
  const log = server();
  let state = after(inRoom(log), { type: "queued", entries: [waiting] });
  expect(state.pending.map(({ cmid }) => cmid)).toEqual(["mine"]);
  log.say("ada", "hello", { cmid: "mine" });
  state = after(state, told(log, 2));
  expect(state.pending).toEqual([]);
  expect(state.logs.get("R")?.items.at(-1)).toMatchObject({ text: "hello" });
});

test("between acknowledgement and echo a message never blinks away", () => {
  const log = server();
  let state = after(inRoom(log), { type: "queued", entries: [waiting] }, { type: "sent", cmid: "mine", seq: 2 });
  state = after(state, { type: "queued", entries: [] });
  expect(state.pending).toHaveLength(1);
  log.say("ada", "hello", { cmid: "mine" });
  expect(after(state, told(log, 2)).pending).toEqual([]);
});

test("an acknowledgement after the echo leaves nothing waiting", () => {
  const log = server();
  log.say("ada", "hello", { cmid: "mine" });
  const state = after(
    inRoom(log),
    { type: "queued", entries: [waiting] },
    { type: "sent", cmid: "mine", seq: 2 },
    { type: "queued", entries: [] },
  );
  expect(state.pending).toEqual([]);
});

test("what others write is unread until it was seen; what one writes oneself never is", () => {
  const log = server();
  let state = inRoom(log);
  log.say("bob", "one");
  log.say("ada", "two");
  log.say("bob", "three");
  state = after(state, told(log, 2));
  expect(unreadInAll(state)).toBe(2);
  state = after(state, { type: "read_up_to", room: "R", seq: 2 });
  expect(unreadInAll(state)).toBe(1);
  state = after(state, { type: "read_up_to", room: "R", seq: 4 });
  expect(unreadInAll(state)).toBe(0);
});

test("rooms that are not open tell how many messages came", () => {
  const heads: Push = { type: "heads", heads: { S: 9 }, messages: { S: 5 }, titles: { S: ["Orchard", "Apples"] } };
  const state = after(inRoom(server()), pushed(heads));
  expect(roomOf(state, "S")).toMatchObject({ head: 9, unread: 5, name: "Orchard", topic: "Apples" });
});

test("reading on another device is reading", () => {
  let state = after(inRoom(server()), pushed({ type: "heads", heads: { S: 9 }, messages: { S: 5 } }));
  state = after(state, pushed({ type: "read", room: "S", seq: 9 }));
  expect(roomOf(state, "S")?.unread).toBe(0);
});

test("while nobody looks, the *New* line is drawn before what comes", () => {
  const log = server();
  let state = after(inRoom(log), { type: "dozed" });
  log.say("bob", "psst");
  state = after(state, told(log, 2), { type: "woke" });
  expect(state.logs.get("R")?.newAfter).toBe(1);
  log.say("bob", "hey");
  expect(after(state, told(log, 3)).logs.get("R")?.newAfter).toBe(1);
});

test("a new title is known everywhere at once", () => {
  const log = server();
  const state = inRoom(log);
  log.add({ kind: "titled", by: "bob", name: "Wednesday table" }, { kind: "topic", by: "bob", topic: "Soup" });
  expect(roomOf(after(state, told(log, 2)), "R")).toMatchObject({ name: "Wednesday table", topic: "Soup" });
});

test("who is here: first everybody, then who comes and goes, and everybody again after a break", () => {
  const log = server();
  const presence = (here: number, joined: string[], left: string[] = []): Happening =>
    pushed({ type: "presence", room: "R", here, joined, left, people: [] });
  let state = after(inRoom(log), presence(2, ["ada", "bob"]), presence(2, ["eve"], ["bob"]));
  expect(state.presence.get("R")).toMatchObject({ here: 2, people: ["ada", "eve"] });
  state = after(state, { type: "room_opened", opened: log.opened(1), visit: false, landing: false }, presence(1, ["ada"]));
  expect(state.presence.get("R")).toMatchObject({ here: 1, people: ["ada"] });
});

test("whoever left while the page could not keep up is not here any more", () => {
  const log = server();
  const presence = (here: number, joined: string[]): Happening =>
    pushed({ type: "presence", room: "R", here, joined, left: [], people: [] });
  const state = after(inRoom(log), presence(3, ["ada", "bob", "eve"]), presence(2, ["ada", "eve"]));
  expect(state.presence.get("R")).toMatchObject({ here: 2, people: ["ada", "eve"] });
});

test("after missed pushes all rooms are told at once, with their heads", () => {
  const log = server();
  const state = inRoom(log);
  const [room] = state.rooms;
  if (!room) throw new Error("nobody is in a room");
  const me = { id: "ada", name: "Ada", guest: true };
  const rooms = [{ ...room, head: 90, unread: 7 }, { ...room, id: "S", name: "New" }];
  const next = after(state, pushed({ type: "me", version: state.version, me, rooms }));
  expect(next.rooms.map(({ id }) => id)).toEqual(["R", "S"]);
  expect(roomOf(next, "R")).toMatchObject({ head: 90, unread: 7 });
  expect(after(state, pushed({ type: "me", version: state.version, me })).rooms).toEqual(state.rooms);
});

test("typing ends with the message, and with the line", () => {
  const log = server();
  let state = after(inRoom(log), pushed({ type: "typing", room: "R", people: ["ada", "bob", "eve"], names: [] }));
  expect(state.typing.get("R")).toEqual(["bob", "eve"]);
  log.say("bob", "there");
  state = after(state, told(log, 2));
  expect(state.typing.get("R")).toEqual(["eve"]);
  state = after(state, { type: "line_changed", line: { phase: "waiting", since: 0, next: 1 } });
  expect(state.typing.size).toBe(0);
});

test("a new name is everybody's at once, and one's own too", () => {
  const rename = pushed({ type: "people", people: [{ id: "ada", name: "Ada L." }] });
  const state = after(inRoom(server()), rename);
  expect([state.me?.name, state.people.get("ada")]).toEqual(["Ada L.", "Ada L."]);
});

test("a restored backup makes the page forget the logs", () => {
  const state = inRoom(server());
  const restored = { ...welcome([roomView()]), epoch: "e2" };
  expect(after(state, { type: "welcomed", welcome: restored }).logs.size).toBe(0);
  expect(after(state, { type: "welcomed", welcome: welcome([roomView()]) }).logs.size).toBe(1);
});

test("a room that is gone takes its log with it and says why it is not shown", () => {
  const state = after(inRoom(server()), pushed({ type: "gone", version: 2, room: "R" }));
  expect([roomOf(state, "R"), state.logs.has("R"), state.missing.has("R")]).toEqual([undefined, false, true]);
});

test("forgetting leaves nothing but the address", () => {
  const state = after(inRoom(server()), { type: "forgotten" });
  expect(state).toEqual({ ...BEGINNING, route: { view: "room", room: "R", seq: null } });
});

const acknowledged: Happening[] = [
  { type: "queued", entries: [waiting] },
  { type: "sent", cmid: "mine", seq: 9 },
];

test("what was acknowledged is not on its way any more once its room is left", () => {
  const state = after(inRoom(server()), ...acknowledged);
  expect(state.pending).toHaveLength(1);
  expect(after(state, { type: "routed", route: { view: "door" } }).pending).toEqual([]);
});

test("what was acknowledged is not on its way any more where an opening passes over it", () => {
  const log = server();
  const state = after(inRoom(log), ...acknowledged);
  const opened = { ...log.opened(0), head: 3000, from: 2951, reset: true };
  expect(after(state, { type: "room_opened", opened, visit: false, landing: false }).pending).toEqual([]);
});

test("what was acknowledged before a backup was put back is not on its way any more", () => {
  const state = after(inRoom(server()), ...acknowledged, { type: "welcomed", welcome: { ...welcome([roomView()]), epoch: "e2" } });
  expect(state.pending).toEqual([]);
});

test("messages are counted one by one, though a page has told of them before", () => {
  const log = server();
  const before = inRoom(log);
  log.say("bob", "one");
  log.say("bob", "two");
  const page = log.page(() => true);
  const state = after(before, { type: "page_read", room: "R", place: "around", page });
  const [, one, two] = log.events.map((event) => pushed({ type: "events", room: "R", from: event.seq, events: [event], people: [] }));
  expect(one && two && roomOf(after(state, one, two), "R")).toMatchObject({ head: 3, messages: 2, unread: 2 });
});
