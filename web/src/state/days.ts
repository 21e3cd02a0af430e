/** Days and times in the reader's own place and language. */

const TIME = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const HALF_YEAR = 182 * 86_400_000;

/** The same text for all moments of one local day. */
export function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** `Today`, `Yesterday`, or the day by name; with its year where that may be in doubt. */
export function nameDay(at: number, now: number): string {
  if (dayOf(at) === dayOf(now)) return "Today";
  const before = new Date(now);
  before.setDate(before.getDate() - 1);
  if (dayOf(at) === dayOf(before.getTime())) return "Yesterday";
  return (now - at > HALF_YEAR ? DAY_OF_YEAR : DAY).format(at);
}

export function timeOf(at: number): string {
  return TIME.format(at);
}

export function fullTimeOf(at: number): string {
  return FULL.format(at);
}
