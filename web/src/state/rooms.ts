/** The rooms of a person: their list, and what is unread in them. */
import type { PersonView, RoomView } from "../protocol/wire.gen.ts";
import type { Item, Log, State } from "./model.ts";

export interface Count {
  messages: number;
  mentions: number;
}

export function roomOf(state: State, id: string | null): RoomView | undefined {
  return state.rooms.find((room) => room.id === id);
}

/** The room that is in view, if its log may be read. */
export function openRoomId(state: State): string | null {
  return state.route.view === "room" ? state.route.room : null;
}

export function openLog(state: State): Log | undefined {
  const id = openRoomId(state);
  return id === null ? undefined : state.logs.get(id);
}

/** `rooms` with `room` in its place, or first where it is new. Its log never goes back. */
export function withRoom(rooms: readonly RoomView[], room: RoomView): readonly RoomView[] {
  const at = rooms.findIndex(({ id }) => id === room.id);
  const held = rooms[at];
  if (!held) return [room, ...rooms];
  const { head, messages, unread } = held;
  return rooms.with(at, held.head > room.head ? { ...room, head, messages, unread } : room);
}

/** `rooms`, with what `change` says of the one called `id`. */
export function changeRoom(rooms: readonly RoomView[], id: string, change: Partial<RoomView>): readonly RoomView[] {
  const at = rooms.findIndex((room) => room.id === id);
  const room = rooms[at];
  return room ? rooms.with(at, { ...room, ...change }) : rooms;
}

/** What others wrote that has not been read. */
export function unreadIn(state: State, room: RoomView): Count {
  const log = state.logs.get(room.id);
  const news = log && room.unread > 0 ? itemsAfter(log, room.read) : [];
  const mentions = news.filter((item) => isToMe(state.me, item)).length;
  return { messages: room.unread, mentions };
}

/** All that is unread, for the title of the tab. */
export function unreadInAll(state: State): number {
  return state.rooms.reduce((sum, room) => sum + room.unread, 0);
}

/** The person has read `room` up to and with `seq`. */
export function markRead(state: State, id: string, seq: number): State {
  const room = roomOf(state, id);
  if (!room || seq <= room.read) return state;
  return { ...state, rooms: changeRoom(state.rooms, id, { read: seq, unread: unreadAfter(state, room, seq) }) };
}

function unreadAfter(state: State, room: RoomView, seq: number): number {
  if (seq >= room.head) return 0;
  const log = state.logs.get(room.id);
  if (!log) return room.unread;
  const fromOthers = (items: readonly Item[]): number =>
    items.filter((item) => item.kind === "message" && item.by !== state.me?.id).length;
  const reachesNewest = log.attached && log.last >= room.head && log.first <= seq + 1;
  if (reachesNewest) return fromOthers(itemsAfter(log, seq));
  const justRead = itemsAfter(log, room.read).filter((item) => item.seq <= seq);
  return Math.max(0, room.unread - fromOthers(justRead));
}

function itemsAfter(log: Log, seq: number): readonly Item[] {
  const at = log.items.findLastIndex((item) => item.seq <= seq);
  return log.items.slice(at + 1);
}

/** Whether somebody else's message names `me`. */
export function isToMe(me: PersonView | null, item: Item): boolean {
  return me !== null && item.kind === "message" && item.by !== me.id && !mentionsAt(item.text ?? "", me.name).next().done;
}

export function withNames(names: State["people"], people: readonly PersonView[]): State["people"] {
  const news = people.filter(({ id, name }) => names.get(id) !== name);
  return news.length === 0 ? names : new Map([...names, ...news.map(({ id, name }) => [id, name] as const)]);
}

/** Where `text` says `@name` as a word of its own. */
export function* mentionsAt(text: string, name: string): Generator<number> {
  const wanted = `@${name.toLowerCase()}`;
  const lower = text.toLowerCase();
  // Some letters change their length in lower case; then places in one are not places in the other.
  const hay = lower.length === text.length ? lower : text;
  for (let at = hay.indexOf(wanted); at !== -1; at = hay.indexOf(wanted, at + 1)) {
    const before = hay[at - 1] ?? " ";
    const after = hay[at + wanted.length] ?? " ";
    if (!isWord(before) && !isWord(after)) yield at;
  }
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}_]/u.test(character);
}
