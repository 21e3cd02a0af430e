/** Tells people what went wrong, or well, in one sentence. */
import { Refusal, Unanswered } from "../protocol/frames.ts";
import { happen, state } from "./store.ts";

const LONG_ENOUGH = 6000;

export function say(text: string, tone: "calm" | "bad" = "calm"): void {
  happen({ type: "said", text, tone });
  const saying = state.peek().saying;
  setTimeout(() => {
    if (state.peek().saying === saying) hush();
  }, LONG_ENOUGH);
}

export function hush(): void {
  happen({ type: "hushed" });
}

export function sentenceOf(error: unknown): string {
  if (error instanceof Unanswered) return "Chinwag cannot be reached just now. Try again in a moment.";
  if (!(error instanceof Refusal)) return "Something went wrong on this page. Load it again, please.";
  const when = error.retryAfter === null ? "" : ` Try again in ${Math.max(1, Math.ceil(error.retryAfter))} s.`;
  return `${error.message}${when}`;
}

/** Say what went wrong; what nobody foresaw is a bug, and the browser is told of it too. */
export function complain(error: unknown): void {
  if (!(error instanceof Refusal || error instanceof Unanswered)) reportError(error);
  say(sentenceOf(error), "bad");
}

/** Do `work`; if it fails, say why. Tells whether it went well. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}
