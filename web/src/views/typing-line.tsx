/** Who types just now. The line keeps its place when nobody does. */
import { nameOf, roomId, state } from "../actions/store.ts";
import { listNames } from "../state/people.ts";

export function TypingLine() {
  const people = state.value.typing.get(roomId.value ?? "") ?? [];
  const names = listNames(people.map(nameOf), 3);
  return (
    <p class="typing">
      {people.length > 0 && (
        <>
          <bdi>{names}</bdi> {people.length === 1 ? "is" : "are"} typing…
        </>
      )}
    </p>
  );
}
