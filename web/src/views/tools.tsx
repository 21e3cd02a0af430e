/** What can be done with the message at hand. */
import { Link, Pencil, Reply, SmilePlus, Trash2, Users } from "lucide";
import type { IconNode } from "lucide";
import { react } from "../actions/messages.ts";
import { permalink } from "../actions/navigation.ts";
import { copyLink } from "../actions/rooms.ts";
import { say } from "../actions/saying.ts";
import { me, room, roomId } from "../actions/store.ts";
import type { MessageItem } from "../state/model.ts";
import { Icon } from "./icon.tsx";
import { editing, focusComposer, replyingTo, sheet } from "./ui.ts";

const MODERATES: ReadonlySet<string> = new Set(["owner", "moderator"]);

export function Tools({ message }: { message: MessageItem }) {
  const mine = message.by === me.value?.id;
  const role = room.value?.role ?? "reader";
  const { seq } = message;
  return (
    <div class="tools" role="toolbar" aria-label="This message">
      {role !== "reader" && (
        <>
          <Tool icon={SmilePlus} label="React" act={(button) => pickReaction(message, button)} />
          <Tool icon={Reply} label="Reply" act={() => replyTo(message)} />
        </>
      )}
      {mine && <Tool icon={Pencil} label="Edit" act={() => (editing.value = seq)} />}
      {message.reactions.length > 0 && <Tool icon={Users} label="Who reacted" act={() => (sheet.value = { kind: "reactions", seq })} />}
      <Tool icon={Link} label="Copy link to this message" act={() => void copyPermalink(seq)} />
      {(mine || MODERATES.has(role)) && <Tool icon={Trash2} label="Delete" act={() => (sheet.value = { kind: "delete", seq })} />}
    </div>
  );
}

function Tool({ icon, label, act }: { icon: IconNode; label: string; act: (button: Element) => void }) {
  return (
    <button type="button" class="tool" aria-label={label} title={label} onClick={(event) => act(event.currentTarget)}>
      <Icon of={icon} size={16} />
    </button>
  );
}

export function pickReaction(message: MessageItem, from: Element | null): void {
  sheet.value = { kind: "emoji", from, pick: (emoji) => void react(message, emoji) };
}

export function replyTo(message: MessageItem): void {
  replyingTo.value = message.seq;
  focusComposer();
}

async function copyPermalink(seq: number): Promise<void> {
  if (await copyLink(permalink(roomId.value ?? "", seq))) say("The link to this message is copied. It opens for members of this room.");
}
