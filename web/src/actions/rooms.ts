/** What people do with a room as a whole, and with their own name. */
import { canShare, copyText, share } from "../platform/clipboard.ts";
import { ask } from "./line.ts";
import { goToDoor } from "./navigation.ts";
import { attempt, say } from "./saying.ts";
import { happen, me, roomId } from "./store.ts";

export { canShare };

/** Ask for the room's link, to show it. With `replace`, the old one ends. */
export function showLink(room: string, replace = false): Promise<boolean> {
  return attempt(async () => {
    const { link } = await ask({ type: "show_link", room, ...(replace ? { replace } : {}) });
    happen({ type: "link_shown", room, link });
  });
}

export async function copyLink(link: string): Promise<boolean> {
  const done = await copyText(link);
  if (!done) say("This browser does not let pages copy. Select the link and copy it yourself.", "bad");
  return done;
}

export function shareLink(name: string, link: string): Promise<void> {
  return share(name, link);
}

export function renameRoom(room: string, name: string): Promise<boolean> {
  return attempt(() => ask({ type: "rename_room", room, name }));
}

export function setTopic(room: string, topic: string): Promise<boolean> {
  return attempt(() => ask({ type: "set_topic", room, topic }));
}

export function leaveRoom(room: string): Promise<boolean> {
  return attempt(async () => {
    await ask({ type: "leave_room", room });
    if (roomId.peek() === room) goToDoor();
    happen({ type: "room_left", room });
  });
}

export function renameMe(name: string): Promise<boolean> {
  return attempt(async () => {
    const answer = await ask({ type: "rename_me", name });
    happen({ type: "named", me: answer.me });
    if (me.peek()?.name !== name.trim()) say(`You are ${answer.me.name} now.`);
  });
}
