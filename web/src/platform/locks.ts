/** One tab at a time: the browser's locks, or, on plain http where there are none, a lease in local storage. */
import type { Clock } from "../net/clock.ts";
import { pause } from "../net/clock.ts";
import type { Lock } from "../net/outbox.ts";
import { clock } from "./clock.ts";
import { freshId } from "./ids.ts";
import { drop, keep, recall } from "./keep.ts";

/** A tab that closed without giving back loses its lease after so long. */
const LEASE = 4000;
const RENEW = 1000;
const POLL = 50;
/** Two tabs that write at the same moment see after so long who came last. */
const SETTLE = 15;

interface Shelf {
  recall(name: string): string | null;
  keep(name: string, value: string): void;
  drop(name: string): void;
}

interface Lease {
  owner: string;
  until: number;
}

/** A lock made of a lease on a shelf that all tabs share. Nearly as good: what it guards must bear being done twice. */
export function leaseLock(shelf: Shelf, time: Clock, owner: string): Lock {
  const read = (key: string): Lease | null => {
    try {
      return JSON.parse(shelf.recall(key) ?? "null") as Lease | null;
    } catch {
      return null;
    }
  };
  const write = (key: string): void => shelf.keep(key, JSON.stringify({ owner, until: time.now() + LEASE }));

  const take = async (key: string): Promise<void> => {
    for (;;) {
      const lease = read(key);
      const left = (lease?.until ?? 0) - time.now();
      // A lease that seems longer than any was written before this computer's clock was set back.
      if (left <= 0 || left > LEASE) {
        write(key);
        await pause(time, SETTLE * (1 + time.random()));
        if (read(key)?.owner === owner) return;
      }
      await pause(time, POLL * (1 + time.random()));
    }
  };

  return async (name, work) => {
    const key = `lease.${name}`;
    await take(key);
    const renewal = { cancel: () => {} };
    const renew = (): void => {
      write(key);
      renewal.cancel = time.after(RENEW, renew);
    };
    renew();
    try {
      return await work();
    } finally {
      renewal.cancel();
      shelf.drop(key);
    }
  };
}

/** This browser's lock. Work under one name in one tab waits as well. */
export function browserLock(): Lock {
  const locks = (navigator as Partial<Navigator>).locks;
  if (locks) return (name, work) => locks.request(name, () => work());
  return leaseLock({ recall, keep, drop }, clock, freshId());
}
