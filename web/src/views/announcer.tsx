/** Speaks new messages of others, once each: pages of history and one's own echo are none. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { log, me, nameOf } from "../actions/store.ts";
import type { Log, MessageItem } from "../state/model.ts";

/** More at once would never be heard to the end. */
const MOST_SPOKEN = 3;

export function Announcer() {
  const said = useSignal("");
  const until = useRef<number | null>(null);
  const held = log.value;
  useEffect(() => {
    if (!held || held.opening || held.landing) return;
    const news = until.current === null || !held.attached ? [] : newsIn(held, until.current);
    if (news.length > 0) said.value = speak(news);
    until.current = Math.max(held.told, until.current ?? 0);
  }, [held]);
  return (
    <div class="offstage" aria-live="polite">
      {said.value}
    </div>
  );
}

function newsIn(held: Log, after: number): MessageItem[] {
  const self = me.peek()?.id;
  return held.items.filter((item) => item.kind === "message").filter(({ seq, by }) => seq > after && by !== self);
}

function speak(news: readonly MessageItem[]): string {
  if (news.length > MOST_SPOKEN) return `${news.length} new messages`;
  return news.map(({ by, text }) => `${nameOf(by)}: ${text ?? ""}`).join("\n");
}
