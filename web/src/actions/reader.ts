/**
 * Keeps the right part of the right room in the page: opens rooms on the socket, where the last opening broke off, and
 * turns pages. It knows no browser and no socket: what it asks and what it reports go through its ports.
 */
import type { Ask } from "../protocol/answers.ts";
import { Refusal, Unanswered } from "../protocol/frames.ts";
import type { AskHistory } from "../protocol/wire.gen.ts";
import type { Happening } from "../state/happenings.ts";
import type { Log, Route, State } from "../state/model.ts";
import type { Plan } from "../state/opening.ts";
import { planReturn, planVisit } from "../state/opening.ts";
import { openLog, openRoomId, roomOf } from "../state/rooms.ts";

const PAGE = 100;
const NEWEST = Number.MAX_SAFE_INTEGER;

export type Place = "newest" | "start" | number;
export type Turn = "before" | "after";

export interface ReaderPorts {
  ask: Ask;
  isOpen: () => boolean;
  state: () => State;
  happen: (happening: Happening) => void;
  /** Scroll to `place`, when the list can. */
  aim: (place: Place) => void;
  /** Which way a page is being turned just now. */
  turning: (way: Turn | null) => void;
  complain: (error: unknown) => void;
  /** Why a room cannot be shown, in a sentence. */
  whyMissing: (refusal: Refusal) => string;
}

export class Reader {
  readonly #ports: ReaderPorts;
  /** The room that is open on the socket. */
  #opened: string | null = null;
  #turning = false;

  constructor(ports: ReaderPorts) {
    this.#ports = ports;
  }

  /** The URL leads elsewhere. */
  routed(now: Route, before: Route): void {
    const left = before.view === "room" ? before.room : null;
    if (now.view !== "room") this.#leave(left);
    else if (now.room !== left) this.#visit(now.room, now.seq, left);
    else if (now.seq !== null) void this.lookUp(now.seq);
  }

  /** A new socket has greeted: nothing is open on it yet. */
  greeted(): void {
    const state = this.#ports.state();
    const { route } = state;
    this.#opened = null;
    if (route.view !== "room") return;
    const log = state.logs.get(route.room);
    // What was seen before the line broke is kept, so that nobody is torn from what they read.
    if (log) void this.#open(route.room, planReturn(log), false);
    else this.#visit(route.room, route.seq, null);
  }

  /** Show the message at `seq`, in the window or in one around it. */
  async lookUp(seq: number): Promise<void> {
    const { id, log } = this.#here();
    if (id === null || !log) return;
    if (seq < log.first || seq > log.last) {
      this.#ports.happen({ type: "landing_begun", room: id });
      await this.#turn(id, "around", { around: seq });
    }
    this.#ports.aim(seq);
  }

  async toNewest(): Promise<void> {
    const { id, log } = this.#here();
    if (id !== null && log?.attached === false) await this.#turn(id, "around", { before: NEWEST });
    this.#ports.aim("newest");
  }

  async loadOlder(): Promise<void> {
    const { log } = this.#here();
    if (log && log.first > 1) await this.#turnOnce("before", { before: log.first });
  }

  async loadNewer(): Promise<void> {
    const { log } = this.#here();
    if (log && !log.attached) await this.#turnOnce("after", { after: log.last });
  }

  #here(): { id: string | null; log: Log | undefined } {
    const state = this.#ports.state();
    return { id: openRoomId(state), log: openLog(state) };
  }

  #visit(id: string, seq: number | null, left: string | null): void {
    this.#leave(left);
    this.#ports.aim(seq ?? "start");
    if (!this.#ports.isOpen()) return;
    this.#ports.happen({ type: "landing_begun", room: id });
    const state = this.#ports.state();
    void this.#open(id, planVisit(state.logs.get(id), roomOf(state, id), seq), true);
  }

  #leave(left: string | null): void {
    if (left === null || this.#opened !== left) return;
    this.#opened = null;
    void this.#ports.ask({ type: "close_room", room: left }).catch(() => {});
  }

  async #open(id: string, plan: Plan, isVisit: boolean): Promise<void> {
    this.#opened = id;
    const { happen } = this.#ports;
    try {
      const answer = await this.#ports.ask({ type: "open_room", room: id, ...plan.open });
      const { read, unread } = answer.room;
      // Too much has been missed to be told at once: begin where reading ended, if anything is unread there.
      const around = answer.reset && unread > 0 && read < answer.from - 1 ? read + 1 : plan.around;
      happen({ type: "room_opened", opened: answer, visit: isVisit || Boolean(answer.reset), landing: around !== null });
      if (answer.reset) this.#ports.aim("start");
      if (around !== null) await this.#turn(id, "around", { around });
    } catch (error) {
      if (error instanceof Refusal) happen({ type: "room_missing", room: id, why: this.#ports.whyMissing(error) });
      else if (!(error instanceof Unanswered)) throw error;
    } finally {
      happen({ type: "landing_ended", room: id });
    }
  }

  async #turnOnce(place: Turn, where: Partial<AskHistory>): Promise<void> {
    const { id } = this.#here();
    if (id === null || this.#turning || !this.#ports.isOpen()) return;
    this.#turning = true;
    this.#ports.turning(place);
    try {
      await this.#turn(id, place, where);
    } finally {
      this.#turning = false;
      this.#ports.turning(null);
    }
  }

  async #turn(id: string, place: Turn | "around", where: Partial<AskHistory>): Promise<void> {
    try {
      const page = await this.#ports.ask({ type: "history", room: id, limit: PAGE, ...where });
      this.#ports.happen({ type: "page_read", room: id, place, page });
    } catch (error) {
      // Without a line there is nothing to say: its sign says it.
      if (!(error instanceof Unanswered)) this.#ports.complain(error);
    } finally {
      if (place === "around") this.#ports.happen({ type: "landing_ended", room: id });
    }
  }
}
