/** The quiet sign of the connection: nothing in the first two seconds, then what is so and what can be done. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { justCameIn } from "../actions/doors.ts";
import { tryNow } from "../actions/line.ts";
import { goToDoor, reloadPage } from "../actions/navigation.ts";
import { line as lineNow } from "../actions/store.ts";
import { now, tick } from "../actions/ticking.ts";
import type { LineState } from "../state/model.ts";
import { Here } from "./here.tsx";

const QUIET = 2000;

export function LineSign() {
  const line = lineNow.value;
  const broken = line.phase === "connecting" || line.phase === "waiting";
  useEffect(() => (broken ? tick(500) : undefined), [broken]);
  return (
    <div class="line-sign" role="status">
      {line.phase === "ended" && <Ended why={line.why} />}
      {broken && now.value - line.since >= QUIET && <Broken line={line} />}
    </div>
  );
}

function Broken({ line }: { line: Extract<LineState, { phase: "connecting" | "waiting" }> }) {
  const seconds = line.phase === "waiting" ? Math.max(1, Math.ceil((line.next - now.value) / 1000)) : 0;
  return (
    <p class="sign">
      <span class="pulse" />
      Reconnecting…
      {line.phase === "waiting" && (
        <>
          {/* A number that changes every second is nothing to read aloud. */}
          <span class="soft" aria-hidden="true">
            next try in {seconds} s
          </span>
          <button type="button" class="link" onClick={tryNow}>
            Try now
          </button>
        </>
      )}
    </p>
  );
}

function Ended({ why }: { why: Extract<LineState, { phase: "ended" }>["why"] }) {
  switch (why) {
    case "nobody":
      return justCameIn.value ? (
        <Sign text="This browser refused the cookie by which Chinwag knows you. Allow cookies for this address, then join again." />
      ) : (
        <Sign text="This browser is not known here any more. Open the room’s link again to come back in.">
          <Here class="link" path="/" go={goToDoor}>
            Start a room
          </Here>
        </Sign>
      );
    case "removed":
      return <Sign text="You were removed from this server." />;
    case "outdated":
      return <Sign text="This page is older than the server." again />;
    case "refused":
      return <Sign text="The server hung up on this page." again />;
    default:
      return why satisfies never;
  }
}

function Sign({ text, again = false, children }: { text: string; again?: boolean; children?: ComponentChildren }) {
  return (
    <p class="sign bad">
      {text}
      {again && (
        <button type="button" class="link" onClick={reloadPage}>
          Load it again
        </button>
      )}
      {children}
    </p>
  );
}
