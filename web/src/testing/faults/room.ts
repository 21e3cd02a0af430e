/** A room as the model server keeps it: the log as it happened, and the log as it is read, folded as it grows. */
import type { Event, History, Message, PersonView, RoomView } from "../../protocol/wire.gen.ts";
import type { Deed } from "../events.ts";

const START = 1_700_000_000_000;
const NAMED = 50;

export class Room {
  readonly id: string;
  events: Event[] = [];
  folded: Event[] = [];
  /** The places of all messages, and by who said it under which `cmid`. */
  #said: Message[] = [];
  #places = new Map<string, Message>();
  readonly #people = new Map<string, PersonView>();
  name: string;
  topic = "";

  constructor(id: string, founder: string) {
    this.id = id;
    this.name = `Room ${id}`;
    this.add({ kind: "joined", by: founder });
  }

  get head(): number {
    return this.events.length;
  }

  /** Commit `deed`; `now` in milliseconds. */
  add(deed: Deed, now = 0): Event {
    const seq = this.head + 1;
    const event = { ...deed, seq, at: Math.max(START + now, this.events.at(-1)?.at ?? 0) } as Event;
    this.events.push(event);
    this.#fold(event);
    return event;
  }

  /** What the operator's backup holds: everything up to `head`. */
  restore(head: number): void {
    const kept = this.events.slice(0, head);
    this.events = [];
    this.folded = [];
    this.#said = [];
    this.#places = new Map();
    this.name = `Room ${this.id}`;
    this.topic = "";
    for (const event of kept) {
      this.events.push(event);
      this.#fold(event);
    }
  }

  message(seq: number): Message | undefined {
    const event = this.folded[seq - 1];
    return event?.kind === "message" ? event : undefined;
  }

  find(by: string, cmid: string): Message | undefined {
    return this.#places.get(`${by} ${cmid}`);
  }

  /** The log as it is read now, from `first` to `last`, both included. */
  slice(first: number, last: number): Event[] {
    return this.folded.slice(Math.max(0, first - 1), Math.max(0, last));
  }

  page(where: { before?: number | null; after?: number | null; around?: number | null; limit?: number }): History {
    const limit = where.limit ?? 50;
    const first = Math.max(1, this.#firstOf(where, limit));
    const last = Math.min(this.#firstOf(where, limit) + limit - 1, this.head);
    return { events: this.slice(first, last), people: this.people(), head: this.head, more: first > 1 || last < this.head };
  }

  #firstOf({ before, after, around }: Parameters<Room["page"]>[0], limit: number): number {
    if (typeof after === "number") return after + 1;
    if (typeof around === "number") return Math.max(1, Math.min(around - Math.floor(limit / 2), this.head - limit + 1));
    return (typeof before === "number" ? Math.min(before - 1, this.head) : this.head) - limit + 1;
  }

  people(): PersonView[] {
    return [...this.#people.values()];
  }

  view(person: string, read: number): RoomView {
    return {
      id: this.id,
      name: this.name,
      topic: this.topic,
      kind: "link",
      head: this.head,
      role: "member",
      read: Math.min(read, this.head),
      members: 3,
      messages: this.#said.length,
      unread: this.#said.filter(({ seq, by }) => seq > read && by !== person).length,
    };
  }

  #fold(event: Event): void {
    this.folded.push(event.kind === "message" ? { ...event, reactions: [] } : event);
    this.#people.set(event.by, { id: event.by, name: event.by });
    if (event.kind === "message") {
      this.#said.push(event);
      this.#places.set(`${event.by} ${event.cmid}`, event);
    }
    if (event.kind === "titled") this.name = event.name;
    if (event.kind === "topic") this.topic = event.topic;
    if (!("target" in event)) return;
    const target = this.message(event.target);
    if (target) this.folded[event.target - 1] = foldedInto(target, event);
  }
}

function foldedInto(message: Message, event: Event): Message {
  const next: Message = { ...message, changed: event.seq };
  if (event.kind === "deleted") return { ...next, text: null, deleted: true, reactions: [], edited_at: null };
  if (event.kind === "edited") return { ...next, text: event.text, edited_at: event.at };
  return event.kind === "reacted" ? { ...next, reactions: withReaction(next.reactions ?? [], event.emoji, event.by, event.on) } : next;
}

function withReaction(before: NonNullable<Message["reactions"]>, emoji: string, by: string, on: boolean): NonNullable<Message["reactions"]> {
  const people = (before.find((reaction) => reaction.emoji === emoji)?.people ?? []).filter((person) => person !== by);
  if (on) people.push(by);
  const next = { emoji, n: people.length, people: people.slice(0, NAMED) };
  const known = before.some((reaction) => reaction.emoji === emoji);
  const all = known ? before.map((reaction) => (reaction.emoji === emoji ? next : reaction)) : [...before, next];
  return all.filter(({ n }) => n > 0);
}
