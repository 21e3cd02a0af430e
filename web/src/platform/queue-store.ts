/** The queue of outgoing messages in IndexedDB; in memory where the browser keeps nothing for this page. */
import { deleteDB, openDB } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";
import type { Outgoing, QueueStore } from "../net/outbox.ts";

const NAME = "chinwag";

interface Schema extends DBSchema {
  outbox: { key: number; value: Outgoing & { n?: number }; indexes: { cmid: string } };
}

type Database = IDBPDatabase<Schema>;

export class MemoryQueue implements QueueStore {
  readonly #entries = new Map<string, Outgoing>();

  async list(): Promise<Outgoing[]> {
    return [...this.#entries.values()];
  }

  async replace(entry: Outgoing): Promise<void> {
    if (this.#entries.has(entry.cmid)) this.#entries.set(entry.cmid, entry);
  }

  async putLast(entry: Outgoing): Promise<void> {
    const before = this.#entries.get(entry.cmid);
    if (before?.failure === null) return;
    this.#entries.delete(entry.cmid);
    this.#entries.set(entry.cmid, entry);
  }

  async remove(cmid: string): Promise<void> {
    this.#entries.delete(cmid);
  }

  async clear(): Promise<void> {
    this.#entries.clear();
  }
}

class DatabaseQueue implements QueueStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(): Promise<Outgoing[]> {
    const rows = await this.#database.getAll("outbox");
    return rows.map(({ n: _place, ...entry }) => entry);
  }

  async replace(entry: Outgoing): Promise<void> {
    const change = this.#database.transaction("outbox", "readwrite");
    const n = await change.store.index("cmid").getKey(entry.cmid);
    await Promise.all([n === undefined ? undefined : change.store.put({ ...entry, n }), change.done]);
  }

  async putLast(entry: Outgoing): Promise<void> {
    const change = this.#database.transaction("outbox", "readwrite");
    const before = await change.store.index("cmid").get(entry.cmid);
    const gone = before?.n === undefined || before.failure === null ? undefined : change.store.delete(before.n);
    const put = before?.failure === null ? undefined : change.store.add(entry);
    await Promise.all([gone, put, change.done]);
  }

  async remove(cmid: string): Promise<void> {
    const change = this.#database.transaction("outbox", "readwrite");
    const n = await change.store.index("cmid").getKey(cmid);
    await Promise.all([n === undefined ? undefined : change.store.delete(n), change.done]);
  }

  async clear(): Promise<void> {
    await this.#database.clear("outbox");
  }
}

/** A queue that goes on in memory from the first failure of the database on; `onFailure` hears of that once. */
export class BrowserQueue implements QueueStore {
  #store: Promise<QueueStore>;
  readonly #onFailure: () => void;

  constructor(onFailure: () => void) {
    this.#onFailure = onFailure;
    this.#store = openQueue().catch(() => this.#giveUp());
  }

  list(): Promise<Outgoing[]> {
    return this.#with((store) => store.list());
  }

  replace(entry: Outgoing): Promise<void> {
    return this.#with((store) => store.replace(entry));
  }

  putLast(entry: Outgoing): Promise<void> {
    return this.#with((store) => store.putLast(entry));
  }

  remove(cmid: string): Promise<void> {
    return this.#with((store) => store.remove(cmid));
  }

  clear(): Promise<void> {
    return this.#with((store) => store.clear());
  }

  async #with<T>(use: (store: QueueStore) => Promise<T>): Promise<T> {
    const store = await this.#store;
    try {
      return await use(store);
    } catch {
      // A full disk or a database that the browser took away: what is already there is sent after the next load.
      if ((await this.#store) === store) this.#store = Promise.resolve(this.#giveUp());
      return use(await this.#store);
    }
  }

  #giveUp(): QueueStore {
    this.#onFailure();
    return new MemoryQueue();
  }
}

async function openQueue(): Promise<QueueStore> {
  const database = await openDB<Schema>(NAME, 1, {
    upgrade(fresh) {
      const outbox = fresh.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
      outbox.createIndex("cmid", "cmid", { unique: true });
    },
    // A newer page in another tab waits for this one to let go.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  return new DatabaseQueue(database);
}

export function deleteQueue(): Promise<void> {
  return deleteDB(NAME);
}
