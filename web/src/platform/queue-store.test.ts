import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, test, vi } from "vitest";
import type { Outgoing } from "../net/outbox.ts";
import { BrowserQueue } from "./queue-store.ts";

function entry(cmid: string, change: Partial<Outgoing> = {}): Outgoing {
  return { cmid, room: "R", by: "ada", text: cmid, replyTo: null, behind: null, at: 1, failure: null, ...change };
}

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});

test("the queue outlives the page and keeps its order, whatever changes in it", async () => {
  const first = new BrowserQueue(() => {});
  await first.putLast(entry("a"));
  await first.putLast(entry("b"));
  await first.putLast(entry("c"));
  await first.replace(entry("a", { failure: { code: "forbidden", message: "No." } }));
  await first.remove("b");
  const second = new BrowserQueue(() => {});
  expect(await second.list()).toEqual([entry("a", { failure: { code: "forbidden", message: "No." } }), entry("c")]);
});

test("what failed and is put last stands at the end, what waits keeps its place, and what was removed is not replaced", async () => {
  const failure = { code: "forbidden", message: "No." };
  const queue = new BrowserQueue(() => {});
  for (const cmid of ["a", "b", "c", "d"]) await queue.putLast(entry(cmid));
  await queue.replace(entry("a", { failure }));
  await queue.putLast(entry("a", { behind: "d" }));
  await queue.putLast(entry("c", { behind: "a" }));
  await queue.remove("b");
  await queue.replace(entry("b"));
  expect(await queue.list()).toEqual([entry("c"), entry("d"), entry("a", { behind: "d" })]);
});

test("a browser that refuses the database is told of once, and the queue works on in memory", async () => {
  vi.stubGlobal("indexedDB", {
    open() {
      throw new DOMException("no", "SecurityError");
    },
  });
  const told = vi.fn<() => void>();
  const queue = new BrowserQueue(told);
  await queue.putLast(entry("a"));
  await queue.putLast(entry("b"));
  await queue.putLast(entry("a"));
  await queue.remove("b");
  await queue.replace(entry("b"));
  await queue.putLast(entry("c"));
  expect((await queue.list()).map(({ cmid }) => cmid)).toEqual(["a", "c"]);
  expect(told).toHaveBeenCalledTimes(1);
});
