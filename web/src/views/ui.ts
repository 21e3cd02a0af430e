/** What only this window is busy with: the sheet that is open, the message at hand, the drawer. */
import { signal } from "@preact/signals";

export type Sheet =
  | { kind: "invite" }
  | { kind: "room" }
  | { kind: "people" }
  | { kind: "me" }
  | { kind: "keys" }
  | { kind: "switcher" }
  | { kind: "reactions"; seq: number }
  | { kind: "delete"; seq: number }
  /** Picks an emoji; `from` is the control that asked, to stand beside. */
  | { kind: "emoji"; from: Element | null; pick: (emoji: string) => void };

export const sheet = signal<Sheet | null>(null);
/** On a narrow screen the rooms are in a drawer. */
export const drawer = signal(false);
/** The message whose tools show: pointed at, or focused. */
export const active = signal<number | null>(null);
/** The message that is being edited. */
export const editing = signal<number | null>(null);

export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("#composer")?.focus();
}

/** Without a mouse, Enter has to break lines: there is no Shift to hold. */
export function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}

/** The message that the next one answers. */
export const replyingTo = signal<number | null>(null);
