/** Time, sockets and a server that tests hold in their hands. */
import type { Clock } from "../net/clock.ts";
import type { Dial, SocketEvents } from "../net/transport.ts";
import type { AnyCommand, Push, RoomView, Welcome } from "../protocol/wire.gen.ts";

/** Let everything that waits for nothing but its turn have it. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve));
}

export class FakeClock implements Clock {
  #now = 1_000_000;
  #timers: { at: number; ring: () => void }[] = [];
  dice = 1;

  now(): number {
    return this.#now;
  }

  /** Set the clock, as people do; what waits goes on waiting as long as before. */
  set(by: number): void {
    this.#now += by;
    this.#timers = this.#timers.map((timer) => Object.assign(timer, { at: timer.at + by }));
  }

  random(): number {
    return this.dice;
  }

  after(ms: number, ring: () => void): () => void {
    const timer = { at: this.#now + ms, ring };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  async pass(ms: number): Promise<void> {
    await settle();
    const until = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).toSorted((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.ring();
      await settle();
    }
    this.#now = until;
    await settle();
  }
}

type Heard = AnyCommand & Record<string, unknown>;

export class FakeSocket {
  readonly heard: Heard[] = [];
  readonly events: SocketEvents;
  isDropped = false;

  constructor(events: SocketEvents) {
    this.events = events;
  }

  /** What it heard of one type. */
  all(type: string): Heard[] {
    return this.heard.filter((command) => command.type === type);
  }

  last(type: string): Heard {
    const command = this.all(type).at(-1);
    if (!command) throw new Error(`no ${type} was heard`);
    return command;
  }

  push(frame: Push): void {
    this.events.received(JSON.stringify(frame));
  }

  reply(command: Heard, result: object): void {
    this.events.received(JSON.stringify({ type: "reply", id: command.id, result }));
  }

  refuse(command: Heard, code: string, retry_after: number | null = null): void {
    this.events.received(JSON.stringify({ type: "failure", id: command.id, code, message: `${code}.`, retry_after }));
  }
}

/** A server at the other end of every socket that is dialled. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  welcome: Welcome = welcome();

  readonly dial: Dial = (events) => {
    const socket = new FakeSocket(events);
    this.sockets.push(socket);
    return {
      send: (text) => socket.heard.push(JSON.parse(text) as Heard),
      drop: () => {
        socket.isDropped = true;
      },
    };
  };

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("nobody dialled");
    return socket;
  }

  /** Accept the newest socket and answer its greeting. */
  async greet(): Promise<FakeSocket> {
    const { socket } = this;
    socket.events.opened();
    await settle();
    socket.reply(socket.last("hello"), this.welcome);
    await settle();
    return socket;
  }
}

export function welcome(rooms: RoomView[] = []): Welcome {
  return {
    me: { id: "ada", name: "Ada", guest: true },
    version: 1,
    rooms,
    epoch: "e1",
    server: { version: "1", max_text: 10_000, max_frame: 131_072, heartbeat: 25 },
  };
}

export function roomView(change: Partial<RoomView> = {}): RoomView {
  return {
    id: "R",
    name: "Tuesday table",
    topic: "",
    kind: "link",
    head: 1,
    role: "owner",
    read: 1,
    members: 2,
    messages: 0,
    unread: 0,
    ...change,
  };
}
