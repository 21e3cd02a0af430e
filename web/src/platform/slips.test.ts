import { beforeEach, expect, test, vi } from "vitest";
import type { Slip } from "../net/outbox.ts";
import { dropAll } from "./keep.ts";
import { slips } from "./slips.ts";

function slip(cmid: string, at: number): Slip {
  return { cmid, room: "R", by: "ada", text: cmid, replyTo: null, at };
}

/** What a browser keeps for a page: its own properties are the names. */
class FakeStorage {
  getItem(name: string): string | null {
    return (this as unknown as Record<string, string | undefined>)[name] ?? null;
  }

  setItem(name: string, value: string): void {
    Object.assign(this, { [name]: value });
  }

  removeItem(name: string): void {
    Reflect.deleteProperty(this, name);
  }
}

beforeEach(() => {
  vi.stubGlobal("window", { localStorage: new FakeStorage() });
  dropAll();
});

test("slips are listed in the order in which they were written, those of one millisecond too", () => {
  slips.keep(slip("late", 3));
  slips.keep(slip("b", 2));
  slips.keep(slip("a", 2));
  slips.keep(slip("early", 1));
  slips.drop("late");
  expect(slips.list()).toEqual([slip("early", 1), slip("b", 2), slip("a", 2)]);
});

test("what is no slip any more is passed over", () => {
  slips.keep(slip("a", 1));
  window.localStorage.setItem("chinwag.slip.torn", "{");
  expect(slips.list()).toEqual([slip("a", 1)]);
});

test("a browser that keeps nothing keeps slips as long as the page lives", () => {
  vi.stubGlobal("window", {
    get localStorage() {
      throw new DOMException("no", "SecurityError");
    },
  });
  slips.keep(slip("a", 1));
  expect(slips.list()).toEqual([slip("a", 1)]);
});
