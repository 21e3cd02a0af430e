/** A moment, in the reader's own time; the whole date is in its title. */
import { fullTimeOf, timeOf } from "../state/days.ts";

export function Time({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTimeOf(at)}>
      {timeOf(at)}
    </time>
  );
}
