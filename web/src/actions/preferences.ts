/** What this browser's person likes better. */
import { signal } from "@preact/signals";
import { keep, recall } from "../platform/keep.ts";

/** Whether Enter sends and Shift+Enter breaks, or the other way round. */
export const enterSends = signal(recall("enter") !== "breaks");

export function setEnterSends(on: boolean): void {
  enterSends.value = on;
  keep("enter", on ? "sends" : "breaks");
}
