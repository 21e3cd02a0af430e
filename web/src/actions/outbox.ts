/** The page's outbox: shared with the other tabs, emptied whenever the line is open. */
import { Outbox } from "../net/outbox.ts";
import type { Lock } from "../net/outbox.ts";
import { onWake } from "../platform/awake.ts";
import { clock } from "../platform/clock.ts";
import { canKeep } from "../platform/keep.ts";
import { browserLock } from "../platform/locks.ts";
import { BrowserQueue, deleteQueue } from "../platform/queue-store.ts";
import { slips } from "../platform/slips.ts";
import { onTabNews, tellTabs } from "../platform/tabs.ts";
import { ask, isOpen, onGreeting } from "./line.ts";
import { say } from "./saying.ts";
import { happen, state } from "./store.ts";

export const lock: Lock = browserLock();

export const outbox = new Outbox({
  store: new BrowserQueue(() => {
    // Where nothing at all is kept, the page has said so already.
    if (canKeep()) say("This browser’s storage is full or blocked: don’t close the tab before all is sent.", "bad");
  }),
  slips,
  lock,
  clock,
  ask,
  isOpen,
  sender: () => state.peek().me?.id ?? null,
  changed: (entries) => {
    const me = state.peek().me?.id;
    happen({ type: "queued", entries: entries.filter(({ by }) => by === me) });
  },
  altered: () => tellTabs("outbox"),
  sent: (entry, { seq }) => happen({ type: "sent", cmid: entry.cmid, seq }),
});

export function startOutbox(): void {
  void outbox.adopt();
  onGreeting(() => {
    void outbox.refresh();
    outbox.pump();
  });
  // A tab that was closed in the midst of it told nobody what it did.
  onWake(() => void outbox.stirred());
  onTabNews((news) => {
    if (news === "outbox") void outbox.stirred();
  });
}

export async function forgetOutbox(): Promise<void> {
  await outbox.clear();
  await deleteQueue().catch(() => {});
}
