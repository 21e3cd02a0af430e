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
  await first.put(entry("a"));
  await first.put(entry("b"));
  await first.put(entry("c"));
  await first.put(entry("a", { failure: { code: "forbidden", message: "No." } }));
  await first.remove("b");
  const second = new BrowserQueue(() => {});
  expect(await second.list()).toEqual([entry("a", { failure: { code: "forbidden", message: "No." } }), entry("c")]);
});

test("a browser that refuses the database is told of once, and the queue works on in memory", async () => {
  vi.stubGlobal("indexedDB", {
    open() {
      throw new DOMException("no", "SecurityError");
    },
  });
  const told = vi.fn<() => void>();
  const queue = new BrowserQueue(told);
  await queue.put(entry("a"));
  await queue.put(entry("b"));
  expect((await queue.list()).map(({ cmid }) => cmid)).toEqual(["a", "b"]);
  expect(told).toHaveBeenCalledTimes(1);
});
