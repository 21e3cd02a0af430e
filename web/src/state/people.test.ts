import { expect, test } from "vitest";
import { colourOf, initialOf, listNames, markOf, namesakes } from "./people.ts";

test("two people of one name are told apart, people of other names are not marked", () => {
  const names = new Map([
    ["1", "Ada"],
    ["2", "ada"],
    ["3", "Bob"],
  ]);
  expect(namesakes(names)).toEqual(new Set(["1", "2"]));
  expect(markOf("1")).not.toBe(markOf("2"));
});

test("colour and mark stay the same, and neighbours differ in them", () => {
  const ids = Array.from({ length: 800 }, (_, n) => n.toString(16));
  expect(ids.map(markOf)).toEqual(ids.map(markOf));
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(colourOf(id), (counts.get(colourOf(id)) ?? 0) + 1);
  expect(counts.size).toBe(12);
  expect(Math.max(...counts.values())).toBeLessThan(110);
});

test("an initial is a whole sign, however many codes it takes", () => {
  expect(["ada", " Bob", "🦊 fox", "éa", ""].map(initialOf)).toEqual(["A", "B", "🦊", "É", "?"]);
});

test("names are listed as one would say them", () => {
  expect([["A"], ["A", "B"], ["A", "B", "C"], ["A", "B", "C", "D"]].map((names) => listNames(names))).toEqual([
    "A",
    "A and B",
    "A, B and C",
    "A, B and 2 others",
  ]);
  expect(listNames([])).toBe("");
});
