/** Ids made here. On plain http a browser has no `randomUUID`, but it has random bytes. */

/** 128 random bits as 32 hexadecimal digits. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
