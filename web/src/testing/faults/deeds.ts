/** What may happen in a schedule, and how often: people who talk, somebody who reads and writes, and what goes wrong. */
import type { Deed } from "../events.ts";
import type { Room } from "./room.ts";
import type { Scene } from "./scene.ts";
import { ME, ROOMS } from "./scene.ts";
import type { Tab } from "./tab.ts";

type Act = (scene: Scene, tab: Tab) => void;

const EMOJI = ["👍", "🍲", "🎉"];
const OTHERS = ["bob", "eve"];

const OF_OTHERS: [number, Act][] = [
  [14, (scene) => others(scene, (by, room) => say(scene, by, room))],
  [4, (scene) => others(scene, (by, room) => change(scene, by, room, "edited"))],
  [2, (scene) => others(scene, (by, room) => change(scene, by, room, "deleted"))],
  [4, (scene) => others(scene, (by, room) => react(scene, by, room))],
  [1, (scene) => others(scene, (by, room) => scene.server.commit(room, { kind: "titled", by, name: `Named at ${room.head}` }))],
  [1, (scene) => others(scene, (by, room) => scene.server.commit(room, { kind: "topic", by, topic: `About ${room.head}` }))],
  [1, (scene) => others(scene, (by, room) => scene.server.commit(room, { kind: scene.world.chance.happens(0.5) ? "joined" : "left", by }))],
  [4, (scene) => makeNoise(scene)],
];

const OF_ME: [number, Act][] = [
  [16, (scene, tab) => scene.write(tab)],
  [4, (scene, tab) => burst(scene, tab)],
  [4, (scene, tab) => scene.retry(tab)],
  [2, (scene, tab) => scene.discard(tab)],
  [3, (scene, tab) => changeOwn(scene, tab)],
  [3, (scene, tab) => reactHere(scene, tab)],
  [5, (scene, tab) => tab.go(scene.world.chance.pick(ROOMS) ?? "R")],
  [2, (scene, tab) => tab.go(tab.roomId ?? "R", 1 + scene.world.chance.below(tab.log?.head ?? 1))],
  [4, (scene, tab) => scroll(scene, tab)],
  [2, (scene, tab) => void tab.reader.lookUp(1 + scene.world.chance.below(tab.log?.head ?? 1))],
  [3, (_, tab) => void tab.reader.toNewest()],
  [3, (scene, tab) => hurry(scene, tab)],
  [2, (_, tab) => tab.markSeen(tab.log?.told ?? 0)],
  [2, (scene, tab) => tab.happen({ type: scene.world.chance.happens(0.5) ? "dozed" : "woke" })],
];

const FAULTS: [number, Act][] = [
  [6, (scene, tab) => scene.cutTab(tab)],
  [2, (scene) => scene.cut()],
  [3, (scene) => goOffline(scene)],
  [3, (scene) => comeOnline(scene)],
  [2, (scene) => goDown(scene)],
  [2, (scene) => scene.server.restart()],
  [3, (_, tab) => (tab.isFrozen ? tab.thaw() : tab.freeze())],
  [1, (scene, tab) => scene.closeTab(tab)],
  [2, (scene, tab) => closeInTheMidst(scene, tab)],
  [1, (scene) => scene.restore()],
  [5, (scene) => scene.openTab()],
  [3, (scene) => jump(scene)],
  [3, (_, tab) => tab.into(() => tab.wake())],
  [1, (_, tab) => tab.into(() => tab.connection.tryNow())],
];

const ALL = [...OF_OTHERS, ...OF_ME, ...FAULTS];
const WEIGHT = ALL.reduce((sum, [weight]) => sum + weight, 0);

/** Let one thing happen. */
export function actOnce(scene: Scene): void {
  if (scene.tabs.length === 0) scene.openTab();
  const tab = scene.world.chance.pick(scene.tabs);
  let place = scene.world.chance.below(WEIGHT);
  const act = ALL.find(([weight]) => (place -= weight) < 0)?.[1];
  // Nobody does anything in a tab that stands still; what goes wrong may go wrong there.
  const isIdle = tab?.isFrozen && OF_ME.some(([, deed]) => deed === act);
  if (tab && act && !isIdle) act(scene, tab);
}

/** Talk that was there before. */
export function talkBefore(scene: Scene, most: number): void {
  for (const room of scene.server.rooms.values()) {
    for (let n = scene.world.chance.below(most); n > 0; n -= 1) {
      const by = scene.world.chance.pick(OTHERS) ?? "bob";
      if (n % 7 === 0) change(scene, by, room, n % 2 ? "edited" : "deleted");
      else if (n % 5 === 0) react(scene, by, room);
      else say(scene, by, room);
    }
  }
}

function others(scene: Scene, act: (by: string, room: Room) => unknown): void {
  const { chance } = scene.world;
  const room = scene.server.rooms.get(chance.pick(ROOMS) ?? "R");
  const times = chance.happens(0.1) ? chance.below(60) : 1 + chance.below(3);
  if (!room || !scene.server.isUp) return;
  for (let n = 0; n < times; n += 1) act(chance.pick(OTHERS) ?? "bob", room);
}

function say(scene: Scene, by: string, room: Room): void {
  const n = room.head + 1;
  scene.server.commit(room, { kind: "message", by, cmid: `${by}-${scene.moment()}`, text: `${by} says ${n}` });
}

function change(scene: Scene, by: string, room: Room, kind: "edited" | "deleted"): void {
  const target = someMessage(scene, room, by);
  if (target === null) return;
  const deed: Deed = kind === "edited" ? { kind, by, target, text: `edited as ${room.head + 1}` } : { kind, by, target };
  scene.server.commit(room, deed);
}

function react(scene: Scene, by: string, room: Room): void {
  const target = someMessage(scene, room, null);
  const emoji = scene.world.chance.pick(EMOJI) ?? "👍";
  const message = target === null ? undefined : room.message(target);
  if (!message) return;
  const on = !message.reactions?.find((reaction) => reaction.emoji === emoji)?.people.includes(by);
  scene.server.commit(room, { kind: "reacted", by, target: message.seq, emoji, on });
}

/** A message that is still there: mostly a new one, since that is what people change. */
function someMessage(scene: Scene, room: Room, by: string | null): number | null {
  const { chance } = scene.world;
  const among = room.folded.slice(chance.happens(0.7) ? -20 : 0);
  const found = among.filter((event) => event.kind === "message" && !event.deleted && (by === null || event.by === by));
  return chance.pick(found)?.seq ?? null;
}

function makeNoise(scene: Scene): void {
  const { chance } = scene.world;
  const room = chance.pick(ROOMS) ?? "R";
  const who = chance.pick(OTHERS) ?? "bob";
  scene.server.version += 1;
  for (const session of scene.server.sessions) {
    session.push({ type: "typing", room, people: chance.happens(0.5) ? [who] : [] });
    session.push({ type: "presence", room, here: 2, joined: [who], left: [] });
    session.push({ type: "people", people: [{ id: who, name: who }] });
    const view = scene.server.room(room).view(ME, scene.server.readBy(ME, room));
    session.push({ type: "room", version: scene.server.version, room: view });
  }
}

function burst(scene: Scene, tab: Tab): void {
  for (let n = 2 + scene.world.chance.below(4); n > 0; n -= 1) scene.write(tab);
}

function changeOwn(scene: Scene, tab: Tab): void {
  const mine = scene.world.chance.pick(tab.messages.filter(({ by, deleted }) => by === ME && !deleted));
  const room = tab.roomId;
  if (!mine || room === null) return;
  const { seq } = mine;
  const text = `${mine.text ?? ""}, edited`;
  const wish = scene.world.chance.happens(0.7) ? ({ type: "edit_message", room, seq, text } as const) : ({ type: "delete_message", room, seq } as const);
  void tab.ask(wish).catch(() => {});
}

function reactHere(scene: Scene, tab: Tab): void {
  const message = scene.world.chance.pick(tab.messages);
  const room = tab.roomId;
  if (!message || room === null) return;
  const emoji = scene.world.chance.pick(EMOJI) ?? "👍";
  void tab.ask({ type: "react", room, seq: message.seq, emoji, on: scene.world.chance.happens(0.6) }).catch(() => {});
}

function scroll(scene: Scene, tab: Tab): void {
  const { chance } = scene.world;
  tab.happen({ type: "scrolled", atNewest: tab.log?.attached === true && chance.happens(0.5) });
  void (chance.happens(0.6) ? tab.reader.loadOlder() : tab.reader.loadNewer());
}

/** Do something, and close the tab before it can be done. */
function closeInTheMidst(scene: Scene, tab: Tab): void {
  const { chance } = scene.world;
  if (tab.isFrozen) return;
  if (chance.happens(0.5)) scene.write(tab);
  else scene.retry(tab);
  scene.world.after(chance.between(0, 6), () => scene.closeTab(tab));
}

/** Go elsewhere in the log while a page is still on its way. */
function hurry(scene: Scene, tab: Tab): void {
  const { chance } = scene.world;
  for (let n = 2 + chance.below(2); n > 0; n -= 1) {
    if (chance.happens(0.5)) scroll(scene, tab);
    else if (chance.happens(0.7)) void tab.reader.lookUp(1 + chance.below(tab.log?.head ?? 1));
    else void tab.reader.toNewest();
  }
}

function goOffline(scene: Scene): void {
  scene.browser.isOnline = false;
  scene.cut();
}

function comeOnline(scene: Scene): void {
  scene.browser.isOnline = true;
  scene.server.isUp = true;
  for (const tab of scene.tabs) tab.into(() => tab.wake());
}

function goDown(scene: Scene): void {
  scene.server.isUp = false;
  scene.server.restart();
}

/** The computer's clock is set: by seconds or by days, either way. */
function jump(scene: Scene): void {
  const { chance } = scene.world;
  const span = chance.pick([2000, 3_600_000, 3 * 86_400_000]) ?? 2000;
  scene.browser.clockShift += chance.happens(0.5) ? span : -span;
}
