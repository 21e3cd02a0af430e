/** What must be so when everything has healed; each fault is a sentence. */
import type { Event, Message } from "../../protocol/wire.gen.ts";
import { itemOf } from "../../state/fold.ts";
import type { Happening } from "../../state/happenings.ts";
import type { Item, Log, State } from "../../state/model.ts";
import { BEGINNING } from "../../state/model.ts";
import { reduce } from "../../state/reduce.ts";
import { timeline } from "../../state/timeline.ts";
import type { Room } from "./room.ts";
import type { Scene, Writing } from "./scene.ts";
import { ME } from "./scene.ts";
import type { Tab } from "./tab.ts";

export function faultsIn(scene: Scene): string[] {
  return [...faultsOfWriting(scene), ...scene.tabs.flatMap((tab) => faultsOfTab(scene, tab))];
}

function faultsOfWriting(scene: Scene): string[] {
  const rooms = [...scene.server.rooms.values()];
  return [...[...scene.writings.values()].flatMap((writing) => fateOf(scene, writing)), ...rooms.flatMap((room) => faultsOfOrder(scene, room))];
}

/** Where in the log what was written stands: found by its text, whatever `cmid` it went under. */
function placesOf(room: Room, text: string): number[] {
  const said = (event: Event): event is Message => event.kind === "message" && event.by === ME && event.text === text;
  return room.events.filter(said).map(({ seq }) => seq);
}

function fateOf(scene: Scene, writing: Writing): string[] {
  const { cmid, room, text, tries, isDiscarded } = writing;
  const times = placesOf(scene.server.room(room), text).length;
  const row = scene.browser.rows.find((entry) => entry.cmid === cmid);
  // A backup may be older.
  const isExcused = isDiscarded || scene.takenBack.has(cmid);
  return saying(`“${text}”`, [
    [times > 1, `was said ${times} times`],
    [row?.failure === null, "still waits"],
    [Boolean(row?.failure) && times > 0, "is marked as failed and was said"],
    [isDiscarded && tries === 0 && times > 0, "was discarded and was said"],
    [times === 0 && !row && !isExcused, "was lost"],
  ]);
}

function saying(what: string, claims: readonly [boolean, string][]): string[] {
  return claims.filter(([isSo]) => isSo).map(([, claim]) => `${what} ${claim}`);
}

/** What was kept before another was begun stands before it. */
function faultsOfOrder(scene: Scene, room: Room): string[] {
  const faults: string[] = [];
  const said = [...scene.writings.values()]
    .filter(({ room: id, isDiscarded }) => id === room.id && !isDiscarded)
    .flatMap((writing) => placesOf(room, writing.text).slice(0, 1).map((seq) => ({ writing, seq })));
  for (const one of said) {
    const overtaking = said.find((other) => one.writing.kept < other.writing.begun && one.seq > other.seq);
    if (overtaking) faults.push(`“${overtaking.writing.text}” overtook “${one.writing.text}”`);
  }
  return faults;
}

function faultsOfTab(scene: Scene, tab: Tab): string[] {
  const { state, roomId, log } = tab;
  const faults: string[] = [];
  if (!tab.connection.isOpen) faults.push("a tab has no line");
  for (const { cmid, failure } of state.pending) {
    if (!failure) faults.push(`${cmid} is drawn as on its way`);
  }
  const failed = scene.browser.rows.map(({ cmid }) => cmid);
  const shown = state.pending.map(({ cmid }) => cmid);
  if (failed.join(" ") !== shown.join(" ")) faults.push(`what failed is ${failed.join(" ")}, and ${shown.join(" ")} is shown`);
  for (const [id, held] of state.logs) faults.push(...faultsOfWindow(scene.server.room(id), held));
  for (const room of state.rooms) faults.push(...faultsOfRoomView(scene, room.id, room));
  if (roomId !== null && log) faults.push(...faultsOfOpenRoom(scene.server.room(roomId), log, state));
  else faults.push("a tab shows no room");
  return faults;
}

/** Every window is the log as it is read, from its first to its last. Rooms that are not open may be behind. */
export function faultsOfWindow(room: Room, log: Log): string[] {
  const expected = itemsOf(room.slice(log.first, log.last));
  return log.told < room.head || same(log.items, expected) ? [] : [`the window ${log.first}–${log.last} of ${room.id}: ${differenceOf(log.items, expected)}`];
}

function faultsOfOpenRoom(room: Room, log: Log, state: State): string[] {
  const { told, head, last, attached, opening, landing } = log;
  const here = { told, head, last, attached, opening, landing };
  const healed = { told: room.head, head: room.head, last: room.head, attached: true, opening: false, landing: false };
  const fresh = snapshotOf(room, log.first);
  const shown = log.items.slice(-fresh.length);
  const keys = timeline(log, state.pending.filter((entry) => entry.room === room.id), ME).map(({ key }) => key);
  return saying(`the open room ${room.id}`, [
    [JSON.stringify(here) !== JSON.stringify(healed), `does not reach the newest, ${room.head}: ${JSON.stringify(here)}`],
    [!same(fresh, shown), `is shown otherwise by a fresh page: ${differenceOf(shown, fresh)}`],
    [new Set(keys).size !== keys.length, "draws something twice"],
  ]);
}

/** What a page that opens the room now comes to, by the same reducer. */
function snapshotOf(room: Room, first: number): readonly Item[] {
  const opened = { room: room.view(ME, room.head), head: room.head, from: first, reset: false };
  const happenings: Happening[] = [
    { type: "routed", route: { view: "room", room: room.id, seq: null } },
    { type: "room_opened", opened, visit: true, landing: false },
    { type: "pushed", push: { type: "events", room: room.id, from: first, events: room.slice(first, room.head), people: [] } },
  ];
  return happenings.reduce(reduce, BEGINNING).logs.get(room.id)?.items ?? [];
}

function faultsOfRoomView(scene: Scene, id: string, shown: State["rooms"][number]): string[] {
  const room = scene.server.room(id);
  const { head, name, topic, messages } = room.view(ME, shown.read);
  const expected = JSON.stringify({ head, name, topic, messages });
  const seen = JSON.stringify({ head: shown.head, name: shown.name, topic: shown.topic, messages: shown.messages });
  return expected === seen ? [] : [`the room is listed as ${seen} and is ${expected}`];
}

function itemsOf(events: readonly Event[]): Item[] {
  return events.map(itemOf).filter((item) => item !== null);
}

function same(one: readonly Item[], other: readonly Item[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function differenceOf(shown: readonly Item[], expected: readonly Item[]): string {
  const at = expected.findIndex((item, place) => JSON.stringify(item) !== JSON.stringify(shown[place]));
  return `${JSON.stringify(shown[at])} instead of ${JSON.stringify(expected[at])}`;
}
