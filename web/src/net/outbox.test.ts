import { beforeEach, expect, test } from "vitest";
import { FakeClock, settle } from "../testing/fakes.ts";
import { MemoryQueue } from "../platform/queue-store.ts";
import { Refusal, Unanswered } from "../protocol/frames.ts";
import type { Posted, PostMessage } from "../protocol/wire.gen.ts";
import type { Lock, Outgoing, QueueStore, Slip } from "./outbox.ts";
import { Outbox } from "./outbox.ts";

type Wish = Omit<PostMessage, "id">;
type Fate = "ok" | "lost" | "lost after commit" | Refusal;

const clock = { current: new FakeClock() };
let store: MemoryQueue;
let kept: Map<string, Slip>;
let shown: Outgoing[];
let log: Wish[];
let tried: Wish[];
let fates: Fate[];
let isOpen: boolean;

/** A server with a log, which does with each try what `fates` says, and takes a `cmid` once. */
async function ask(wish: Wish): Promise<Posted> {
  tried.push(wish);
  const fate = fates.shift() ?? "ok";
  if (fate instanceof Refusal) throw fate;
  if (fate === "lost") {
    isOpen = false;
    throw new Unanswered();
  }
  if (typeof wish.behind === "string" && !log.some(({ cmid }) => cmid === wish.behind)) throw refusal("out_of_order");
  const seen = log.findIndex(({ cmid }) => cmid === wish.cmid);
  if (seen === -1) log.push(wish);
  if (fate === "lost after commit") {
    isOpen = false;
    throw new Unanswered();
  }
  return { seq: seen === -1 ? log.length : seen + 1, at: 0, duplicate: seen !== -1 };
}

const alone: Lock = (_name, work) => work();

function outbox(lock = alone, queue: QueueStore = store): Outbox {
  return new Outbox({
    store: queue,
    slips: { keep: (slip) => kept.set(slip.cmid, slip), drop: (cmid) => kept.delete(cmid), list: () => [...kept.values()] },
    lock,
    clock: clock.current,
    ask,
    isOpen: () => isOpen,
    sender: () => "ada",
    changed: (entries) => (shown = entries),
    altered: () => {},
    sent: () => {},
  });
}

function refusal(code: string, retry_after: number | null = null): Refusal {
  return new Refusal({ code, message: `${code}.`, retry_after });
}

function draft(cmid: string, room = "R", by = "ada"): Slip {
  return { cmid, room, by, text: `text of ${cmid}`, replyTo: null, at: 0 };
}

function texts(): string[] {
  return log.map(({ cmid }) => cmid);
}

beforeEach(() => {
  clock.current = new FakeClock();
  store = new MemoryQueue();
  kept = new Map();
  shown = [];
  log = [];
  tried = [];
  fates = [];
  isOpen = true;
});

test("messages go out in the order in which they were written, each behind the one before", async () => {
  isOpen = false;
  const box = outbox();
  await Promise.all(["a", "b", "c"].map((cmid) => box.add(draft(cmid))));
  expect(shown.map(({ cmid, behind }) => [cmid, behind])).toEqual([
    ["a", null],
    ["b", "a"],
    ["c", "b"],
  ]);
  isOpen = true;
  box.pump();
  await clock.current.pass(0);
  expect(texts()).toEqual(["a", "b", "c"]);
  expect(shown).toEqual([]);
});

test("what was sent but not acknowledged is sent again, and stands in the log once", async () => {
  fates = ["lost after commit"];
  const box = outbox();
  await box.add(draft("a"));
  await settle();
  await box.add(draft("b"));
  expect(shown.map(({ cmid }) => cmid)).toEqual(["a", "b"]);
  isOpen = true;
  box.pump();
  await clock.current.pass(0);
  expect(tried.map(({ cmid }) => cmid)).toEqual(["a", "a", "b"]);
  expect(texts()).toEqual(["a", "b"]);
});

test("a closed tab loses nothing: the next page finds the queue and sends it", async () => {
  isOpen = false;
  await outbox().add(draft("a"));
  await outbox().add(draft("b"));
  isOpen = true;
  outbox().pump();
  await clock.current.pass(0);
  expect(texts()).toEqual(["a", "b"]);
});

test("a final refusal leaves that message failed, and the next goes out without it", async () => {
  isOpen = false;
  const box = outbox();
  await box.add(draft("a"));
  await box.add(draft("b"));
  fates = [refusal("too_large")];
  isOpen = true;
  box.pump();
  await clock.current.pass(0);
  expect(texts()).toEqual(["b"]);
  expect(shown.map(({ cmid, failure }) => [cmid, failure?.code])).toEqual([["a", "too_large"]]);
});

test("a failed message is tried again when asked to, after what waits", async () => {
  fates = [refusal("forbidden")];
  const box = outbox();
  await box.add(draft("a"));
  await clock.current.pass(0);
  isOpen = false;
  await box.add(draft("b"));
  await box.retry("a");
  isOpen = true;
  box.pump();
  await clock.current.pass(0);
  expect(texts()).toEqual(["b", "a"]);
});

test("a discarded message is gone, and who stood behind it is not stuck", async () => {
  isOpen = false;
  const box = outbox();
  await box.add(draft("a"));
  await box.add(draft("b"));
  await box.discard("a");
  isOpen = true;
  box.pump();
  await clock.current.pass(0);
  expect(texts()).toEqual(["b"]);
});

test("a refusal for now is waited out, and other rooms do not wait with it", async () => {
  isOpen = false;
  const box = outbox();
  await box.add(draft("a", "R"));
  await box.add(draft("b", "S"));
  fates = [refusal("rate_limited", 2)];
  isOpen = true;
  box.pump();
  await clock.current.pass(1900);
  expect(texts()).toEqual(["b"]);
  await clock.current.pass(200);
  expect(texts()).toEqual(["b", "a"]);
});

test("a predecessor that never comes holds nobody up for ever", async () => {
  await store.putLast({ ...draft("b"), behind: "gone", failure: null });
  outbox().pump();
  await clock.current.pass(10_000);
  expect(texts()).toEqual(["b"]);
});

test("two tabs with one queue send each message once", async () => {
  let last: Promise<unknown> = Promise.resolve();
  const lock: Lock = (_name, work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  isOpen = false;
  const [one, other] = [outbox(lock), outbox(lock)];
  await one.add(draft("a"));
  await other.add(draft("b"));
  isOpen = true;
  one.pump();
  other.pump();
  await clock.current.pass(0);
  expect(tried.map(({ cmid }) => cmid)).toEqual(["a", "b"]);
});

test("messages of somebody else who used this browser stay where they are", async () => {
  const box = outbox();
  await box.add(draft("a", "R", "bob"));
  await clock.current.pass(0);
  expect(tried).toEqual([]);
});

test("a refusal for now is waited out whatever happens to the computer's clock", async () => {
  fates = [refusal("rate_limited", 2)];
  await outbox().add(draft("a"));
  await clock.current.pass(1000);
  clock.current.set(-3 * 86_400_000);
  await clock.current.pass(1100);
  expect(texts()).toEqual(["a"]);
});

test("a tab that closes while it tries a failed message again does not take it along", async () => {
  fates = [refusal("forbidden")];
  const box = outbox();
  await box.add(draft("a"));
  await clock.current.pass(0);
  const closed = new Promise<never>(() => {});
  for (let steps = 0; steps < 4; steps += 1) {
    let left = steps;
    const step = <T>(work: () => Promise<T>): Promise<T> => ((left -= 1) < 0 ? closed : work());
    const closing = {
      list: () => step(() => store.list()),
      replace: (entry: Outgoing) => step(() => store.replace(entry)),
      putLast: (entry: Outgoing) => step(() => store.putLast(entry)),
      remove: (cmid: string) => step(() => store.remove(cmid)),
      clear: () => step(() => store.clear()),
    };
    isOpen = false;
    void outbox(alone, closing).retry("a");
    await settle();
    expect((await store.list()).map(({ cmid }) => cmid)).toEqual(["a"]);
  }
});

test("what is written just as the outbox has looked its last is sent all the same", async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const cmid = `late-${turns}`;
    const lock: Lock = async (_name, work) => {
      const done = await work();
      if (!texts().includes(cmid)) void write(turns, cmid);
      return done;
    };
    const box = outbox(lock);
    const write = async (after: number, late: string): Promise<void> => {
      for (let turn = 0; turn < after; turn += 1) await Promise.resolve();
      await store.putLast({ ...draft(late), behind: null, failure: null });
      box.pump();
    };
    box.pump();
    await settle();
    expect(texts()).toContain(cmid);
  }
});

test("what another tab wrote is sent here, should that tab be gone", async () => {
  const box = outbox();
  await store.putLast({ ...draft("a"), behind: null, failure: null });
  await box.stirred();
  await clock.current.pass(0);
  expect(texts()).toEqual(["a"]);
});

test("a page that ends before the queue has a message leaves it to the next, which queues it in its place", async () => {
  isOpen = false;
  const never = Object.assign(new MemoryQueue(), { list: () => new Promise<Outgoing[]>(() => {}) });
  const dying = outbox(alone, never);
  void dying.add(draft("a"));
  void dying.add(draft("b"));
  await settle();
  const next = outbox(alone, store);
  await next.adopt();
  expect((await store.list()).map(({ cmid, behind }) => [cmid, behind])).toEqual([
    ["a", null],
    ["b", "a"],
  ]);
  expect(kept.size).toBe(0);
});

test("a message that a second page adopts while the first is at it stands in the queue once, in its place", async () => {
  isOpen = false;
  const first = outbox();
  const adding = [first.add(draft("a")), first.add(draft("b"))];
  await outbox().adopt();
  await Promise.all(adding);
  expect(shown.map(({ cmid }) => cmid)).toEqual(["a", "b"]);
  isOpen = true;
  first.pump();
  await settle();
  expect(texts()).toEqual(["a", "b"]);
});
