import { expect, test } from "vitest";
import { FakeClock } from "../testing/fakes.ts";
import { leaseLock } from "./locks.ts";

function shelf() {
  const kept = new Map<string, string>();
  return {
    recall: (name: string) => kept.get(name) ?? null,
    keep: (name: string, value: string) => void kept.set(name, value),
    drop: (name: string) => void kept.delete(name),
  };
}

test("two tabs without the browser's locks never work at the same time", async () => {
  const clock = new FakeClock();
  const shared = shelf();
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise<void>((done) => clock.after(300, done));
    inside -= 1;
  };
  const tabs = ["one", "other", "third"].map((owner) => leaseLock(shared, clock, owner));
  const done = Promise.all(tabs.map((lock) => lock("x", work)));
  await clock.pass(10_000);
  await done;
  expect(most).toBe(1);
});

test("a tab that closed in the midst does not lock the others out", async () => {
  const clock = new FakeClock();
  const shared = shelf();
  shared.keep("lease.x", JSON.stringify({ owner: "gone", until: clock.now() + 4000 }));
  let isDone = false;
  const lock = leaseLock(shared, clock, "me");
  const done = lock("x", async () => {
    isDone = true;
  });
  await clock.pass(3900);
  expect(isDone).toBe(false);
  await clock.pass(1000);
  await done;
  expect(isDone).toBe(true);
});

test("long work keeps its lease", async () => {
  const clock = new FakeClock();
  const shared = shelf();
  const order: string[] = [];
  const slow = leaseLock(shared, clock, "slow")("x", async () => {
    await new Promise<void>((done) => clock.after(9000, done));
    order.push("slow");
  });
  await clock.pass(100);
  const quick = leaseLock(shared, clock, "quick")("x", async () => {
    order.push("quick");
  });
  await clock.pass(20_000);
  await Promise.all([slow, quick]);
  expect(order).toEqual(["slow", "quick"]);
});

test("a lease from before the computer's clock was set back locks nobody out", async () => {
  const clock = new FakeClock();
  const shared = shelf();
  shared.keep("lease.x", JSON.stringify({ owner: "gone", until: clock.now() + 3 * 86_400_000 }));
  let isDone = false;
  const done = leaseLock(shared, clock, "me")("x", async () => {
    isDone = true;
  });
  await clock.pass(1000);
  expect(isDone).toBe(true);
  await done;
});
