import { expect, test } from "vitest";
import { FakeLog, START } from "../testing/events.ts";
import { open, tell } from "./log.ts";
import type { Pending } from "./model.ts";
import type { Row } from "./timeline.ts";
import { timeline } from "./timeline.ts";

const MINUTE = 60_000;

function rowsOf(server: FakeLog, { newAfter = null as number | null, pending = [] as Pending[] } = {}): Row[] {
  const log = tell(open(undefined, server.opened(0)), server.events, true);
  return timeline({ ...log, newAfter }, pending, "ada");
}

/** The rows in short: what they are, and which messages begin a group. */
function outline(rows: readonly Row[]): string[] {
  return rows.map((row) => ("first" in row ? `${row.kind}${row.first ? "*" : ""}` : row.kind));
}

test("one author within five minutes is one group", () => {
  const server = new FakeLog();
  server.say("bob", "a", { at: START });
  server.say("bob", "b", { at: START + 5 * MINUTE });
  server.say("bob", "c", { at: START + 10 * MINUTE + 1 });
  server.say("eve", "d", { at: START + 11 * MINUTE });
  expect(outline(rowsOf(server))).toEqual(["day", "message*", "message", "message*", "message*"]);
});

test("every day has its line, and begins a group", () => {
  const server = new FakeLog();
  server.say("bob", "a", { at: new Date(2026, 10, 16, 23, 59).getTime() });
  server.say("bob", "b", { at: new Date(2026, 10, 17, 0, 1).getTime() });
  expect(outline(rowsOf(server))).toEqual(["day", "message*", "day", "message*"]);
});

test("joins and leaves in a row are one line, and one's own are none", () => {
  const server = new FakeLog();
  server.say("bob", "Welcome");
  server.add(
    { kind: "joined", by: "ada" },
    { kind: "joined", by: "bob" },
    { kind: "joined", by: "eve" },
    { kind: "left", by: "zoe" },
  );
  expect(rowsOf(server).at(-1)).toMatchObject({ kind: "moves", joined: ["bob", "eve"], left: ["zoe"] });
});

test("a room begins with who started it, unless one did so oneself", () => {
  const [hers, mine] = ["bob", "ada"].map((by) => {
    const server = new FakeLog();
    server.add({ kind: "joined", by }, { kind: "joined", by: "eve" });
    return outline(rowsOf(server));
  });
  expect([hers, mine]).toEqual([
    ["day", "founded", "moves"],
    ["day", "moves"],
  ]);
});

test("who comes and goes at once is not worth a line", () => {
  const server = new FakeLog();
  server.say("bob", "Welcome");
  server.add({ kind: "joined", by: "bob" }, { kind: "left", by: "bob" });
  expect(outline(rowsOf(server))).toEqual(["day", "message*"]);
});

test("the *New* line stands before the first message of somebody else that was not read", () => {
  const server = new FakeLog();
  server.say("bob", "read");
  server.say("ada", "mine");
  server.say("bob", "unread");
  server.say("bob", "unread, too");
  expect(outline(rowsOf(server, { newAfter: 1 }))).toEqual(["day", "message*", "message*", "new", "message*", "message"]);
});

test("edits and reactions are no rows", () => {
  const server = new FakeLog();
  server.say("bob", "a");
  server.add({ kind: "edited", by: "bob", target: 1, text: "b" }, { kind: "reacted", by: "eve", target: 1, emoji: "👍", on: true });
  expect(outline(rowsOf(server))).toEqual(["day", "message*"]);
});

test("what is on its way stands at the end under the same key as its echo", () => {
  const server = new FakeLog();
  server.say("ada", "before");
  const waiting: Pending = {
    cmid: "mine",
    room: "R",
    by: "ada",
    text: "hello",
    replyTo: null,
    at: START + 2000,
    failure: null,
    seq: null,
  };
  const before = rowsOf(server, { pending: [waiting] });
  expect(outline(before)).toEqual(["day", "message*", "pending"]);
  server.say("ada", "hello", { cmid: "mine" });
  const then = rowsOf(server, { pending: [waiting] });
  expect(outline(then)).toEqual(["day", "message*", "message"]);
  expect(then.at(-1)?.key).toBe(before.at(-1)?.key);
});

test("a computer whose clock is behind draws no day twice", () => {
  const server = new FakeLog();
  server.say("bob", "a", { at: START });
  const waiting = (cmid: string, at: number): Pending => ({ cmid, room: "R", by: "ada", text: cmid, replyTo: null, at, failure: null, seq: null });
  const rows = rowsOf(server, { pending: [waiting("one", START - 3 * 86_400_000), waiting("two", START)] });
  expect(outline(rows)).toEqual(["day", "message*", "pending*", "pending*"]);
});
