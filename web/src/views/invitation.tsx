/** The empty room is the invitation. The first message takes its place. */
import { room } from "../actions/store.ts";
import { InviteLink } from "./invite-link.tsx";

export function Invitation() {
  const place = room.value;
  if (!place) return null;
  const owns = place.role === "owner";
  return (
    <section class="invitation">
      <h2>{owns ? "This room is yours. Bring them in." : "Nothing has been said here yet."}</h2>
      {place.role !== "reader" && <InviteLink room={place} />}
      <p>
        Anyone with the link can read and write here.
        <br />
        {owns && place.members === 1 ? "Say something, or wait for the first guest." : "Say something."}
      </p>
    </section>
  );
}
