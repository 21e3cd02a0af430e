/** Tells the others that one types, as rarely as the contract allows. */
import { ask, isOpen } from "./line.ts";
import { roomId } from "./store.ts";

const REPEAT = 3000;

let told: { room: string; at: number } | null = null;

/** There is something in the box, and it has just changed. */
export function typed(): void {
  const room = roomId.peek();
  if (room === null || !isOpen()) return;
  const now = Date.now();
  if (told?.room === room && now - told.at < REPEAT) return;
  told = { room, at: now };
  void ask({ type: "set_typing", room, on: true }).catch(() => {});
}

/** The box is empty, or was left. `sent`: the message itself says so. */
export function stoppedTyping({ sent = false } = {}): void {
  const before = told;
  told = null;
  if (before && !sent) void ask({ type: "set_typing", room: before.room, on: false }).catch(() => {});
}
