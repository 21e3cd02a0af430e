import { expect, test } from "vitest";
import { Refusal, Unanswered } from "../protocol/frames.ts";
import { Http } from "./http.ts";

interface Asked {
  path: string;
  init: RequestInit;
}

/** A server that answers every request alike, and remembers what it was asked. */
function answering(status: number, body: string): { http: Http; asked: Asked[] } {
  const asked: Asked[] = [];
  const http = new Http(async (path, init) => {
    asked.push({ path: String(path), init: init ?? {} });
    return new Response(status === 204 ? null : body, { status });
  });
  return { http, asked };
}

test("every request says that it comes from the page, and writes are JSON", async () => {
  const { http, asked } = answering(200, '{"room":{"name":"Tea"},"here":[]}');
  expect(await http.lookAtLink("KEY")).toMatchObject({ room: { name: "Tea" } });
  expect(asked[0]).toMatchObject({ path: "/api/look", init: { method: "POST", body: '{"key":"KEY"}' } });
  expect(asked[0]?.init.headers).toMatchObject({ "X-Chinwag": "1", "Content-Type": "application/json" });
});

test("a problem document becomes a refusal with its sentence", async () => {
  const { http } = answering(429, '{"code":"rate_limited","detail":"Too many rooms.","retry_after":2.5}');
  const refusal = await http.rooms().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ code: "rate_limited", message: "Too many rooms.", retryAfter: 2.5 });
});

test("a proxy's own page for a server that is away counts as no answer", async () => {
  await expect(answering(502, "<h1>Bad Gateway</h1>").http.rooms()).rejects.toBeInstanceOf(Unanswered);
});

test("a network that is away counts as no answer", async () => {
  const http = new Http(() => Promise.reject(new TypeError("Failed to fetch")));
  await expect(http.rooms()).rejects.toBeInstanceOf(Unanswered);
});

test("being forgotten needs no words", async () => {
  const { http, asked } = answering(204, "");
  await http.forget();
  expect(asked[0]?.path).toBe("/api/forget");
});
