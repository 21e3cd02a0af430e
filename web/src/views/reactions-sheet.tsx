/** Who reacted to a message, and with what. */
import { log, me } from "../actions/store.ts";
import { placeOf } from "../state/fold.ts";
import { Dialog } from "./dialog.tsx";
import { Face, Name } from "./person.tsx";

export function ReactionsSheet({ seq }: { seq: number }) {
  const held = log.value;
  const item = held?.items[placeOf(held.items, seq)];
  const reactions = item?.kind === "message" ? item.reactions : [];
  return (
    <Dialog title="Reactions">
      {reactions.length === 0 && <p class="soft">There are none any more.</p>}
      {reactions.map(({ emoji, n, people }) => (
        <section key={emoji} class="reacted">
          <h3>
            <span class="emoji">{emoji}</span> {n}
          </h3>
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
          {n > people.length && <p class="soft">and {n - people.length} more</p>}
        </section>
      ))}
    </Dialog>
  );
}
