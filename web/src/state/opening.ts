/** Decides how to open a room: from where the socket shall tell, and around which place to read first. */
import type { RoomView } from "../protocol/wire.gen.ts";
import type { Log } from "./model.ts";

/** So much unread is simply told; more is read in pages, from the first unread on. */
const TOLD_AT_ONCE = 150;
/** What was read before is context. */
const CONTEXT = 40;

export interface Plan {
  open: { after?: number; at?: number };
  around: number | null;
}

/** The plan of a visit to `room` (undefined: this page does not know it yet), to the message at `seq` if there is one. */
export function planVisit(log: Log | undefined, room: RoomView | undefined, seq: number | null): Plan {
  if (log && (!room || room.head - log.told <= TOLD_AT_ONCE)) {
    const held = seq === null ? reachesUnread(log, room) : seq >= log.first && seq <= log.last;
    return { open: resumption(log), around: held ? null : (seq ?? firstUnread(room)) };
  }
  return room ? planFirst(room, seq) : { open: {}, around: seq };
}

function planFirst(room: RoomView, seq: number | null): Plan {
  const { head, read, unread } = room;
  if (seq !== null) return { open: { after: head }, around: seq };
  if (unread === 0) return { open: {}, around: null };
  return head - read <= TOLD_AT_ONCE
    ? { open: { after: Math.max(0, read - CONTEXT) }, around: null }
    : { open: { after: head }, around: firstUnread(room) };
}

/** The plan after the line came back: go on where it broke. */
export function planReturn(log: Log | undefined): Plan {
  return { open: log ? resumption(log) : {}, around: null };
}

function resumption(log: Log): Plan["open"] {
  if (log.told < 1) return {};
  return log.toldAt === null ? { after: log.told } : { after: log.told, at: log.toldAt };
}

function firstUnread(room: RoomView | undefined): number | null {
  return room ? room.read + 1 : null;
}

/** Whether the window, with what the socket will tell, shows the first unread and the newest. */
function reachesUnread(log: Log, room: RoomView | undefined): boolean {
  return log.attached && (!room || room.unread === 0 || log.first <= room.read + 1);
}
