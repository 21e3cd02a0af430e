/** What a room is called and about, and the way out of it. */
import { leaveRoom, renameRoom, setTopic } from "../actions/rooms.ts";
import { room } from "../actions/store.ts";
import { closeSheet, Dialog } from "./dialog.tsx";
import { LineForm } from "./line-form.tsx";
import { leads } from "./roles.ts";
import { Twice } from "./twice.tsx";

export function RoomSheet() {
  const place = room.value;
  if (!place) return null;
  const { id, name, topic, role } = place;
  async function leave(): Promise<void> {
    closeSheet();
    await leaveRoom(id);
  }
  return (
    <Dialog title="This room">
      {leads(role) ? (
        <>
          <LineForm label="Name" value={name} maxLength={40} save={(wanted) => renameRoom(id, wanted)} />
          <LineForm label="Topic" value={topic} maxLength={250} save={(wanted) => setTopic(id, wanted)} />
        </>
      ) : (
        <>
          <p class="strong" dir="auto">
            {name}
          </p>
          <p class="soft" dir="auto">
            {topic || "No topic."}
          </p>
        </>
      )}
      <Twice
        label="Leave this room"
        question="What you wrote stays. To come back, you need the room’s link."
        yes="Leave"
        act={leave}
      />
    </Dialog>
  );
}
