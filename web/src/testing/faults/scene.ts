/** Everything of one schedule: a server, a browser with tabs, somebody who writes, and what was written. */
import type { PostMessage } from "../../protocol/wire.gen.ts";
import { Browser } from "./browser.ts";
import { ModelServer, refusal } from "./server.ts";
import type { Seams } from "./tab.ts";
import { Tab } from "./tab.ts";
import { World } from "./world.ts";

export const ME = "zoe";
export const ROOMS = ["R", "S"] as const;
const MOST_TABS = 2;

/** Something that was written, from when its place in the queue was asked for until that was sure. */
export interface Writing {
  cmid: string;
  room: string;
  text: string;
  begun: number;
  kept: number;
  tries: number;
  isDiscarded: boolean;
}

export interface Counts {
  written: number;
  cuts: number;
  closed: number;
  refused: number;
  restored: number;
}

export class Scene {
  readonly world: World;
  readonly server: ModelServer;
  readonly browser: Browser;
  readonly writings = new Map<string, Writing>();
  /** Texts that a restored backup took back after they were acknowledged. */
  readonly takenBack = new Set<string>();
  readonly counts: Counts = { written: 0, cuts: 0, closed: 0, refused: 0, restored: 0 };
  tabs: Tab[] = [];
  isHealed = false;
  #moment = 0;
  readonly #seams: Seams;
  readonly #seen = new Set<string>();
  readonly #rude = new Set<string>();

  constructor(seed: number, seams: Seams) {
    this.world = new World(seed);
    this.server = new ModelServer(this.world, ROOMS);
    this.server.policy = (wish) => this.#judge(wish);
    this.browser = new Browser(this.world);
    this.#seams = seams;
  }

  /** A number later than all before. */
  moment(): number {
    this.#moment += 1;
    return this.#moment;
  }

  openTab(): void {
    if (this.tabs.length >= MOST_TABS) return;
    const tab = new Tab(this.browser, this.server, ME, this.#seams);
    this.tabs.push(tab);
    tab.go(this.world.chance.pick(ROOMS) ?? "R");
  }

  closeTab(tab: Tab): void {
    if (tab.isClosed) return;
    tab.close();
    this.tabs = this.tabs.filter((other) => other !== tab);
    this.counts.closed += 1;
  }

  write(tab: Tab): void {
    const room = tab.roomId;
    if (room === null || !tab.state.me) return;
    const n = (this.counts.written += 1);
    const writing = { cmid: `c${n}`, room, text: `${ME} says ${n}`, begun: this.moment(), kept: Infinity, tries: 0, isDiscarded: false };
    this.writings.set(writing.cmid, writing);
    void this.#keep(writing, tab.write(writing.cmid, room, ME, writing.text));
  }

  retry(tab: Tab): void {
    const writing = this.#failedIn(tab);
    if (!writing) return;
    if (writing.tries === 0) writing.begun = this.moment();
    writing.tries += 1;
    if (this.world.chance.happens(0.7)) this.#rude.delete(writing.cmid);
    void this.#keep(writing, tab.outbox.retry(writing.cmid));
  }

  /** From when on it is sure to stand in the queue; of several tries, the last that is. */
  async #keep(writing: Writing, queued: Promise<void>): Promise<void> {
    const { tries } = writing;
    writing.kept = Infinity;
    await queued;
    if (writing.tries === tries) writing.kept = this.moment();
  }

  discard(tab: Tab): void {
    const writing = this.#failedIn(tab);
    if (!writing) return;
    writing.isDiscarded = true;
    void tab.outbox.discard(writing.cmid);
  }

  #failedIn(tab: Tab): Writing | undefined {
    const failed = tab.state.pending.filter(({ failure }) => failure !== null);
    return this.writings.get(this.world.chance.pick(failed)?.cmid ?? "");
  }

  /** Some messages are refused for good until somebody tries them again, some for now. */
  #judge(wish: PostMessage): ReturnType<ModelServer["policy"]> {
    const { chance } = this.world;
    if (!this.#seen.has(wish.cmid) && chance.happens(0.08)) this.#rude.add(wish.cmid);
    this.#seen.add(wish.cmid);
    if (this.#rude.has(wish.cmid)) {
      this.counts.refused += 1;
      return refusal("forbidden");
    }
    if (this.isHealed || !chance.happens(0.1)) return null;
    return refusal(chance.happens(0.5) ? "rate_limited" : "unavailable", chance.between(0, 3));
  }

  cut(): void {
    for (const tab of this.tabs) this.cutTab(tab);
  }

  cutTab(tab: Tab): void {
    this.counts.cuts += 1;
    for (const wire of tab.wires) wire.cut(this.world.chance.happens(0.7));
  }

  /** The operator puts an older copy of everything back. */
  restore(): void {
    const { chance } = this.world;
    this.counts.restored += 1;
    for (const room of this.server.rooms.values()) {
      const kept = Math.max(1, room.head - chance.below(12));
      for (const event of room.events.slice(kept)) {
        if (event.kind === "message" && event.by === ME) this.takenBack.add(event.cmid);
      }
      room.restore(kept);
    }
    this.server.epoch += 1;
    this.server.restart();
  }

  pass(ms: number): Promise<void> {
    return this.world.pass(ms);
  }
}
