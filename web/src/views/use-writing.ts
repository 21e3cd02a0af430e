/** What happens in the box where one writes: drafts, typing, sending, and the keys that belong to it. */
import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { draftOf, keepDraft } from "../actions/drafts.ts";
import { lastOwnMessage, postMessage } from "../actions/messages.ts";
import { enterSends } from "../actions/preferences.ts";
import { stoppedTyping, typed } from "../actions/typing.ts";
import { chordOf } from "./chord.ts";
import { growing } from "./growing.ts";
import { active, editing, isTouch, replyingTo } from "./ui.ts";
import { wrapSelection } from "./wrapping.ts";

export interface Writing {
  empty: Signal<boolean>;
  changed: () => void;
  send: () => Promise<void>;
  insert: (text: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

export function useWriting(room: string, box: RefObject<HTMLTextAreaElement | null>): Writing {
  const empty = useSignal(true);

  function show(text: string): void {
    if (box.current) box.current.value = text;
    empty.value = text.trim() === "";
    growing(box.current);
  }

  function keepNow(): void {
    keepDraft(room, { text: box.current?.value ?? "", replyTo: replyingTo.peek() });
  }

  function changed(): void {
    show(box.current?.value ?? "");
    keepNow();
    if (empty.value) stoppedTyping();
    else typed();
  }

  useLayoutEffect(() => {
    const draft = draftOf(room);
    replyingTo.value = draft.replyTo;
    // What was at hand in another room is not at hand here.
    editing.value = null;
    active.value = null;
    show(draft.text);
    if (!isTouch()) box.current?.focus();
    return () => stoppedTyping();
  }, []);
  useEffect(keepNow, [replyingTo.value]);

  async function send(): Promise<void> {
    const text = box.current?.value ?? "";
    const replyTo = replyingTo.value;
    if (text.trim() === "") return;
    stoppedTyping({ sent: true });
    replyingTo.value = null;
    show("");
    keepNow();
    if (await postMessage(text, replyTo)) return;
    // It could not even be queued: it is the writer's again.
    replyingTo.value = replyTo;
    show(text);
    keepNow();
  }

  function insert(text: string): void {
    box.current?.focus();
    box.current?.setRangeText(text, box.current.selectionStart, box.current.selectionEnd, "end");
    changed();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing || !box.current) return;
    const chord = chordOf(event);
    if (sends(chord)) void send();
    else if (chord === "Escape" && replyingTo.value !== null) replyingTo.value = null;
    else if (chord === "ArrowUp" && box.current.value === "") editing.value = lastOwnMessage()?.seq ?? null;
    else if (wrapSelection(box.current, chord)) changed();
    else return;
    event.preventDefault();
  }

  return { empty, changed, send, insert, onKeyDown };
}

/** Whether this chord sends. With Ctrl or ⌘ Enter always does; on a phone it never does by itself. */
export function sends(chord: string): boolean {
  if (chord === "Ctrl+Enter") return true;
  return !isTouch() && chord === (enterSends.value ? "Enter" : "Shift+Enter");
}
