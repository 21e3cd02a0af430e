import { expect, test } from "vitest";
import { isEmojiOnly, piecesOf } from "./text.ts";

function links(text: string): string[] {
  return piecesOf(text, null).flatMap((piece) => (piece.kind === "link" ? [piece.href] : []));
}

test("web and mail addresses become links", () => {
  expect(links("see https://example.org/a?b=c#d, http://x.test or mailto:a@b.test")).toEqual([
    "https://example.org/a?b=c#d",
    "http://x.test/",
    "mailto:a@b.test",
  ]);
});

test.each([
  ["(see https://example.org/a)", "https://example.org/a"],
  ["https://en.wikipedia.org/wiki/Mercury_(planet).", "https://en.wikipedia.org/wiki/Mercury_(planet)"],
  ["“https://example.org”", "https://example.org/"],
  ["https://example.org/?!", "https://example.org/"],
])("the signs of the sentence around it are not part of the link: %s", (text, href) => {
  expect(links(text)).toEqual([href]);
});

test.each(["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "https://", "JaVaScRiPt:x"])(
  "%s is no link",
  (text) => {
    expect(links(text)).toEqual([]);
  },
);

test("the pieces together are the text, whatever it is", () => {
  const texts = ["", "a", "@Ada @ada", "https://x.test@Ada", "<b>&amp;</b> https://a.test/<script>", "𝕏 @Ada\n\thttp://ü.test/é"];
  for (const text of texts) {
    const joined = piecesOf(text, "Ada").map((piece) => piece.text);
    expect(joined.join("")).toBe(text);
  }
});

test("one's own name is marked as a word of its own, in any case", () => {
  const mentions = (text: string): string[] =>
    piecesOf(text, "Ada L").flatMap((piece) => (piece.kind === "mention" ? [piece.text] : []));
  expect(mentions("@Ada L, and (@ada l)!")).toEqual(["@Ada L", "@ada l"]);
  expect(mentions("@Ada Lovelace mail@Ada L2 Ada L")).toEqual([]);
});

test("a few emoji alone are big; words, numbers and a crowd are not", () => {
  expect(["🎉", "👍🏽 ❤️", "👨‍👩‍👧", "🇳🇿🇳🇿"].every(isEmojiOnly)).toBe(true);
  expect(["", "1", "#", "a🎉", "🎉🎉🎉🎉🎉🎉🎉", " "].some(isEmojiOnly)).toBe(false);
});

test.each([
  ["dots and brackets", `https://a${".".repeat(4000)}x${")".repeat(5000)}`],
  ["quotes", `https://a${"'\"".repeat(4900)}x`],
  ["calls", "@ada ".repeat(2000)],
  ["links", "http://a ".repeat(1100)],
  ["schemes", "http://mailto:".repeat(700)],
])("ten thousand characters of %s hold nobody up", (_, text) => {
  const begun = performance.now();
  expect(piecesOf(text, "Ada").map((piece) => piece.text).join("")).toBe(text);
  expect(performance.now() - begun).toBeLessThan(500);
});
