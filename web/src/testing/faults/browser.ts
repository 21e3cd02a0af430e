/** One person's browser: what its tabs share, which outlives each of them. */
import type { Lock, Outgoing, QueueStore, Slip, Slips } from "../../net/outbox.ts";
import type { World } from "./world.ts";

/** What the browser knows of a tab. */
export interface Member {
  isClosed: boolean;
  into: (run: () => void) => void;
  told: () => void;
}

interface Claim {
  tab: Member;
  grant: () => void;
}

export class Browser {
  readonly world: World;
  readonly tabs = new Set<Member>();
  /** The queue as it is on disk. */
  rows: Outgoing[] = [];
  readonly #slips = new Map<string, Slip>();
  isOnline = true;
  /** How far the computer's clock is off, in milliseconds. */
  clockShift = 0;
  readonly #claims = new Map<string, Claim[]>();
  #diskFree = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** What it keeps at once. */
  readonly slips: Slips = {
    keep: (slip) => this.#slips.set(slip.cmid, slip),
    drop: (cmid) => this.#slips.delete(cmid),
    list: () => [...this.#slips.values()],
  };

  /** What it has written to disk, as `tab` reaches it. */
  storeFor(tab: Member): QueueStore {
    const at = (cmid: string): number => this.rows.findIndex((row) => row.cmid === cmid);
    const without = (cmid: string): Outgoing[] => this.rows.filter((row) => row.cmid !== cmid);
    return {
      list: () => this.#transact(tab, () => [...this.rows]),
      replace: (entry) =>
        this.#transact(tab, () => {
          this.rows = at(entry.cmid) === -1 ? this.rows : this.rows.with(at(entry.cmid), entry);
        }),
      putLast: (entry) =>
        this.#transact(tab, () => {
          const isWaiting = this.rows[at(entry.cmid)]?.failure === null;
          this.rows = isWaiting ? this.rows : [...without(entry.cmid), entry];
        }),
      remove: (cmid) =>
        this.#transact(tab, () => {
          this.rows = without(cmid);
        }),
      clear: () =>
        this.#transact(tab, () => {
          this.rows = [];
        }),
    };
  }

  /** One transaction after the other; those of a tab that closes are lost, or not. */
  #transact<T>(tab: Member, work: () => T): Promise<T> {
    const { chance, now } = this.world;
    this.#diskFree = Math.max(this.#diskFree, now) + chance.between(0.05, chance.happens(0.02) ? 300 : 2);
    return new Promise((resolve) => {
      this.world.after(this.#diskFree - now, () => {
        if (tab.isClosed && chance.happens(0.5)) return;
        const result = work();
        tab.into(() => resolve(result));
      });
    });
  }

  lockFor(tab: Member): Lock {
    return async (name, work) => {
      await new Promise<void>((resolve) => {
        const claims = this.#claims.get(name) ?? [];
        this.#claims.set(name, [...claims, { tab, grant: resolve }]);
        if (claims.length === 0) this.#grant(name);
      });
      try {
        return await work();
      } finally {
        this.#release(name, tab);
      }
    };
  }

  #grant(name: string): void {
    const claim = this.#claims.get(name)?.[0];
    if (claim) this.world.after(this.world.chance.between(0, 2), () => claim.tab.into(claim.grant));
  }

  #release(name: string, tab: Member): void {
    const claims = this.#claims.get(name) ?? [];
    if (claims[0]?.tab !== tab) return;
    this.#claims.set(name, claims.slice(1));
    this.#grant(name);
  }

  /** Let the other tabs know that the queue changed. */
  tell(from: Member): void {
    for (const tab of this.tabs) {
      if (tab !== from) this.world.after(this.world.chance.between(0, 5), () => tab.into(tab.told));
    }
  }

  /** `tab` is gone: what it held is free, and what it waited for is not waited for. */
  forget(tab: Member): void {
    this.tabs.delete(tab);
    for (const [name, claims] of this.#claims) {
      const held = claims[0]?.tab === tab;
      this.#claims.set(name, claims.filter((claim) => claim.tab !== tab));
      if (held) this.#grant(name);
    }
  }
}
