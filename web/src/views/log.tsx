/** The messages of a room, in a box that scrolls. */
import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { ArrowDown } from "lucide";
import { jumpToNewest, turning } from "../actions/reading.ts";
import { atNewest, log, me, pending, room, roomId } from "../actions/store.ts";
import type { Row } from "../state/timeline.ts";
import { timeline } from "../state/timeline.ts";
import { Announcer } from "./announcer.tsx";
import { Icon } from "./icon.tsx";
import { Invitation } from "./invitation.tsx";
import { RowView } from "./rows.tsx";
import { active } from "./ui.ts";
import { useReading } from "./use-reading.ts";

const MOST_COUNTED = 99;

export function Log() {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const rows = useComputed(() => {
    const held = log.value;
    const waiting = pending.value.filter((entry) => entry.room === roomId.value);
    return held ? timeline(held, waiting, me.value?.id ?? null) : [];
  });
  const held = log.value;
  const ready = held !== undefined && !held.landing && !(held.opening && held.items.length === 0);
  const look = useReading(box, list, ready);
  return (
    <div class="log-frame">
      <div
        ref={box}
        class="log"
        role="log"
        aria-live="off"
        aria-label="Messages"
        aria-busy={!ready}
        tabIndex={0}
        onScroll={look}
        onPointerLeave={() => (active.value = null)}
      >
        {!ready && <Skeleton />}
        {turning.value === "before" && <p class="turning">Fetching what was said before…</p>}
        {ready && isUntouched(rows.value) && <Invitation />}
        <div ref={list} class={ready ? "rows" : "rows hidden"}>
          {rows.value.map((row) => (
            <RowView key={row.key} row={row} />
          ))}
        </div>
      </div>
      <Badge />
      <Announcer />
    </div>
  );
}

/** Whether nothing has ever been said here: the window is the whole log, and no message is in it. */
function isUntouched(rows: readonly Row[]): boolean {
  const held = log.value;
  if (!held?.attached || held.first > 1) return false;
  return rows.every(({ kind }) => kind !== "message" && kind !== "pending");
}

function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      {[62, 40, 75, 52, 68, 34].map((width) => (
        <div key={width} class="bone">
          <span class="face" />
          <span class={`bone-line w${width}`} />
        </div>
      ))}
    </div>
  );
}

function Badge() {
  const held = log.value;
  if (!held || held.landing || (held.attached && atNewest.value)) return null;
  const unread = room.value?.unread ?? 0;
  return (
    <button type="button" class="jump" onClick={() => void jumpToNewest()}>
      <Icon of={ArrowDown} size={16} />
      {unread > MOST_COUNTED ? `${MOST_COUNTED}+ new` : unread > 0 ? `${unread} new` : "Newest"}
    </button>
  );
}
