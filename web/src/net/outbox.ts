/**
 * The messages that are on their way: kept on this computer until the server has them, sent in order, never twice.
 * Several tabs share one queue; a lock lets one of them send at a time, and a `cmid` makes a repeated try harmless.
 */
import { Refusal, Unanswered } from "../protocol/frames.ts";
import type { Posted, PostMessage } from "../protocol/wire.gen.ts";
import type { Clock } from "./clock.ts";

export interface Outgoing {
  cmid: string;
  room: string;
  by: string;
  text: string;
  replyTo: number | null;
  /** The `cmid` that has to be in the log before this one. */
  behind: string | null;
  /** When it was written, by this computer's clock. */
  at: number;
  failure: { code: string; message: string } | null;
}

/** A message as it was handed in. */
export type Slip = Omit<Outgoing, "behind" | "failure">;

/** Keeps at once what a queue needs a moment for: a page may end in that moment. */
export interface Slips {
  keep(slip: Slip): void;
  drop(cmid: string): void;
  /** In the order in which they were written. */
  list(): Slip[];
}

/** Keeps the queue, in order. Each change is done as a whole or not at all. */
export interface QueueStore {
  list(): Promise<Outgoing[]>;
  /** Change the entry of this `cmid` in its place. One that is no longer there stays away. */
  replace(entry: Outgoing): Promise<void>;
  /** Keep `entry` at the end. One of its `cmid` that failed before gives way; one that waits keeps its place. */
  putLast(entry: Outgoing): Promise<void>;
  remove(cmid: string): Promise<void>;
  clear(): Promise<void>;
}

/** Runs `work` while nobody else in this browser holds `name`. */
export type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export interface OutboxPorts {
  store: QueueStore;
  slips: Slips;
  lock: Lock;
  clock: Clock;
  ask: (wish: Omit<PostMessage, "id">) => Promise<Posted>;
  isOpen: () => boolean;
  /** Whose messages may go out on this connection. */
  sender: () => string | null;
  /** The queue as it stands, after every change here. */
  changed: (entries: Outgoing[]) => void;
  /** Something was written to the queue here: other tabs may want to know. */
  altered: () => void;
  sent: (entry: Outgoing, posted: Posted) => void;
}

/** Another tab may still have its predecessor in hand. */
const BEHIND_PAUSE = 1;
const BEHIND_TRIES = 3;

export class Outbox {
  readonly #ports: OutboxPorts;
  /** Rooms that wait before the next try. A timer ends it: the computer's clock may be set meanwhile. */
  readonly #resting = new Set<string>();
  readonly #outOfOrder = new Map<string, number>();
  #adding: Promise<unknown> = Promise.resolve();
  #draining = false;
  #again = false;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  /** Keep a message and send it when its turn comes. Kept at once; the result is for when it is in the queue. */
  add(slip: Slip): Promise<void> {
    this.#ports.slips.keep(slip);
    // One after the other, so that each sees whom it follows.
    const added = this.#adding.then(() => this.#append(slip)).finally(() => this.#ports.slips.drop(slip.cmid));
    this.#adding = added.catch(() => {});
    return added;
  }

  /** Queue what a page that ended too soon had only just taken. Another page may still be at it: that is harmless. */
  async adopt(): Promise<void> {
    await Promise.all(this.#ports.slips.list().map((slip) => this.add(slip)));
  }

  async #append(slip: Slip): Promise<void> {
    const before = await this.#ports.store.list();
    const last = before.findLast((entry) => isWaitingIn(slip.room, entry) && entry.cmid !== slip.cmid);
    await this.#ports.store.putLast({ ...slip, behind: last?.cmid ?? null, failure: null });
    await this.#alter();
    this.pump();
  }

  /** Tell again what is in the queue: at the start, and when another tab changed it. */
  async refresh(): Promise<Outgoing[]> {
    const entries = await this.#ports.store.list();
    this.#ports.changed(entries);
    return entries;
  }

  /** Another tab changed the queue. It may be gone, or its line may, before all is sent. */
  async stirred(): Promise<void> {
    await this.adopt();
    await this.refresh();
    this.pump();
  }

  /** Try a failed message again, after all that wait. */
  async retry(cmid: string): Promise<void> {
    const entry = await this.#find(cmid);
    if (entry) await this.add(entry);
  }

  async discard(cmid: string): Promise<void> {
    const entry = await this.#find(cmid);
    if (!entry) return;
    this.#ports.slips.drop(cmid);
    await this.#ports.store.remove(cmid);
    await this.#closeRanks(entry);
    await this.#alter();
    this.pump();
  }

  async clear(): Promise<void> {
    await this.#ports.store.clear();
    await this.#alter();
  }

  /** Send what can be sent now. Safe to call at any time. */
  pump(): void {
    this.#again = true;
    if (this.#draining || !this.#ports.isOpen()) return;
    this.#draining = true;
    void this.#drain().finally(() => {
      this.#draining = false;
      // Somebody may have called after the last look at the queue.
      if (this.#again) this.pump();
    });
  }

  async #drain(): Promise<void> {
    while (this.#again && this.#ports.isOpen()) {
      this.#again = false;
      await this.#ports.lock("chinwag-outbox", async () => {
        let next = await this.#next();
        while (next && this.#ports.isOpen()) {
          await this.#send(next);
          next = await this.#next();
        }
      });
    }
  }

  async #next(): Promise<Outgoing | undefined> {
    const sender = this.#ports.sender();
    const entries = await this.#ports.store.list();
    return entries.find((entry) => !entry.failure && entry.by === sender && !this.#resting.has(entry.room));
  }

  async #send(entry: Outgoing): Promise<void> {
    try {
      const posted = await this.#ports.ask(wishOf(entry));
      this.#outOfOrder.delete(entry.cmid);
      await this.#ports.store.remove(entry.cmid);
      this.#ports.sent(entry, posted);
      await this.#alter();
    } catch (error) {
      if (error instanceof Refusal) await this.#refused(entry, error);
      else if (!(error instanceof Unanswered)) throw error;
    }
  }

  async #refused(entry: Outgoing, refusal: Refusal): Promise<void> {
    if (refusal.code === "out_of_order") {
      await this.#wrongTurn(entry);
    } else if (refusal.retryAfter === null) {
      await this.#ports.store.replace({ ...entry, failure: { code: refusal.code, message: refusal.message } });
      await this.#closeRanks(entry);
      await this.#alter();
    } else {
      this.#rest(entry.room, refusal.retryAfter);
    }
  }

  /** Its predecessor is not in the log: wait for it while it may still come, then go without. */
  async #wrongTurn(entry: Outgoing): Promise<void> {
    const tries = (this.#outOfOrder.get(entry.cmid) ?? 0) + 1;
    this.#outOfOrder.set(entry.cmid, tries);
    const predecessor = entry.behind === null ? undefined : await this.#find(entry.behind);
    if (predecessor && !predecessor.failure && tries < BEHIND_TRIES) this.#rest(entry.room, BEHIND_PAUSE);
    else await this.#ports.store.replace({ ...entry, behind: null });
  }

  /** Who stood behind `gone` now stands behind whom `gone` stood behind. */
  async #closeRanks(gone: Outgoing): Promise<void> {
    for (const entry of await this.#ports.store.list()) {
      if (entry.behind === gone.cmid) await this.#ports.store.replace({ ...entry, behind: gone.behind });
    }
  }

  #rest(room: string, seconds: number): void {
    this.#resting.add(room);
    this.#ports.clock.after(Math.max(seconds, 0.05) * 1000, () => {
      this.#resting.delete(room);
      this.pump();
    });
  }

  async #alter(): Promise<void> {
    await this.refresh();
    this.#ports.altered();
  }

  async #find(cmid: string): Promise<Outgoing | undefined> {
    return (await this.#ports.store.list()).find((entry) => entry.cmid === cmid);
  }
}

function isWaitingIn(room: string, entry: Outgoing): boolean {
  return entry.room === room && !entry.failure;
}

function wishOf(entry: Outgoing): Omit<PostMessage, "id"> {
  return {
    type: "post_message",
    room: entry.room,
    cmid: entry.cmid,
    text: entry.text,
    ...(entry.replyTo === null ? {} : { reply_to: entry.replyTo }),
    ...(entry.behind === null ? {} : { behind: entry.behind }),
  };
}
