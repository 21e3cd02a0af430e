/** Messages that were handed in and may not be in the queue yet, in local storage, which keeps them at once. */
import type { Slip, Slips } from "../net/outbox.ts";
import { drop, keep, namesOf, recall } from "./keep.ts";

const KIND = "slip.";

interface Kept {
  slip: Slip;
  /** Tells those of one millisecond apart. */
  n: number;
}

let count = 0;

export const slips: Slips = {
  keep: (slip) => keep(KIND + slip.cmid, JSON.stringify({ slip, n: (count += 1) } satisfies Kept)),
  drop: (cmid) => drop(KIND + cmid),
  list: () => namesOf(KIND).flatMap(read).toSorted(byAge).map(({ slip }) => slip),
};

function read(name: string): Kept[] {
  try {
    return [JSON.parse(recall(name) ?? "") as Kept];
  } catch {
    return [];
  }
}

function byAge(one: Kept, other: Kept): number {
  return one.slip.at - other.slip.at || one.n - other.n;
}
