/** The page's one line to the server: what comes over it happens to the state. */
import { Connection } from "../net/connection.ts";
import { clock } from "../platform/clock.ts";
import { onWake } from "../platform/awake.ts";
import { dial } from "../platform/websocket.ts";
import { happen, state } from "./store.ts";

const afterGreeting: (() => void)[] = [];

const connection = new Connection(dial, clock, {
  line: (line) => happen({ type: "line_changed", line }),
  greeted: (welcome) => {
    happen({ type: "welcomed", welcome });
    for (const then of afterGreeting) then();
  },
  pushed: (push) => {
    const missed = "version" in push && push.version > state.peek().version + (push.type === "me" ? 0 : 1);
    happen({ type: "pushed", push });
    if (missed) void catchUp();
  },
});

export const ask = connection.ask;

export function isOpen(): boolean {
  return connection.isOpen;
}

/** Call `then` whenever a new socket has greeted. */
export function onGreeting(then: () => void): void {
  afterGreeting.push(then);
}

export function connect(): void {
  connection.start();
}

export function disconnect(): void {
  connection.stop();
}

export function tryNow(): void {
  connection.tryNow();
}

export function watchForWaking(): void {
  onWake(() => connection.wake());
}

/** A push was missed: ask for the whole. If the line breaks over it, the next greeting tells. */
async function catchUp(): Promise<void> {
  const myself = await ask({ type: "me" }).catch(() => null);
  if (myself) happen({ type: "told_myself", myself });
}
