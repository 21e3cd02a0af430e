/** One tab: the page without its views, put together as `actions` does, in a browser that is not one. */
import { Reader } from "../../actions/reader.ts";
import { Connection } from "../../net/connection.ts";
import type { Clock } from "../../net/clock.ts";
import type { OutboxPorts } from "../../net/outbox.ts";
import { Outbox } from "../../net/outbox.ts";
import type { Ask } from "../../protocol/answers.ts";
import type { Happening } from "../../state/happenings.ts";
import type { Log, MessageItem, State } from "../../state/model.ts";
import { BEGINNING } from "../../state/model.ts";
import { reduce } from "../../state/reduce.ts";
import { openLog, openRoomId, roomOf } from "../../state/rooms.ts";
import type { Browser, Member } from "./browser.ts";
import type { ModelServer } from "./server.ts";
import type { Wire } from "./wires.ts";
import { dialer } from "./wires.ts";

const START = 1_700_000_000_000;
const MARK_PAUSE = 400;

/** Where a test puts something wrong between two parts that are right. */
export interface Seams {
  reduce: (state: State, happening: Happening) => State;
  /** What the reader asks through. */
  reading: (ask: Ask, state: () => State) => Ask;
  sending: (ports: OutboxPorts) => OutboxPorts;
}

export const SOUND: Seams = { reduce, reading: (ask) => ask, sending: (ports) => ports };

export class Tab implements Member {
  state: State = BEGINNING;
  isClosed = false;
  isFrozen = false;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly reader: Reader;
  readonly ask: Ask;
  readonly wires = new Set<Wire>();
  readonly #browser: Browser;
  readonly #seams: Seams;
  #late: (() => unknown)[] = [];

  constructor(browser: Browser, server: ModelServer, person: string, seams: Seams) {
    this.#browser = browser;
    this.#seams = seams;
    const dial = dialer(server, person, () => browser.isOnline, this.into, this.wires);
    this.connection = new Connection(dial, this.clock, {
      line: (line) => this.happen({ type: "line_changed", line }),
      greeted: (welcome) => {
        this.happen({ type: "welcomed", welcome });
        this.reader.greeted();
        void this.outbox.refresh();
        this.outbox.pump();
      },
      pushed: (push) => this.happen({ type: "pushed", push }),
    });
    this.ask = this.connection.ask;
    this.outbox = new Outbox(seams.sending(this.#outboxPorts()));
    this.reader = this.#makeReader();
    browser.tabs.add(this);
    void this.outbox.adopt();
  }

  get clock(): Clock {
    const { world } = this.#browser;
    return {
      now: () => START + world.now + this.#browser.clockShift,
      after: (ms, then) => this.#ring(ms, then),
      random: () => world.chance.next(),
    };
  }

  /** A timer; one that fell due while the tab stood still can still be called off. */
  #ring(ms: number, then: () => void): () => void {
    let isOff = false;
    const callOff = this.#browser.world.after(ms, () => this.into(() => isOff || then()));
    return () => {
      isOff = true;
      callOff();
    };
  }

  #outboxPorts(): OutboxPorts {
    return {
      store: this.#browser.storeFor(this),
      slips: this.#browser.slips,
      lock: this.#browser.lockFor(this),
      clock: this.clock,
      ask: this.ask,
      isOpen: () => this.connection.isOpen,
      sender: () => this.state.me?.id ?? null,
      changed: (entries) => this.happen({ type: "queued", entries }),
      altered: () => this.#browser.tell(this),
      sent: (entry, { seq }) => this.happen({ type: "sent", cmid: entry.cmid, seq }),
    };
  }

  #makeReader(): Reader {
    return new Reader({
      ask: this.#seams.reading(this.ask, () => this.state),
      isOpen: () => this.connection.isOpen,
      state: () => this.state,
      happen: (happening) => this.happen(happening),
      aim: () => {},
      turning: () => {},
      complain: () => {},
      whyMissing: ({ code }) => code,
    });
  }

  readonly happen = (happening: Happening): void => {
    this.state = this.#seams.reduce(this.state, happening);
  };

  readonly into = (run: () => unknown): void => {
    if (this.isClosed) return;
    if (this.isFrozen) this.#late.push(run);
    else run();
  };

  readonly told = (): void => {
    void this.outbox.stirred();
  };

  freeze(): void {
    this.isFrozen = true;
  }

  /** What came meanwhile comes now, one after the other, as a browser does it. */
  thaw(): void {
    if (this.isClosed || !this.isFrozen) return;
    const run = this.#late.shift();
    if (run) {
      run();
      this.#browser.world.after(0, () => this.thaw());
    } else {
      this.isFrozen = false;
      this.wake();
    }
  }

  /** Somebody comes back to the tab, or the network does. */
  wake(): void {
    this.connection.wake();
    void this.outbox.stirred();
  }

  close(): void {
    this.isClosed = true;
    for (const wire of this.wires) wire.cut(false);
    this.#browser.forget(this);
  }

  // What a person does

  get roomId(): string | null {
    return openRoomId(this.state);
  }

  get log(): Log | undefined {
    return openLog(this.state);
  }

  get messages(): readonly MessageItem[] {
    return this.log?.items.filter((item) => item.kind === "message") ?? [];
  }

  go(room: string, seq: number | null = null): void {
    const before = this.state.route;
    this.happen({ type: "routed", route: { view: "room", room, seq } });
    this.connection.start();
    this.reader.routed(this.state.route, before);
  }

  /** Write `text`; in the queue once the promise is kept. */
  write(cmid: string, room: string, by: string, text: string): Promise<void> {
    const kept = this.outbox.add({ cmid, room, by, text, replyTo: null, at: this.clock.now() });
    void this.reader.toNewest();
    return kept;
  }

  markSeen(seq: number): void {
    const id = this.roomId;
    const room = roomOf(this.state, id);
    if (id === null || !room || seq <= room.read || !this.connection.isOpen) return;
    this.happen({ type: "read_up_to", room: id, seq });
    this.clock.after(MARK_PAUSE, () => {
      void this.ask({ type: "mark_read", room: id, seq: roomOf(this.state, id)?.read ?? seq }).catch(() => {});
    });
  }
}
