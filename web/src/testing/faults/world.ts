/** Simulated time and chance: what happens next is decided by the seed alone. */

declare const setImmediate: (then: () => void) => void;

interface Due {
  at: number;
  n: number;
  run: () => void;
}

/** Numbers that look like chance (mulberry32), the same for the same seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) >>> 0;
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  happens(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(choices: readonly T[]): T | undefined {
    return choices[this.below(choices.length)];
  }
}

export class World {
  readonly chance: Chance;
  now = 0;
  #due: Due[] = [];
  #count = 0;

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  /** Let `run` happen `ms` from now; the result calls it off. */
  after(ms: number, run: () => void): () => void {
    const due = { at: this.now + ms, n: (this.#count += 1), run };
    let at = this.#due.length;
    // Kept in order, latest first: most of what comes is soon due, and stands near the end.
    while (at > 0 && isLater(due, this.#due[at - 1])) at -= 1;
    this.#due.splice(at, 0, due);
    return () => {
      const place = this.#due.indexOf(due);
      if (place !== -1) this.#due.splice(place, 1);
    };
  }

  /** Let `ms` pass, with all that falls due in them. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    await settled();
    for (let next = this.#due.at(-1); next && next.at <= until; next = this.#due.at(-1)) {
      this.#due.pop();
      this.now = Math.max(this.now, next.at);
      next.run();
      await settled();
    }
    this.now = until;
  }
}

function isLater(due: Due, other: Due | undefined): boolean {
  return other !== undefined && (other.at < due.at || (other.at === due.at && other.n < due.n));
}

/** Every promise that waits for nothing but its turn has had it. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
