/** The head of a room: its name and topic, who is here, and the way to invite. */
import { Menu, Settings2, UserPlus, Users } from "lucide";
import { line, room, roomId, rooms, state } from "../actions/store.ts";
import { Icon } from "./icon.tsx";
import { Face } from "./person.tsx";
import { drawer, sheet } from "./ui.ts";

const FACES = 4;

export function Head() {
  const place = room.value;
  return (
    <header class="head">
      <MenuButton />
      <div class="head-names">
        <h1>
          <bdi>{place?.name ?? "Chinwag"}</bdi>
        </h1>
        {place && place.topic !== "" && (
          <p class="topic" dir="auto" title={place.topic}>
            {place.topic}
          </p>
        )}
      </div>
      {place && (
        <>
          <Here />
          <button type="button" class="quiet" aria-label="Room settings" onClick={() => (sheet.value = { kind: "room" })}>
            <Icon of={Settings2} />
          </button>
          {place.role !== "reader" && (
            <button type="button" class="button" onClick={() => (sheet.value = { kind: "invite" })}>
              <Icon of={UserPlus} size={16} />
              Invite
            </button>
          )}
        </>
      )}
    </header>
  );
}

function MenuButton() {
  const elsewhere = rooms.value.some((other) => other.id !== roomId.value && other.unread > 0);
  return (
    <button
      type="button"
      class="quiet menu-button"
      aria-label={elsewhere ? "Rooms, with unread messages" : "Rooms"}
      aria-expanded={drawer.value}
      aria-controls="side"
      onClick={() => (drawer.value = !drawer.value)}
    >
      <Icon of={Menu} />
      {elsewhere && <span class="dot" />}
    </button>
  );
}

function Here() {
  const gathering = state.value.presence.get(roomId.value ?? "");
  if (!gathering || line.value.phase !== "open") return null;
  return (
    <button type="button" class="here" aria-label={`${gathering.here} here: show who`} onClick={() => (sheet.value = { kind: "people" })}>
      <span class="faces">
        {gathering.people.slice(0, FACES).map((id) => (
          <Face key={id} id={id} small />
        ))}
      </span>
      <Icon of={Users} size={16} />
      <span>
        {gathering.here}
        <span class="on-desk"> here</span>
      </span>
    </button>
  );
}
