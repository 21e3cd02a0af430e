/** Who is here just now. */
import { me, nameOf, room, state } from "../actions/store.ts";
import { Dialog } from "./dialog.tsx";
import { Face, Name } from "./person.tsx";

export function PeopleSheet() {
  const place = room.value;
  const gathering = state.value.presence.get(place?.id ?? "");
  if (!place || !gathering) return null;
  const people = [...gathering.people].toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)));
  const unnamed = gathering.here - people.length;
  return (
    <Dialog title={`${gathering.here} here now`}>
      <ul class="people">
        {people.map((id) => (
          <li key={id}>
            <Face id={id} small />
            <span>
              <Name id={id} />
              {id === me.value?.id && <span class="soft"> (you)</span>}
            </span>
          </li>
        ))}
      </ul>
      {unnamed > 0 && people.length > 0 && <p class="soft">and {unnamed} more</p>}
      <p class="soft">{place.members === 1 ? "You are the only member." : `${place.members} members in all.`}</p>
    </Dialog>
  );
}
