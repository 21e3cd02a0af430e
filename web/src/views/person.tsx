/** How a person looks: an initial on their colour, and a name, with a mark where two of one name meet. */
import { nameOf, twins } from "../actions/store.ts";
import { colourOf, initialOf, markOf } from "../state/people.ts";

export function Face({ id, name, small = false }: { id: string; name?: string; small?: boolean }) {
  return (
    <span
      class={`face person-${colourOf(id)}${small ? " small" : ""}`}
      data-initial={initialOf(name ?? nameOf(id))}
      aria-hidden="true"
    />
  );
}

export function Name({ id }: { id: string }) {
  return (
    <>
      <bdi>{nameOf(id)}</bdi>
      {twins.value.has(id) && <span class="twin">{markOf(id)}</span>}
    </>
  );
}

/** The same in one string, for labels. */
export function spokenName(id: string): string {
  return twins.value.has(id) ? `${nameOf(id)} ${markOf(id)}` : nameOf(id);
}
