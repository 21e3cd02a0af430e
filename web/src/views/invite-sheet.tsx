/** The link of a room that is not empty any more; who leads the room may end it and make another. */
import { showLink } from "../actions/rooms.ts";
import { room } from "../actions/store.ts";
import { Dialog } from "./dialog.tsx";
import { InviteLink } from "./invite-link.tsx";
import { leads } from "./roles.ts";
import { Twice } from "./twice.tsx";

export function InviteSheet() {
  const place = room.value;
  if (!place) return null;
  return (
    <Dialog title={`Invite to ${place.name}`}>
      <div class="invite-sheet">
        <InviteLink room={place} />
        <p class="soft">Anyone with the link can read and write here.</p>
        {leads(place.role) && (
          <Twice
            label="Replace the link"
            question="The link that you have given out will lead nowhere. Who is in stays in."
            yes="Replace it"
            act={() => showLink(place.id, true)}
          />
        )}
      </div>
    </Dialog>
  );
}
