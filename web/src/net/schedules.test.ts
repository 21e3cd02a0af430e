/// <reference types="node" />
/**
 * The page's socket, outbox, reader and reducer under thousands of seeded schedules of everything that goes wrong.
 * `SCHEDULES=100000` plays more of them, `SEED=7` this one alone.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { expect, test } from "vitest";
import { play } from "../testing/faults/play.ts";

const SEED = process.env["SEED"];
const FIRST = Number(SEED ?? 1);
const LAST = SEED === undefined ? Number(process.env["SCHEDULES"] ?? 2000) : FIRST;
/** Where to write what was counted, for a report. */
const TALLY = process.env["TALLY"];
const ENOUGH = 5;
const ALL_DAY = 86_400_000;

test("whatever befalls lines, tabs, disk, clocks and server, the page loses and repeats nothing", { timeout: ALL_DAY }, async () => {
  const failed: string[] = [];
  const sum = { schedules: 0, written: 0, cuts: 0, closed: 0, refused: 0, restored: 0 };
  for (let seed = FIRST; seed <= LAST && failed.length < ENOUGH; seed += 1) {
    const { faults, counts } = await play(seed);
    sum.schedules += 1;
    for (const name of ["written", "cuts", "closed", "refused", "restored"] as const) sum[name] += counts[name];
    if (faults.length > 0) failed.push(`SEED=${seed} npm --prefix web test -- schedules\n    ${faults.join("\n    ")}`);
  }
  if (TALLY !== undefined) writeFileSync(TALLY, JSON.stringify(sum));
  expect(failed.join("\n")).toBe("");
});
