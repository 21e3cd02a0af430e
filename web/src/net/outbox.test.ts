import { beforeEach, expect, test } from "vitest";
import { FakeClock, settle } from "../testing/fakes.ts";
import { MemoryQueue } from "../platform/queue-store.ts";
import { Refusal, Unanswered } from "../protocol/frames.ts";
import type { Posted, PostMessage } from "../protocol/wire.gen.ts";
import type { Lock, Outgoing } from "./outbox.ts";
import { Outbox } from "./outbox.ts";

type Wish = Omit<PostMessage, "id">;
type Fate = "ok" | "lost" | "lost after commit" | Refusal;

const clock = { current: new FakeClock() };
let store: MemoryQueue;
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

function outbox(lock = alone): Outbox {
  return new Outbox({
    store,
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

function draft(cmid: string, room = "R", by = "ada"): Omit<Outgoing, "behind" | "failure"> {
  return { cmid, room, by, text: `text of ${cmid}`, replyTo: null, at: 0 };
}

function texts(): string[] {
  return log.map(({ cmid }) => cmid);
}

beforeEach(() => {
  clock.current = new FakeClock();
  store = new MemoryQueue();
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
  await store.put({ ...draft("b"), behind: "gone", failure: null });
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
