/** Time and dice, as `net` sees them: tests bring their own. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Call `then` once, `ms` from now. The result calls it off. */
  after(ms: number, then: () => void): () => void;
  /** At least 0, less than 1. */
  random(): number;
}

/** A promise that is kept `ms` from now. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
