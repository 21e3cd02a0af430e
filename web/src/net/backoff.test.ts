import { expect, test } from "vitest";
import { delayAfter } from "./backoff.ts";

test("the first try comes within a quarter of a second, and each further one doubles up to 20 s", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((failures) => delayAfter(failures, { random: () => 1 }));
  expect(longest).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
});

test("dice spread the tries over half of the step", () => {
  expect(delayAfter(3, { random: () => 0 })).toBe(500);
  expect(delayAfter(3, { random: () => 0.5 })).toBe(750);
});
