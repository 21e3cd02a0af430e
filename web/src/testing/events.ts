/** A room's log as a server would keep it: events come out live, or folded as a page. */
import type { Event, History, Message, Opened, Reaction } from "../protocol/wire.gen.ts";
import { roomView } from "./fakes.ts";

export const START = Date.UTC(2026, 10, 16, 17, 0);

/** An event without its place and time, which the log gives. */
export type Deed = Event extends infer E ? (E extends Event ? Omit<E, "seq" | "at"> & { at?: number } : never) : never;

export class FakeLog {
  readonly events: Event[] = [];

  get head(): number {
    return this.events.length;
  }

  add(...deeds: Deed[]): Event[] {
    const from = this.head;
    for (const deed of deeds) {
      const seq = this.head + 1;
      this.events.push({ at: START + seq * 1000, ...deed, seq } as Event);
    }
    return this.events.slice(from);
  }

  say(by: string, text: string, change: Partial<Message> = {}): Event[] {
    return this.add({ kind: "message", by, cmid: `c${this.head + 1}`, text, ...change });
  }

  /** The log as it is read: every message with its changes folded in. */
  folded(): Event[] {
    return this.events.map((event) => (event.kind === "message" ? this.#fold(event) : event));
  }

  page(choose: (event: Event) => boolean, limit = 100, newest = false): History {
    const found = this.folded().filter(choose);
    const events = newest ? found.slice(-limit) : found.slice(0, limit);
    return { events, people: [], head: this.head, more: found.length > events.length };
  }

  opened(after: number, change: Partial<Opened> = {}): Opened {
    return { room: roomView({ head: this.head }), head: this.head, from: after + 1, reset: false, ...change };
  }

  #fold(message: Message): Message {
    const folded: Message & { reactions: Reaction[] } = { ...message, reactions: [] };
    for (const event of this.events) {
      if (!("target" in event) || event.target !== message.seq) continue;
      folded.changed = event.seq;
      if (event.kind === "deleted") Object.assign(folded, { text: null, deleted: true, reactions: [], edited_at: null });
      if (event.kind === "edited") Object.assign(folded, { text: event.text, edited_at: event.at });
      if (event.kind === "reacted") folded.reactions = react(folded.reactions, event.emoji, event.by, event.on);
    }
    return folded;
  }
}

function react(reactions: Reaction[], emoji: string, by: string, on: boolean): Reaction[] {
  const people = reactions.find((reaction) => reaction.emoji === emoji)?.people.filter((person) => person !== by) ?? [];
  if (on) people.push(by);
  const next = { emoji, n: people.length, people };
  const isKnown = reactions.some((reaction) => reaction.emoji === emoji);
  const all = isKnown ? reactions.map((reaction) => (reaction.emoji === emoji ? next : reaction)) : [...reactions, next];
  return all.filter(({ n }) => n > 0);
}

/** Numbers that look like chance and are the same in every run. */
export function dice(seed: number): (below: number) => number {
  let value = seed;
  return (below) => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((value / 2 ** 32) * below);
  };
}
