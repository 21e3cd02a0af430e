import { beforeEach, expect, test } from "vitest";
import { FakeClock, FakeServer, settle } from "../testing/fakes.ts";
import { Refusal, Unanswered } from "../protocol/frames.ts";
import type { Push } from "../protocol/wire.gen.ts";
import type { Line } from "./connection.ts";
import { Connection } from "./connection.ts";

let clock: FakeClock;
let server: FakeServer;
let lines: Line[];
let pushes: Push[];
let greetings: number;
let connection: Connection;

beforeEach(() => {
  clock = new FakeClock();
  server = new FakeServer();
  lines = [];
  pushes = [];
  greetings = 0;
  connection = new Connection(server.dial, clock, {
    line: (line) => lines.push(line),
    greeted: () => (greetings += 1),
    pushed: (push) => pushes.push(push),
  });
});

async function open(): Promise<void> {
  connection.start();
  await server.greet();
}

test("hello is the first word, and commands go through once it is answered", async () => {
  connection.start();
  await expect(connection.ask({ type: "ping" })).rejects.toBeInstanceOf(Unanswered);
  const socket = await server.greet();
  expect(socket.heard[0]?.type).toBe("hello");
  expect(lines.map(({ phase }) => phase)).toEqual(["connecting", "open"]);
  expect(greetings).toBe(1);
});

test("each answer finds its command by the id", async () => {
  await open();
  const first = connection.ask({ type: "show_link", room: "A" });
  const second = connection.ask({ type: "show_link", room: "B" });
  const [a, b] = server.socket.all("show_link");
  if (a && b) {
    server.socket.reply(b, { key: "b", link: "lb" });
    server.socket.refuse(a, "not_found");
  }
  await expect(second).resolves.toEqual({ key: "b", link: "lb" });
  await expect(first).rejects.toMatchObject({ code: "not_found", retryAfter: null });
});

test("a push is passed on, and what is unknown or broken is passed over", async () => {
  await open();
  server.socket.push({ type: "heads", heads: { R: 3 }, messages: { R: 2 } });
  server.socket.events.received('{"type":"of the future"}');
  server.socket.events.received("no JSON");
  expect(pushes).toHaveLength(1);
});

test("a lost line rejects what waits, and is dialled again after a quarter of a second", async () => {
  await open();
  await clock.pass(10_000);
  const waiting = connection.ask({ type: "me" });
  server.socket.events.closed(1006);
  await expect(waiting).rejects.toBeInstanceOf(Unanswered);
  expect(lines.at(-1)).toEqual({ phase: "waiting", since: clock.now(), next: clock.now() + 250 });
  await clock.pass(249);
  expect(server.sockets).toHaveLength(1);
  await clock.pass(1);
  expect(server.sockets).toHaveLength(2);
  await server.greet();
  expect(greetings).toBe(2);
});

test("while the server is away, the time since the loss is told unchanged", async () => {
  await open();
  await clock.pass(10_000);
  const lost = clock.now();
  server.socket.events.closed(1012);
  await clock.pass(250);
  server.socket.events.closed(1006);
  await clock.pass(500);
  server.socket.events.closed(1006);
  expect(lines.at(-1)).toEqual({ phase: "waiting", since: lost, next: clock.now() + 1000 });
});

test("a server that greets and hangs up at once is not hammered", async () => {
  await open();
  for (const delay of [250, 500, 1000]) {
    server.socket.events.closed(1006);
    expect(lines.at(-1)).toMatchObject({ phase: "waiting", next: clock.now() + delay });
    await clock.pass(delay);
    await server.greet();
  }
});

test("*try now* and waking do not wait for the next try", async () => {
  await open();
  server.socket.events.closed(1006);
  connection.tryNow();
  expect(server.sockets).toHaveLength(2);
  server.socket.events.closed(1006);
  connection.wake();
  expect(server.sockets).toHaveLength(3);
});

test("after a beat of silence it asks whether somebody is there, and leaves if nobody is", async () => {
  await open();
  await clock.pass(30_000);
  const ping = server.socket.last("ping");
  server.socket.reply(ping, {});
  await clock.pass(30_000);
  expect(server.socket.all("ping")).toHaveLength(2);
  await clock.pass(10_000);
  expect(server.sockets[0]?.isDropped).toBe(true);
  expect(lines.at(-1)?.phase).toBe("waiting");
});

test("waking on a line that has died notices within five seconds", async () => {
  await open();
  connection.wake();
  await clock.pass(5000);
  expect(lines.at(-1)?.phase).toBe("waiting");
});

test("a socket that never opens is given up", async () => {
  connection.start();
  await clock.pass(10_000);
  expect(lines.at(-1)?.phase).toBe("waiting");
});

test("what an old socket still says is not heard", async () => {
  await open();
  const old = server.socket;
  old.events.closed(1006);
  await clock.pass(250);
  await server.greet();
  old.push({ type: "heads", heads: {}, messages: {} });
  old.events.closed(4501);
  expect(pushes).toHaveLength(0);
  expect(connection.isOpen).toBe(true);
});

test.each([
  [4500, "outdated"],
  [4501, "nobody"],
  [4502, "removed"],
  [4503, "refused"],
] as const)("the close code %i ends the conversation: %s", async (code, why) => {
  await open();
  server.socket.events.closed(code);
  expect(lines.at(-1)).toEqual({ phase: "ended", why });
  await clock.pass(60_000);
  expect(server.sockets).toHaveLength(1);
});

test("a browser that is nobody is told so, and may begin anew when it has become somebody", async () => {
  connection.start();
  server.socket.events.opened();
  await settle();
  server.socket.refuse(server.socket.last("hello"), "unauthorized");
  await settle();
  expect(lines.at(-1)).toEqual({ phase: "ended", why: "nobody" });
  await open();
  expect(connection.isOpen).toBe(true);
});

test("a greeting refused for now is tried again when the server says", async () => {
  connection.start();
  server.socket.events.opened();
  await settle();
  server.socket.refuse(server.socket.last("hello"), "unavailable", 7);
  await settle();
  expect(lines.at(-1)).toMatchObject({ phase: "waiting", next: clock.now() + 7000 });
});

test("a refusal carries its code, its sentence and when to try again", () => {
  const refusal = new Refusal({ code: "rate_limited", message: "Slow down.", retry_after: 0.5 });
  expect([refusal.code, refusal.message, refusal.retryAfter]).toEqual(["rate_limited", "Slow down.", 0.5]);
});
