/**
 * The conversation with the server over one socket at a time: greets, asks, notices silence and comes back by itself.
 * It knows no browser: socket and clock come in by the door.
 */
import type { Answer, Ask, Wish } from "../protocol/answers.ts";
import { readFrame, Refusal, Unanswered } from "../protocol/frames.ts";
import type { Frame, Push, Welcome } from "../protocol/wire.gen.ts";
import { delayAfter } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import type { Dial, Socket } from "./transport.ts";

/** Why a connection ends for good; the close codes 4500–4999 by their meaning. */
export type Ending = "outdated" | "nobody" | "removed" | "refused";

export type Line =
  | { phase: "idle" }
  | { phase: "connecting"; since: number }
  | { phase: "open" }
  | { phase: "waiting"; since: number; next: number }
  | { phase: "ended"; why: Ending };

export interface Listener {
  /** The state of the line, at every change. */
  line(line: Line): void;
  /** A new socket greeted: commands go through from here on. */
  greeted(welcome: Welcome): void;
  pushed(push: Push): void;
}

interface Waiting {
  resolve(result: never): void;
  reject(why: Error): void;
}

const PATIENCE = 10_000;
const WAKE_PATIENCE = 5_000;
const STEADY = 5_000;

export class Connection {
  readonly #dial: Dial;
  readonly #clock: Clock;
  readonly #listener: Listener;
  #line: Line = { phase: "idle" };
  #socket: Socket | null = null;
  #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #failures = 0;
  #lostAt = 0;
  #openedAt = 0;
  #heartbeat = 25_000;
  #cancelTry: () => void = () => {};
  #cancelWatch: () => void = () => {};

  constructor(dial: Dial, clock: Clock, listener: Listener) {
    this.#dial = dial;
    this.#clock = clock;
    this.#listener = listener;
  }

  get isOpen(): boolean {
    return this.#line.phase === "open";
  }

  /** Dial, unless this is already under way. An ended conversation begins anew. */
  start(): void {
    if (this.#line.phase === "idle" || this.#line.phase === "ended") {
      this.#lostAt = this.#clock.now();
      this.#failures = 0;
      this.#connect();
    }
  }

  /** Don't wait for the next try. */
  tryNow(): void {
    if (this.#line.phase === "waiting") {
      this.#cancelTry();
      this.#connect();
    }
  }

  /** The computer woke, or says that it is online: see whether the line still stands. */
  wake(): void {
    if (this.isOpen) this.#probe(WAKE_PATIENCE);
    else this.tryNow();
  }

  stop(): void {
    this.#hangUp();
    this.#tell({ phase: "idle" });
  }

  /** Send a command; the promise follows its answer. Rejects at once while the line is down. */
  readonly ask: Ask = <W extends Wish>(wish: W): Promise<Answer<W>> =>
    this.isOpen ? this.#send(wish) : Promise.reject(new Unanswered());

  #connect(): void {
    this.#tell({ phase: "connecting", since: this.#lostAt });
    let socket: Socket | null = null;
    const current = (): boolean => socket === null || socket === this.#socket;
    socket = this.#dial({
      opened: () => {
        if (current()) void this.#greet();
      },
      received: (text) => {
        if (current()) this.#receive(text);
      },
      closed: (code) => {
        if (current()) this.#closed(code);
      },
    });
    this.#socket = socket;
    this.#expect(PATIENCE);
  }

  async #greet(): Promise<void> {
    try {
      const welcome = await this.#send({ type: "hello" });
      this.#heartbeat = welcome.server.heartbeat * 1000;
      this.#openedAt = this.#clock.now();
      this.#tell({ phase: "open" });
      this.#listenOn();
      this.#listener.greeted(welcome);
    } catch (error) {
      if (error instanceof Refusal && error.retryAfter === null) {
        this.#end(error.code === "unauthorized" ? "nobody" : "refused");
      } else if (error instanceof Refusal) {
        this.#retry(error.retryAfter ?? 0);
      }
    }
  }

  #send<W extends Wish>(wish: W): Promise<Answer<W>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket?.send(JSON.stringify({ ...wish, id }));
    });
  }

  #receive(text: string): void {
    if (this.isOpen) this.#listenOn();
    const frame = readFrame(text);
    if (frame) this.#take(frame);
  }

  #take(frame: Frame): void {
    if (frame.type !== "reply" && frame.type !== "failure") {
      this.#listener.pushed(frame);
      return;
    }
    if (frame.id === null) return;
    const waiting = this.#waiting.get(frame.id);
    this.#waiting.delete(frame.id);
    if (frame.type === "reply") waiting?.resolve(frame.result as never);
    else waiting?.reject(new Refusal(frame));
  }

  /** As long as something comes, all is well. After a beat of silence, ask. */
  #listenOn(): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#clock.after(this.#heartbeat + 5000, () => this.#probe(PATIENCE));
  }

  #probe(patience: number): void {
    this.#expect(patience);
    this.#send({ type: "ping" }).catch(() => {});
  }

  /** Something must come within `ms`, or the line counts as lost. */
  #expect(ms: number): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#clock.after(ms, () => this.#closed(1006));
  }

  #closed(code: number): void {
    if (code >= 4500 && code <= 4999) this.#end(endingOf(code));
    else this.#retry(0);
  }

  #retry(atLeast: number): void {
    const now = this.#clock.now();
    if (this.#line.phase === "open") {
      this.#lostAt = now;
      // A server that greets and hangs up at once must not be hammered.
      if (now - this.#openedAt >= STEADY) this.#failures = 0;
    }
    this.#failures += 1;
    this.#hangUp();
    const delay = Math.max(delayAfter(this.#failures, this.#clock), atLeast * 1000);
    this.#tell({ phase: "waiting", since: this.#lostAt, next: now + delay });
    this.#cancelTry = this.#clock.after(delay, () => this.#connect());
  }

  #end(why: Ending): void {
    this.#hangUp();
    this.#tell({ phase: "ended", why });
  }

  #hangUp(): void {
    this.#cancelTry();
    this.#cancelWatch();
    const socket = this.#socket;
    this.#socket = null;
    socket?.drop();
    const unanswered = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of unanswered) reject(new Unanswered());
  }

  #tell(line: Line): void {
    this.#line = line;
    this.#listener.line(line);
  }
}

function endingOf(code: number): Ending {
  switch (code) {
    case 4500:
      return "outdated";
    case 4501:
      return "nobody";
    case 4502:
      return "removed";
    default:
      return "refused";
  }
}
