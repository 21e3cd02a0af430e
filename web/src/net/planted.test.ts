/** Bugs that pages like this have had, put in on purpose: the schedules find each of them. */
import { expect, test, vi } from "vitest";
import { Refusal, Unanswered } from "../protocol/frames.ts";
import type { Answer, Ask, Wish } from "../protocol/answers.ts";
import type { Happening } from "../state/happenings.ts";
import type { Item, Log, State } from "../state/model.ts";
import { reduce } from "../state/reduce.ts";
import { roomOf } from "../state/rooms.ts";
import { play } from "../testing/faults/play.ts";
import type { Seams } from "../testing/faults/tab.ts";
import { SOUND } from "../testing/faults/tab.ts";
import type { OutboxPorts } from "./outbox.ts";

const ENOUGH = 2000;

vi.setConfig({ testTimeout: 120_000 });

/** Whether some schedule says `sign` of a page with `bug` in it. */
async function isFound(bug: Partial<Seams>, sign: RegExp): Promise<boolean> {
  for (let seed = 1; seed <= ENOUGH; seed += 1) {
    const { faults } = await play(seed, { ...SOUND, ...bug });
    if (faults.some((fault) => sign.test(fault))) return true;
  }
  return false;
}

function sending(change: (ports: OutboxPorts) => Partial<OutboxPorts>): Partial<Seams> {
  return { sending: (ports) => ({ ...ports, ...change(ports) }) };
}

function changeLogs(state: State, change: (log: Log) => Log): State {
  return { ...state, logs: new Map([...state.logs].map(([id, log]) => [id, change(log)])) };
}

function reducing(bug: (state: State, happening: Happening) => State): Partial<Seams> {
  return { reduce: bug };
}

function asking(bug: (wish: Wish, state: State) => Wish): Partial<Seams> {
  return {
    reading:
      (ask: Ask, state: () => State): Ask =>
      <W extends Wish>(wish: W): Promise<Answer<W>> =>
        ask(bug(wish, state()) as W),
  };
}

test("an outbox that is cleared on sending", async () => {
  const bug = sending(({ ask, store }) => ({
    ask: async (wish) => {
      await store.remove(wish.cmid);
      return ask(wish);
    },
  }));
  expect(await isFound(bug, /was lost/)).toBe(true);
});

test("an outbox that tries again under a new cmid", async () => {
  let tries = 0;
  const bug = sending(({ ask }) => ({ ask: ({ type, room, cmid, text }) => ask({ type, room, cmid: `${cmid}-${(tries += 1)}`, text }) }));
  expect(await isFound(bug, /was said/)).toBe(true);
});

test("an outbox that takes silence for a refusal", async () => {
  const bug = sending(({ ask }) => ({
    ask: (wish) =>
      ask(wish).catch((error: unknown) => {
        throw error instanceof Unanswered ? new Refusal({ code: "internal", message: "?", retry_after: null }) : error;
      }),
  }));
  expect(await isFound(bug, /is marked as failed and was said/)).toBe(true);
});

test("an outbox that forgets what was refused for now", async () => {
  const bug = sending(({ ask, store }) => ({
    ask: (wish) =>
      ask(wish).catch(async (error: unknown) => {
        if (error instanceof Refusal && error.retryAfter !== null) await store.remove(wish.cmid);
        throw error;
      }),
  }));
  expect(await isFound(bug, /was lost/)).toBe(true);
});

test("an outbox that goes by the computer's clock", async () => {
  const bug = sending(({ clock }) => ({
    clock: {
      ...clock,
      after(ms, then) {
        const due = clock.now() + ms;
        const look = (): void => void (clock.now() >= due ? then() : clock.after(1000, look));
        return clock.after(ms, look);
      },
    },
  }));
  expect(await isFound(bug, /still waits/)).toBe(true);
});

test("a page that trusts the queue to have a message at once", async () => {
  const bug = sending(({ slips }) => ({ slips: { ...slips, keep: () => {} } }));
  expect(await isFound(bug, /was lost/)).toBe(true);
});

test("a queue in which the newest stands first", async () => {
  const bug = sending(({ store }) => ({ store: { ...store, list: async () => (await store.list()).toReversed() } }));
  expect(await isFound(bug, /overtook/)).toBe(true);
});

test("a reducer that applies changes which the message holds already", async () => {
  const forget = (item: Item): Item => (item.kind === "message" ? { ...item, changed: 0 } : item);
  const bug = reducing((state, happening) => {
    const next = reduce(changeLogs(state, (log) => ({ ...log, items: log.items.map(forget) })), happening);
    const remember = (item: Item): Item => (item.kind === "message" ? { ...item, changed: Math.max(item.changed, changedIn(state, item)) } : item);
    return changeLogs(next, (log) => ({ ...log, items: log.items.map(remember) }));
  });
  expect(await isFound(bug, /the window|otherwise/)).toBe(true);
});

function changedIn(state: State, { seq, at }: Item): number {
  for (const log of state.logs.values()) {
    const item = log.items.find((held) => held.seq === seq && held.at === at);
    if (item?.kind === "message") return item.changed;
  }
  return 0;
}

test("a reducer that takes a page for the end of the log", async () => {
  const bug = reducing((state, happening) => {
    const next = reduce(state, happening);
    return happening.type === "page_read" ? changeLogs(next, (log) => ({ ...log, attached: true })) : next;
  });
  expect(await isFound(bug, /the window|does not reach/)).toBe(true);
});

test("a reducer that keeps its logs when a backup was put back", async () => {
  const bug = reducing((state, happening) =>
    happening.type === "welcomed" ? reduce({ ...state, epoch: null }, happening) : reduce(state, happening),
  );
  expect(await isFound(bug, /the window|otherwise|is listed|does not reach/)).toBe(true);
});

/** Takes every opening for the continuation of what is held, as a page does that trusts what it asked for. */
function trusting(state: State, happening: Happening): State {
  const log = happening.type === "room_opened" && !happening.opened.reset ? state.logs.get(happening.opened.room.id) : undefined;
  if (happening.type !== "room_opened" || !log) return reduce(state, happening);
  const { from } = happening.opened;
  return reduce(changeLogs(state, (held) => (held === log ? { ...log, told: from - 1, last: log.attached ? from - 1 : log.last } : held)), happening);
}

test("a reader that resumes after the head that it was told of", async () => {
  const bug = asking((wish, state) => {
    if (wish.type !== "open_room" || typeof wish.after !== "number") return wish;
    return { type: "open_room", room: wish.room, after: roomOf(state, wish.room)?.head ?? wish.after };
  });
  expect(await isFound({ ...bug, reduce: trusting }, /the window|otherwise|does not reach/)).toBe(true);
});

test("a reader that resumes one too late", async () => {
  const bug = asking((wish) => (wish.type === "open_room" && typeof wish.after === "number" ? { type: "open_room", room: wish.room, after: wish.after + 1 } : wish));
  expect(await isFound({ ...bug, reduce: trusting }, /the window|otherwise|does not reach/)).toBe(true);
});
