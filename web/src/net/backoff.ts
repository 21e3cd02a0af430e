/** How long to wait before the next try: 0.25 s, doubling to 20 s, with jitter so that not all come back at once. */
import type { Clock } from "./clock.ts";

const FIRST = 250;
const LONGEST = 20_000;

/** Milliseconds until the try that follows `failures` failed ones (at least 1): between half and all of the step. */
export function delayAfter(failures: number, dice: Pick<Clock, "random">): number {
  const step = Math.min(LONGEST, FIRST * 2 ** (failures - 1));
  return Math.round(step * (0.5 + dice.random() / 2));
}
