/** The whole page: the view that the URL names, the sheet over it, and the sentence under it. */
import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { goToDoor } from "../actions/navigation.ts";
import { route, room, state } from "../actions/store.ts";
import { unreadInAll } from "../state/rooms.ts";
import { Door } from "./door.tsx";
import { Frame } from "./frame.tsx";
import { Here } from "./here.tsx";
import { House } from "./house.tsx";
import { Join } from "./join.tsx";
import { listenToKeys } from "./keyboard.ts";
import { SayingLine } from "./saying.tsx";
import { Sheets } from "./sheets.tsx";

export function App() {
  useEffect(listenToKeys, []);
  useSignalEffect(() => {
    const unread = unreadInAll(state.value);
    const name = room.value ? `${room.value.name} · Chinwag` : "Chinwag";
    document.title = unread > 0 ? `(${unread}) ${name}` : name;
  });
  return (
    <>
      <View />
      <Sheets />
      <SayingLine />
    </>
  );
}

function View() {
  const place = route.value;
  switch (place.view) {
    case "door":
      return <Door />;
    case "join":
      return <Join link={place.key} />;
    case "room":
      return <House />;
    case "nowhere":
      return (
        <Frame title="There is nothing here">
          <p>The address leads to no room. If somebody sent it to you, ask for the room’s link.</p>
          <Here class="button" path="/" go={goToDoor}>
            Start a room
          </Here>
        </Frame>
      );
    default:
      return place satisfies never;
  }
}
