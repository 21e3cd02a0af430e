/** A room in a list: its name, and how much is unread in it. */
import { goToRoom } from "../actions/navigation.ts";
import { roomId, state } from "../actions/store.ts";
import type { RoomView } from "../protocol/wire.gen.ts";
import { pathOf } from "../state/route.ts";
import { unreadIn } from "../state/rooms.ts";
import { Here } from "./here.tsx";
import { drawer } from "./ui.ts";

const MOST = 99;

export function RoomLink({ room }: { room: RoomView }) {
  const { messages, mentions } = unreadIn(state.value, room);
  const current = roomId.value === room.id;
  function go(): void {
    drawer.value = false;
    goToRoom(room.id);
  }
  return (
    <Here
      path={pathOf({ view: "room", room: room.id, seq: null })}
      go={go}
      current={current}
      class={messages > 0 ? "room-link unread" : "room-link"}
    >
      <bdi class="room-link-name">{room.name}</bdi>
      {messages > 0 && (
        <span class={mentions > 0 ? "count to-me" : "count"}>
          {mentions > 0 ? `@${short(mentions)}` : short(messages)}
          <span class="offstage">{mentions > 0 ? " mentions of you" : " unread"}</span>
        </span>
      )}
    </Here>
  );
}

function short(n: number): string {
  return n > MOST ? `${MOST}+` : String(n);
}
