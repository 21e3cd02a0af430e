/** Holds the page's one state. Actions let things happen to it, views draw it. */
import { computed, signal } from "@preact/signals";
import type { Happening } from "../state/happenings.ts";
import type { State } from "../state/model.ts";
import { BEGINNING } from "../state/model.ts";
import { reduce } from "../state/reduce.ts";
import { namesakes } from "../state/people.ts";
import { openLog, openRoomId, roomOf } from "../state/rooms.ts";

const held = signal<State>(BEGINNING);

/** What the page knows now; reading it in a view draws that view again when it changes. */
export const state = computed(() => held.value);

export function happen(happening: Happening): void {
  held.value = reduce(held.peek(), happening);
}

// Each of these changes when its part does, so that a view is drawn for what it shows and for nothing else.
export const me = computed(() => held.value.me);
export const route = computed(() => held.value.route);
export const roomId = computed(() => openRoomId(held.value));
export const room = computed(() => roomOf(held.value, roomId.value));
export const log = computed(() => openLog(held.value));
export const pending = computed(() => held.value.pending);
export const awake = computed(() => held.value.awake);
export const atNewest = computed(() => held.value.atNewest);
export const rooms = computed(() => held.value.rooms);
export const line = computed(() => held.value.line);
const names = computed(() => held.value.people);
export const twins = computed(() => namesakes(names.value));

/** Somebody's name; nobody's is a friendly word. */
export function nameOf(id: string): string {
  return names.value.get(id) ?? "Somebody";
}
