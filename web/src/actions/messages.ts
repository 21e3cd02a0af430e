/** What people do with messages: say, change, take back, react. */
import { freshId } from "../platform/ids.ts";
import type { MessageItem } from "../state/model.ts";
import { ask } from "./line.ts";
import { outbox } from "./outbox.ts";
import { jumpToNewest } from "./reading.ts";
import { attempt, say } from "./saying.ts";
import { log, me, roomId, state } from "./store.ts";

/** Why `text` can't be sent, or null. */
export function faultIn(text: string): string | null {
  const most = state.peek().maxText;
  const length = [...text.normalize("NFC").trim()].length;
  return length > most ? `That is ${length - most} characters too long: ${most.toLocaleString()} fit in a message.` : null;
}

/** Queue a message; it goes out when the line allows it. False where it can't be sent as it is. */
export async function postMessage(text: string, replyTo: number | null): Promise<boolean> {
  const room = roomId.peek();
  const by = me.peek()?.id;
  const trimmed = text.trim();
  if (room === null || !by || trimmed === "") return false;
  const fault = faultIn(trimmed);
  if (fault !== null) {
    say(fault, "bad");
    return false;
  }
  const queued = outbox.add({ cmid: freshId(), room, by, text: trimmed, replyTo, at: Date.now() });
  void jumpToNewest();
  return attempt(() => queued);
}

export function retryMessage(cmid: string): Promise<boolean> {
  return attempt(() => outbox.retry(cmid));
}

export function discardMessage(cmid: string): Promise<boolean> {
  return attempt(() => outbox.discard(cmid));
}

export function editMessage(seq: number, text: string): Promise<boolean> {
  const fault = faultIn(text);
  if (fault !== null) {
    say(fault, "bad");
    return Promise.resolve(false);
  }
  return attempt(() => ask({ type: "edit_message", room: roomId.peek() ?? "", seq, text: text.trim() }));
}

export function deleteMessage(seq: number): Promise<boolean> {
  return attempt(() => ask({ type: "delete_message", room: roomId.peek() ?? "", seq }));
}

/** Put `emoji` under a message, or take one's own back. */
export function react(message: MessageItem, emoji: string): Promise<boolean> {
  const mine = message.reactions.find((reaction) => reaction.emoji === emoji)?.people.includes(me.peek()?.id ?? "");
  return attempt(() => ask({ type: "react", room: roomId.peek() ?? "", seq: message.seq, emoji, on: !mine }));
}

/** One's own newest message in the window that can still be edited. */
export function lastOwnMessage(): MessageItem | undefined {
  const mine = log.peek()?.items.findLast((item) => item.kind === "message" && item.by === me.peek()?.id && !item.deleted);
  return mine?.kind === "message" ? mine : undefined;
}
