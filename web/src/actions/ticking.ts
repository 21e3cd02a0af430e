/** The time of day, for what is drawn anew as it passes. */
import { signal } from "@preact/signals";
import { clock } from "../platform/clock.ts";

export const now = signal(clock.now());

/** Let `now` pass every `ms` until the result is called. */
export function tick(ms: number): () => void {
  now.value = clock.now();
  const timer = setInterval(() => {
    now.value = clock.now();
  }, ms);
  return () => clearInterval(timer);
}
