import { expect, test } from "vitest";
import { FakeLog } from "../testing/events.ts";
import { roomView } from "../testing/fakes.ts";
import { open, tell } from "./log.ts";
import type { Log } from "./model.ts";
import { planReturn, planVisit } from "./opening.ts";

function held(until: number): Log {
  const server = new FakeLog();
  for (let n = 0; n < until; n += 1) server.say("bob", "a");
  return tell(open(undefined, server.opened(0)), server.events, true);
}

test("a room with nothing unread opens at its newest", () => {
  expect(planVisit(undefined, roomView({ head: 900, read: 900 }), null)).toEqual({ open: {}, around: null });
  expect(planVisit(undefined, undefined, null)).toEqual({ open: {}, around: null });
});

test("a little unread is told with what came before it", () => {
  expect(planVisit(undefined, roomView({ head: 900, read: 850, unread: 50 }), null)).toEqual({ open: { after: 810 }, around: null });
});

test("of much unread, the first is read, and the newest is only followed", () => {
  const plan = planVisit(undefined, roomView({ head: 20_000, read: 9000, unread: 10_000 }), null);
  expect(plan).toEqual({ open: { after: 20_000 }, around: 9001 });
});

test("a permalink opens around its message", () => {
  expect(planVisit(undefined, roomView({ head: 900, read: 900 }), 42)).toEqual({ open: { after: 900 }, around: 42 });
  expect(planVisit(held(50), roomView({ head: 50, read: 50 }), 42)).toMatchObject({ around: null });
});

test("a room that one comes back to goes on where it was left", () => {
  const log = held(50);
  const resumption = { after: 50, at: log.toldAt };
  expect(planVisit(log, roomView({ head: 60, read: 50, unread: 10 }), null)).toEqual({ open: resumption, around: null });
  expect(planReturn(log)).toEqual({ open: resumption, around: null });
  expect(planReturn(undefined)).toEqual({ open: {}, around: null });
});

test("a room that moved on far is opened as if for the first time", () => {
  const plan = planVisit(held(50), roomView({ head: 5000, read: 50, unread: 4950 }), null);
  expect(plan).toEqual({ open: { after: 5000 }, around: 51 });
});
