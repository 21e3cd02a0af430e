/** Friendly names for whoever does not want to think of one. */

const MANNERS = ["Brave", "Bright", "Calm", "Cheerful", "Clever", "Gentle", "Kind", "Lucky", "Merry", "Quiet", "Swift", "Warm"];
const CREATURES = ["Badger", "Crane", "Finch", "Fox", "Hare", "Heron", "Lark", "Otter", "Owl", "Robin", "Seal", "Wren"];
const PLACES = ["table", "corner", "kitchen", "porch", "bench", "garden"];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** `random` is at least 0 and less than 1. */
export function suggestName(random: () => number): string {
  return `${pick(MANNERS, random())} ${pick(CREATURES, random())}`;
}

/** `Tuesday table`: named after the day, by its number from Sunday. */
export function suggestRoom(day: number, random: () => number): string {
  return `${DAYS[day] ?? "Open"} ${pick(PLACES, random())}`;
}

function pick(words: readonly string[], random: number): string {
  return words[Math.floor(random * words.length)] ?? "";
}
