/** What stands unsent in the box of each room, kept over a reload. */
import { drop, keep, recall } from "../platform/keep.ts";

export interface Draft {
  text: string;
  replyTo: number | null;
}

const EMPTY: Draft = { text: "", replyTo: null };

export function draftOf(room: string): Draft {
  try {
    return { ...EMPTY, ...(JSON.parse(recall(nameOf(room)) ?? "{}") as Partial<Draft>) };
  } catch {
    return EMPTY;
  }
}

export function keepDraft(room: string, draft: Draft): void {
  if (draft.text === "" && draft.replyTo === null) drop(nameOf(room));
  else keep(nameOf(room), JSON.stringify(draft));
}

function nameOf(room: string): string {
  return `draft.${room}`;
}
