/** Where a link leads: the room, who is there, and the way in. */
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { joinRoom, knownAs, lookAtLink } from "../actions/doors.ts";
import { goToDoor } from "../actions/navigation.ts";
import { sentenceOf } from "../actions/saying.ts";
import { me } from "../actions/store.ts";
import { Refusal } from "../protocol/frames.ts";
import type { LookedAt } from "../protocol/wire.gen.ts";
import { listNames } from "../state/people.ts";
import { suggestName } from "../state/suggestions.ts";
import { Field } from "./field.tsx";
import { Frame } from "./frame.tsx";
import { Here } from "./here.tsx";

const WRONG = "This link leads nowhere. Perhaps a part of it was lost on the way: ask for it again.";

type Look = { is: "looking" } | { is: "there"; place: LookedAt } | { is: "shut"; why: string; again: boolean };

export function Join({ link }: { link: string }) {
  const look = useSignal<Look>({ is: "looking" });

  async function peer(): Promise<void> {
    look.value = { is: "looking" };
    try {
      if (link === "") throw new Refusal({ code: "not_found", message: WRONG, retry_after: null });
      look.value = { is: "there", place: await lookAtLink(link) };
    } catch (error) {
      const wrong = error instanceof Refusal && (error.code === "not_found" || error.code === "bad_request");
      const final = error instanceof Refusal && error.retryAfter === null;
      look.value = { is: "shut", why: wrong ? WRONG : sentenceOf(error), again: !final };
    }
  }
  useEffect(() => void peer(), [link]);

  const seen = look.value;
  if (seen.is === "there") return <Threshold link={link} place={seen.place} />;
  if (seen.is === "looking") return <Frame title="One moment…" />;
  return (
    <Frame title="This door is shut">
      <p role="alert">{seen.why}</p>
      {seen.again ? (
        <button type="button" class="button go" onClick={peer}>
          Try again
        </button>
      ) : (
        <Here class="button" path="/" go={goToDoor}>
          Start a room of your own
        </Here>
      )}
    </Frame>
  );
}

function Threshold({ link, place }: { link: string; place: LookedAt }) {
  const name = useSignal(suggestName(Math.random));
  const busy = useSignal(false);
  const fault = useSignal<string | null>(null);
  const known = me.value?.name ?? knownAs.value;
  const first = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => (first.current ?? button.current)?.focus(), []);

  async function join(event: Event): Promise<void> {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      await joinRoom(link, known === null ? name.value : null);
    } catch (error) {
      fault.value = sentenceOf(error);
      busy.value = false;
    }
  }

  return (
    <Frame title={place.room.name}>
      {place.room.topic !== "" && <p dir="auto">{place.room.topic}</p>}
      <p class="soft">{whoIsThere(place)}</p>
      <form class="door-form" onSubmit={join}>
        {known === null && <Field label="Your name" value={name} field={first} maxLength={40} autoComplete="nickname" />}
        {fault.value !== null && (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
        <button ref={button} type="submit" class="button go" aria-disabled={busy.value}>
          Join
        </button>
        {known !== null && (
          <p class="small">
            You are <bdi class="strong">{known}</bdi> here.
          </p>
        )}
      </form>
    </Frame>
  );
}

function whoIsThere({ here, room }: LookedAt): string {
  if (here.length === 0) return room.members === 1 ? "One member, not here just now." : `${room.members} members, nobody here just now.`;
  const verb = here.length === 1 ? "is" : "are";
  return `${listNames(here, 4)} ${verb} there.`;
}
