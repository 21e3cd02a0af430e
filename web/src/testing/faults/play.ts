/** Plays one schedule: people talk, things go wrong, all heals, and what is left is judged. */
import { actOnce, talkBefore } from "./deeds.ts";
import type { Counts } from "./scene.ts";
import { Scene } from "./scene.ts";
import type { Seams } from "./tab.ts";
import { SOUND } from "./tab.ts";
import { faultsIn, faultsOfWindow } from "./verdict.ts";

/** Longer than a heartbeat, the patience after it, and the longest pause between two tries. */
const HEALING = 90_000;
const TURNS = 20;

export interface Outcome {
  faults: string[];
  counts: Counts;
}

export async function play(seed: number, seams: Seams = SOUND): Promise<Outcome> {
  const scene = new Scene(seed, seams);
  const { chance } = scene.world;
  talkBefore(scene, chance.happens(0.15) ? 600 : 80);
  if (chance.happens(0.4)) scene.server.most = 5 + chance.below(40);
  scene.openTab();
  await scene.pass(chance.between(0, 400));
  const faults: string[] = [];
  for (let steps = 20 + chance.below(50); steps > 0; steps -= 1) {
    actOnce(scene);
    await scene.pass(pauseOf(chance.next()));
    faults.push(...glance(scene));
  }
  await heal(scene);
  faults.push(...faultsIn(scene), ...(await faultsOfReadingUp(scene)));
  return { faults: [...new Set(faults)], counts: scene.counts };
}

/** What must be so at any moment: a window that holds all that was told is the log as it is. */
function glance(scene: Scene): string[] {
  const tab = scene.world.chance.pick(scene.tabs);
  const room = scene.server.rooms.get(tab?.roomId ?? "");
  const isCurrent = tab?.state.epoch === `e${scene.server.epoch}`;
  return tab?.log && room && isCurrent && scene.world.chance.happens(0.06) ? faultsOfWindow(room, tab.log) : [];
}

/** Mostly a breath, sometimes a while, now and then an absence. */
function pauseOf(luck: number): number {
  if (luck < 0.75) return luck * 80;
  return luck < 0.97 ? (luck - 0.75) * 5000 : (luck - 0.97) * 2_000_000;
}

async function heal(scene: Scene): Promise<void> {
  // A tab that is just being closed may still go.
  await scene.pass(10);
  scene.isHealed = true;
  scene.browser.isOnline = true;
  scene.server.isUp = true;
  if (scene.tabs.length === 0) scene.openTab();
  for (const tab of scene.tabs) {
    if (tab.isFrozen) tab.thaw();
    else tab.wake();
  }
  await scene.pass(HEALING);
  for (const tab of scene.tabs) {
    tab.happen({ type: "scrolled", atNewest: true });
    void tab.reader.toNewest();
  }
  await scene.pass(HEALING);
}

/** Whoever scrolls up to the beginning sees the whole log on the way. */
async function faultsOfReadingUp(scene: Scene): Promise<string[]> {
  const [tab] = scene.tabs;
  const room = scene.server.rooms.get(tab?.roomId ?? "");
  if (!tab || !room) return ["no tab shows a room"];
  const faults: string[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (!tab.log || tab.log.first <= 1) return faults;
    tab.happen({ type: "scrolled", atNewest: false });
    void tab.reader.loadOlder();
    await scene.pass(5000);
    faults.push(...faultsOfWindow(room, tab.log));
  }
  return [...faults, "the beginning cannot be reached"];
}
