/** Lines between tabs and the server: they delay, break with or without a word, and may never have been there. */
import type { Dial, SocketEvents } from "../../net/transport.ts";
import type { AnyCommand, Frame } from "../../protocol/wire.gen.ts";
import type { ModelServer } from "./server.ts";
import { Session } from "./server.ts";
import type { World } from "./world.ts";

/** Runs something in a tab: later where it is frozen, never where it is closed. */
export type Into = (run: () => void) => void;

export class Wire {
  readonly #world: World;
  readonly #server: ModelServer;
  readonly #events: SocketEvents;
  readonly #into: Into;
  #session: Session | null = null;
  #up = 0;
  #down = 0;
  #isCut = false;

  constructor(server: ModelServer, events: SocketEvents, into: Into) {
    this.#server = server;
    this.#world = server.world;
    this.#events = events;
    this.#into = into;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  connect(person: string, isOnline: boolean): void {
    const { chance } = this.#world;
    this.#world.after(chance.between(1, 60), () => {
      if (this.#isCut) return;
      if (!isOnline || !this.#server.isUp) return this.cut(chance.happens(0.8));
      this.#session = new Session(this.#server, person, (frame) => this.#toTab(frame), () => this.cut(true, 1012));
      this.#into(() => this.#events.opened());
    });
  }

  toServer(text: string): void {
    const command = JSON.parse(text) as AnyCommand;
    this.#up = Math.max(this.#up, this.#world.now + this.#delay());
    const session = this.#session;
    const { life } = this.#server;
    const arrive = (): void => {
      if (this.#server.life === life) session?.hear(command);
    };
    this.#world.after(this.#up - this.#world.now, () => {
      // Of what was under way when the line broke, some arrives all the same, and late.
      if (!this.#isCut) arrive();
      else if (this.#world.chance.happens(0.3)) this.#world.after(this.#world.chance.between(0, 3000), arrive);
    });
  }

  #toTab(frame: Frame): void {
    const text = JSON.stringify(frame);
    this.#down = Math.max(this.#down, this.#world.now + this.#delay());
    this.#world.after(this.#down - this.#world.now, () => {
      if (!this.#isCut) this.#into(() => this.#events.received(text));
    });
  }

  #delay(): number {
    const { chance } = this.#world;
    return chance.happens(0.05) ? chance.between(100, 4000) : chance.between(1, 40);
  }

  /** The line breaks; `noticed`: the tab's end is told, sooner or later. */
  cut(noticed: boolean, code = 1006): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#session?.end();
    if (noticed) this.#world.after(this.#world.chance.between(0, 200), () => this.#into(() => this.#events.closed(code)));
  }
}

/** Dials the server for `person`; every line ends up in `wires`. */
export function dialer(server: ModelServer, person: string, isOnline: () => boolean, into: Into, wires: Set<Wire>): Dial {
  return (events) => {
    const wire = new Wire(server, events, into);
    for (const old of wires) if (old.isCut) wires.delete(old);
    wires.add(wire);
    wire.connect(person, isOnline());
    return { send: (text) => wire.toServer(text), drop: () => wire.cut(false) };
  };
}
