/** Folds the log's changes (edits, deletions, reactions) into the messages they aim at. */
import type { Event, Message, Reaction } from "../protocol/wire.gen.ts";
import type { Item, MessageItem } from "./model.ts";

/** The server names at most so many people of a reaction. */
const NAMED = 50;

/** What `event` shows by itself, or null: a change shows in its target, and unknown kinds show nothing. */
export function itemOf(event: Event): Item | null {
  const { seq, at, by } = event;
  switch (event.kind) {
    case "message":
      return messageOf(event);
    case "joined":
    case "left":
      return { kind: event.kind, seq, at, by };
    case "titled":
      return { kind: "titled", seq, at, by, name: event.name };
    case "topic":
      return { kind: "topic", seq, at, by, topic: event.topic };
    case "role":
      return { kind: "role", seq, at, by, person: event.person, role: event.role };
    case "edited":
    case "deleted":
    case "reacted":
    case "pinned":
      return null;
    default:
      event satisfies never;
      return null;
  }
}

function messageOf(event: Message): MessageItem {
  return {
    kind: "message",
    seq: event.seq,
    at: event.at,
    by: event.by,
    cmid: event.cmid ?? null,
    text: event.deleted ? null : event.text,
    replyTo: event.reply_to ?? null,
    deleted: event.deleted ?? false,
    editedAt: event.edited_at ?? null,
    reactions: event.reactions ?? [],
    changed: event.changed ?? event.seq,
  };
}

/** `items` with `event` applied to its target; the same array where it changes nothing here. */
export function change(items: readonly Item[], event: Event): readonly Item[] {
  if (!("target" in event)) return items;
  const at = placeOf(items, event.target);
  const target = at === -1 ? undefined : items[at];
  if (target?.kind !== "message" || event.seq <= target.changed) return items;
  return items.with(at, changed(target, event));
}

/** `message` as it is after `event`, which aims at it and is newer than all that is folded in. */
export function changed(message: MessageItem, event: Event): MessageItem {
  const next = { ...message, changed: event.seq };
  switch (event.kind) {
    case "edited":
      return message.deleted ? next : { ...next, text: event.text, editedAt: event.at };
    case "deleted":
      return { ...next, text: null, deleted: true, editedAt: null, reactions: [] };
    case "reacted":
      return { ...next, reactions: react(message.reactions, event.emoji, event.by, event.on) };
    case "pinned":
    case "message":
    case "joined":
    case "left":
    case "titled":
    case "topic":
    case "role":
      return next;
    default:
      event satisfies never;
      return next;
  }
}

function react(before: readonly Reaction[], emoji: string, by: string, on: boolean): readonly Reaction[] {
  const old = before.find((reaction) => reaction.emoji === emoji);
  if (!old) return on ? [...before, { emoji, n: 1, people: [by] }] : before;
  const others = old.people.filter((person) => person !== by);
  const named = on && others.length < NAMED ? [...others, by] : others;
  // Beyond the named ones, only the number tells; the server sends no change that changes nothing.
  const was = old.people.includes(by);
  const n = on ? old.n + (was ? 0 : 1) : old.n - 1;
  return n <= 0
    ? before.filter((reaction) => reaction !== old)
    : before.map((reaction) => (reaction === old ? { emoji, n, people: named } : reaction));
}

/** Where the item with `seq` stands, or −1. Items are in the order of their `seq`. */
export function placeOf(items: readonly Item[], seq: number): number {
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = items[middle]?.seq ?? 0;
    if (found === seq) return middle;
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
