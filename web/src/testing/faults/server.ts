/**
 * A small server that keeps the contract: one log a room, each `cmid` once, openings that resume, and pages that are
 * folded. It is what the page under test is measured by, so it is as plain as it can be.
 */
import type {
  AnyCommand,
  DeleteMessage,
  EditMessage,
  Event,
  Frame,
  Message,
  Myself,
  Opened,
  Posted,
  PostMessage,
  React,
} from "../../protocol/wire.gen.ts";
import { Refusal } from "../../protocol/frames.ts";
import { Room } from "./room.ts";
import type { World } from "./world.ts";

const NEWEST = 50;
const MOST = 2000;
const HEADS_EVERY = 1000;

/** Says no to a message, or null where it may stand. */
export type Policy = (wish: PostMessage) => Refusal | null;

export class ModelServer {
  readonly world: World;
  readonly rooms = new Map<string, Room>();
  readonly sessions = new Set<Session>();
  readonly read = new Map<string, number>();
  policy: Policy = () => null;
  isUp = true;
  epoch = 1;
  version = 1;
  /** Counts its starts. */
  life = 1;
  /** So many behind, and an opening starts anew. */
  most = MOST;

  constructor(world: World, rooms: readonly string[]) {
    this.world = world;
    for (const id of rooms) this.rooms.set(id, new Room(id, "bob"));
  }

  room(id: string): Room {
    const room = this.rooms.get(id);
    if (!room) throw refusal("not_found");
    return room;
  }

  readBy(person: string, room: string): number {
    return this.read.get(`${person} ${room}`) ?? 1;
  }

  myself(person: string): Myself {
    const rooms = [...this.rooms.values()].map((room) => room.view(person, this.readBy(person, room.id)));
    return { me: { id: person, name: person, guest: true }, version: this.version, rooms };
  }

  /** Commit what somebody did in `room`, and tell everybody. */
  commit(room: Room, deed: Parameters<Room["add"]>[0]): Event {
    const event = room.add(deed, this.world.now);
    for (const session of this.sessions) session.happened(room, event);
    return event;
  }

  /** Lose all that is in memory: every socket and every opening. */
  restart(): void {
    this.life += 1;
    for (const session of this.sessions) session.end();
  }
}

/** One socket as the server sees it. */
export class Session {
  readonly person: string;
  readonly #server: ModelServer;
  readonly #send: (frame: Frame) => void;
  readonly onEnd: () => void;
  /** The next `seq` that each open room is told, and whether it is told live. */
  readonly #open = new Map<string, { next: number; live: boolean }>();
  readonly #moved = new Set<string>();
  #greeted = false;
  #ended = false;

  constructor(server: ModelServer, person: string, send: (frame: Frame) => void, onEnd: () => void) {
    this.#server = server;
    this.person = person;
    this.#send = send;
    this.onEnd = onEnd;
    server.sessions.add(this);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#server.sessions.delete(this);
    this.onEnd();
  }

  push(frame: Frame): void {
    if (this.#greeted && !this.#ended) this.#send(frame);
  }

  hear(command: AnyCommand): void {
    // What was on its way when the socket broke may take effect; nobody is told.
    let after: (() => void) | undefined;
    let answer: Frame;
    try {
      const done = this.#obey(command);
      answer = { type: "reply", id: command.id, result: done.result };
      after = done.after;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message, retryAfter } = error;
      answer = { type: "failure", id: command.id, code, message, retry_after: retryAfter };
    }
    if (this.#ended) return;
    this.#send(answer);
    after?.();
  }

  /** An event was committed in `room`. */
  happened(room: Room, event: Event): void {
    const open = this.#open.get(room.id);
    if (!open) this.#headMoved(room);
    else if (open.live) {
      open.next = event.seq + 1;
      this.#tell(room, [event]);
    }
  }

  #tell(room: Room, events: Event[]): void {
    const [first] = events;
    if (first) this.push({ type: "events", room: room.id, from: first.seq, events, people: room.people() });
  }

  #headMoved(room: Room): void {
    if (this.#moved.size === 0) this.#server.world.after(HEADS_EVERY, () => this.#tellHeads());
    this.#moved.add(room.id);
  }

  #tellHeads(): void {
    const rooms = [...this.#moved].filter((id) => !this.#open.has(id)).map((id) => this.#server.room(id).view(this.person, 0));
    this.#moved.clear();
    if (rooms.length === 0) return;
    this.push({
      type: "heads",
      heads: Object.fromEntries(rooms.map(({ id, head }) => [id, head])),
      messages: Object.fromEntries(rooms.map(({ id, messages }) => [id, messages])),
      titles: Object.fromEntries(rooms.map(({ id, name, topic }) => [id, [name, topic]])),
    });
  }

  #obey(command: AnyCommand): { result: unknown; after?: () => void } {
    const server = this.#server;
    switch (command.type) {
      case "hello":
        this.#greeted = true;
        return { result: { ...server.myself(this.person), epoch: `e${server.epoch}`, server: LIMITS } };
      case "me":
        return { result: server.myself(this.person) };
      case "open_room": {
        const room = server.room(command.room);
        const opened = this.#opening(room, command.after ?? null, command.at ?? null);
        return { result: opened, after: () => this.#begin(room, opened.from) };
      }
      default:
        return { result: this.#obeyHere(command) };
    }
  }

  #obeyHere(command: AnyCommand): unknown {
    switch (command.type) {
      case "close_room":
        return this.#close(this.#server.room(command.room));
      case "history":
        return this.#server.room(command.room).page(command);
      case "post_message":
        return this.#post(command);
      case "mark_read":
        return this.#mark(command.room, command.seq);
      case "edit_message":
      case "delete_message":
      case "react":
        return this.#change(command);
      case "ping":
        return {};
      default:
        throw refusal("bad_request");
    }
  }

  #opening(room: Room, after: number | null, at: number | null): Opened {
    const newest = Math.max(1, room.head - NEWEST + 1);
    const held = after === null ? undefined : room.events[after - 1];
    const leads = after !== null && after <= room.head && room.head - after <= this.#server.most && (at === null || held?.at === at);
    return {
      room: room.view(this.person, this.#server.readBy(this.person, room.id)),
      head: room.head,
      from: after !== null && leads ? after + 1 : newest,
      reset: after !== null && !leads,
    };
  }

  #begin(room: Room, from: number): void {
    const open = { next: from, live: false };
    this.#open.set(room.id, open);
    this.#catchUp(room, open);
  }

  #close(room: Room): object {
    const open = this.#open.get(room.id);
    this.#open.delete(room.id);
    if (open && !open.live) this.#headMoved(room);
    return {};
  }

  /** Send what is missing, page by page as the socket drains, each folded as the log is then. */
  #catchUp(room: Room, open: { next: number; live: boolean }): void {
    if (this.#ended || this.#open.get(room.id) !== open) return;
    const { chance } = this.#server.world;
    const events = room.slice(open.next, open.next + chance.below(12));
    this.#tell(room, events);
    open.next += events.length;
    open.live = open.next > room.head;
    if (!open.live) this.#server.world.after(chance.between(0, 30), () => this.#catchUp(room, open));
  }

  #post(wish: PostMessage): Posted {
    const server = this.#server;
    const room = server.room(wish.room);
    const known = room.find(this.person, wish.cmid);
    if (known) return { seq: known.seq, at: known.at, duplicate: true };
    if (wish.behind && !room.find(this.person, wish.behind)) throw refusal("out_of_order");
    const no = server.policy(wish);
    if (no) throw no;
    const deed = { kind: "message", by: this.person, cmid: wish.cmid, text: wish.text, reply_to: wish.reply_to ?? null } as const;
    const event = this.#commit(room, deed);
    return { seq: event.seq, at: event.at, duplicate: false };
  }

  #commit(room: Room, deed: Parameters<Room["add"]>[0]): Event {
    const { chance } = this.#server.world;
    const open = this.#open.get(room.id);
    // The event comes before the reply, or after it: both are right.
    if (!open?.live || chance.happens(0.5)) return this.#server.commit(room, deed);
    open.live = false;
    const event = this.#server.commit(room, deed);
    this.#server.world.after(chance.between(0, 20), () => this.#catchUp(room, open));
    return event;
  }

  #mark(room: string, seq: number): object {
    const server = this.#server;
    const read = Math.min(seq, server.room(room).head);
    if (read <= server.readBy(this.person, room)) return {};
    server.read.set(`${this.person} ${room}`, read);
    for (const session of server.sessions) {
      if (session !== this && session.person === this.person) session.push({ type: "read", room, seq: read });
    }
    return {};
  }

  #change(command: EditMessage | DeleteMessage | React): { seq: number | null } {
    const room = this.#server.room(command.room);
    const target = room.message(command.seq);
    if (!target || target.deleted) throw refusal("not_found");
    if (command.type === "react") return this.#react(room, target, command);
    if (target.by !== this.person) throw refusal("forbidden");
    const change = { by: this.person, target: target.seq };
    if (command.type === "delete_message") return this.#commit(room, { kind: "deleted", ...change });
    return this.#commit(room, { kind: "edited", ...change, text: command.text });
  }

  #react(room: Room, target: Message, { emoji, on }: React): { seq: number | null } {
    const by = this.person;
    const was = target.reactions?.find((reaction) => reaction.emoji === emoji)?.people.includes(by) ?? false;
    return was === on ? { seq: null } : this.#commit(room, { kind: "reacted", by, target: target.seq, emoji, on });
  }
}

const LIMITS = { version: "1", max_text: 10_000, max_frame: 131_072, heartbeat: 25 };

export function refusal(code: string, retry_after: number | null = null): Refusal {
  return new Refusal({ code, message: `${code}.`, retry_after });
}
