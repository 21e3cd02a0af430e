/** The keys that work everywhere on the page. */
import { lastOwnMessage } from "../actions/messages.ts";
import { goToRoom } from "../actions/navigation.ts";
import { log, me, roomId, state } from "../actions/store.ts";
import { placeOf } from "../state/fold.ts";
import type { MessageItem } from "../state/model.ts";
import { chordOf } from "./chord.ts";
import { pickReaction, replyTo } from "./tools.tsx";
import { active, drawer, editing, focusComposer, sheet } from "./ui.ts";

export function listenToKeys(): () => void {
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || state.peek().route.view !== "room") return;
  const chord = chordOf(event);
  const isFree = sheet.value === null && !isWriting(event.target);
  if (command(chord, event.target) || (isFree && letter(chord))) event.preventDefault();
}

/** Keys that work while one writes, too. Tells whether `chord` is one. */
function command(chord: string, target: EventTarget | null): boolean {
  switch (chord) {
    case "Ctrl+k":
      sheet.value = sheet.value?.kind === "switcher" ? null : { kind: "switcher" };
      return true;
    case "Escape":
      return sheet.value === null && stepBack(target);
    case "Alt+ArrowUp":
    case "Alt+ArrowDown":
      return step(chord === "Alt+ArrowUp" ? -1 : 1, false);
    case "Alt+Shift+ArrowUp":
    case "Alt+Shift+ArrowDown":
      return step(chord === "Alt+Shift+ArrowUp" ? -1 : 1, true);
    default:
      return false;
  }
}

/** From the drawer or the messages to the box; from the box to the messages, where letters are keys. */
function stepBack(from: EventTarget | null): boolean {
  drawer.value = false;
  if (isWriting(from)) focusMessage(newest());
  else focusComposer();
  return true;
}

function letter(chord: string): boolean {
  const deed = LETTERS[chord];
  if (!deed) return walk(chord);
  deed(atHand());
  return true;
}

const LETTERS: Readonly<Record<string, (at: MessageItem | undefined) => void>> = {
  "?": () => (sheet.value = { kind: "keys" }),
  e: (at) => (editing.value = (at?.by === me.peek()?.id ? at : lastOwnMessage())?.seq ?? null),
  r: (at) => at && replyTo(at),
  "+": (at) => at && pickReaction(at, document.querySelector(`[data-seq="${at.seq}"]`)),
};

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** The message that is focused or pointed at, or else the newest. */
function atHand(): MessageItem | undefined {
  const held = log.peek();
  const item = held?.items[placeOf(held.items, active.peek() ?? -1)];
  return item?.kind === "message" && !item.deleted ? item : newest();
}

function newest(): MessageItem | undefined {
  const item = log.peek()?.items.findLast((each) => each.kind === "message" && !each.deleted);
  return item?.kind === "message" ? item : undefined;
}

function focusMessage(message: MessageItem | undefined): void {
  const row = message && document.querySelector<HTMLElement>(`.message[data-seq="${message.seq}"]`);
  (row ?? document.querySelector<HTMLElement>(".log"))?.focus();
}

/** From message to message, while the focus is among them. */
function walk(key: string): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(".message[data-seq]")];
  const within = document.activeElement?.closest<HTMLElement>(".log");
  if (!within || rows.length === 0) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const last = rows.length - 1;
  const goals: Readonly<Record<string, number>> = {
    ArrowUp: at === -1 ? last : Math.max(0, at - 1),
    ArrowDown: at === -1 ? last : Math.min(last, at + 1),
    Home: 0,
    End: last,
  };
  const goal = goals[key];
  if (goal === undefined) return false;
  rows[goal]?.focus();
  return true;
}

/** To the room above or below; with `unread`, to the next in which something is. */
function step(by: 1 | -1, unread: boolean): boolean {
  const { rooms } = state.peek();
  const at = rooms.findIndex(({ id }) => id === roomId.peek());
  for (let n = 1; n <= rooms.length; n += 1) {
    const next = rooms[(at + by * n + rooms.length * 2) % rooms.length];
    if (next && next.id !== roomId.peek() && (!unread || next.unread > 0)) {
      goToRoom(next.id);
      return true;
    }
  }
  return true;
}
