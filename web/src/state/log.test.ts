import { expect, test } from "vitest";
import type { Deed } from "../testing/events.ts";
import { dice, FakeLog } from "../testing/events.ts";
import { append, land, MOST, open, prepend, tell } from "./log.ts";
import type { Log } from "./model.ts";

function chatter(messages: number): FakeLog {
  const log = new FakeLog();
  log.add({ kind: "joined", by: "ada" });
  for (let n = 0; n < messages; n += 1) log.say(n % 2 ? "bob" : "ada", `message ${n}`);
  return log;
}

/** The window as an opening with the newest 50 leaves it. */
function attached(server: FakeLog): Log {
  const after = Math.max(0, server.head - 50);
  return tell(open(undefined, server.opened(after)), server.page(({ seq }) => seq > after).events, true);
}

function seqs(log: Log): number[] {
  return log.items.map(({ seq }) => seq);
}

test("opening shows the newest fifty, and is done with the last of them", () => {
  const server = chatter(80);
  const log = attached(server);
  expect([log.first, log.last, log.told, log.opening, log.attached]).toEqual([32, 81, 81, false, true]);
});

test("a resumed opening goes on where it broke, without a gap and without repeating", () => {
  const server = chatter(10);
  const before = attached(server);
  server.say("bob", "while you were away");
  const again = open(before, server.opened(before.told));
  const log = tell(again, server.events.slice(before.told - 3), true);
  expect(seqs(log)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test("a reset forgets what was held", () => {
  const server = chatter(200);
  const log = open(attached(chatter(10)), server.opened(150, { reset: true }));
  expect([log.items.length, log.first, log.told]).toEqual([0, 151, 150]);
});

test("older pages come before, and the page stays small", () => {
  const server = chatter(1000);
  let log = attached(server);
  for (let n = 0; n < 5; n += 1) {
    const { first } = log;
    log = prepend(log, server.page(({ seq }) => seq < first, 100, true));
    expect(log.items.length).toBeLessThanOrEqual(MOST);
  }
  expect(log.attached).toBe(false);
  expect(seqs(log)).toEqual(seqs(log).toSorted((one, other) => one - other));
  expect(log.first).toBe(1001 - 549);
});

test("reading on reaches the newest again, with nothing missing in between", () => {
  const server = chatter(1000);
  let log = attached(server);
  log = land(log, server.page(({ seq }) => seq > 100));
  expect([log.first, log.last, log.attached]).toEqual([101, 200, false]);
  while (!log.attached) {
    const { last } = log;
    log = append(log, server.page(({ seq }) => seq > last));
  }
  const all = seqs(log);
  expect(all.at(-1)).toBe(server.head);
  expect(all).toEqual(all.map((_, at) => server.head - all.length + 1 + at));
});

test("the beginning of the log is known when there is nothing before it", () => {
  const server = chatter(60);
  let log = attached(server);
  log = prepend(log, server.page(({ seq }) => seq < log.first, 100, true));
  expect(log.first).toBe(1);
});

test("who reads further up is not moved by what comes, and the page does not grow without end", () => {
  const server = chatter(40);
  let log = attached(server);
  const from = server.head;
  for (let n = 0; n < 1000; n += 1) log = tell(log, server.say("bob", "more"), false);
  expect(log.items.length).toBeLessThanOrEqual(MOST);
  expect([log.first, log.attached, log.told]).toEqual([1, false, from + 1000]);
});

test("who is at the newest sees all that comes, and the page stays small", () => {
  const server = chatter(40);
  let log = attached(server);
  for (let n = 0; n < 1000; n += 1) log = tell(log, server.say("bob", "more"), true);
  expect(log.items.length).toBeLessThanOrEqual(MOST);
  expect([log.last, log.attached]).toEqual([server.head, true]);
});

test("an edit reaches a message in an older window, too", () => {
  const server = chatter(500);
  let log = attached(server);
  log = land(log, server.page(({ seq }) => seq > 100));
  log = tell(log, server.add({ kind: "edited", by: "ada", target: 150, text: "other" }), false);
  expect(log.items.find(({ seq }) => seq === 150)).toMatchObject({ text: "other", changed: server.head });
  expect(log.attached).toBe(false);
});

test("events of kinds that this page does not know show nothing and count all the same", () => {
  const server = chatter(3);
  const log = tell(attached(server), [{ ...server.say("bob", "")[0], kind: "of the future" } as never], true);
  expect([log.items.length, log.last]).toEqual([4, 5]);
});

/** Somebody does something, at random, to a random message. */
function anyDeed(roll: (below: number) => number, server: FakeLog): Deed {
  const by = ["ada", "bob", "eve"][roll(3)] ?? "ada";
  const messages = server.events.filter(({ kind }) => kind === "message");
  const target = messages[roll(messages.length || 1)]?.seq ?? 1;
  const folded = server.folded().find(({ seq }) => seq === target);
  const isLive = folded?.kind === "message" && !folded.deleted;
  const emoji = ["👍", "🎉"][roll(2)] ?? "👍";
  const had = isLive && folded.reactions?.some((reaction) => reaction.emoji === emoji && reaction.people.includes(by));
  const deeds: Deed[] = [
    { kind: "message", by, cmid: `c${server.head}`, text: `text ${roll(1000)}` },
    ...(isLive ? [{ kind: "edited", by, target, text: `edited ${roll(1000)}` } as const] : []),
    ...(isLive ? [{ kind: "reacted", by, target, emoji, on: !had } as const] : []),
    ...(isLive && roll(4) === 0 ? [{ kind: "deleted", by, target } as const] : []),
    { kind: roll(2) ? "joined" : "left", by },
  ];
  return deeds[roll(deeds.length)] ?? { kind: "joined", by };
}

test("a snapshot plus its later events equals a fresh snapshot, whatever happened and wherever it was taken", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const roll = dice(seed);
    const server = chatter(2);
    for (let n = 0; n < 20; n += 1) server.add(anyDeed(roll, server));
    let held = tell(open(undefined, server.opened(0)), server.folded(), true);
    // Read when more had happened than the socket has told: its changes must not be made twice.
    const told: ReturnType<FakeLog["add"]> = [];
    for (let n = 0; n < 20; n += 1) told.push(...server.add(anyDeed(roll, server)));
    if (roll(2)) held = land(held, server.page(() => true));
    held = tell(held, told, true);
    const fresh = tell(open(undefined, server.opened(0)), server.folded(), true);
    expect(held.items, `seed ${seed}`).toEqual(fresh.items);
  }
});

test("a page that was asked for from another window leaves no gap in this one", () => {
  const server = chatter(1000);
  const newest = attached(server);
  const older = server.page(({ seq }) => seq < newest.first, 100, true);
  const early = land(newest, server.page(({ seq }) => seq <= 100));
  expect(prepend(early, older)).toBe(early);
  expect(append(early, server.page(({ seq }) => seq > 500))).toBe(early);
  const late = land(newest, server.page(({ seq }) => seq > 900));
  expect(prepend(late, server.page(({ seq }) => seq < 300, 100, true))).toBe(late);
});
