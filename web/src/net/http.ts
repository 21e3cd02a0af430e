/** The few requests that come before the socket: starting, looking at a link, joining, forgetting. */
import { Refusal, Unanswered } from "../protocol/frames.ts";
import type { LookedAt, Me, Myself, Opened, Started } from "../protocol/wire.gen.ts";

interface Problem {
  code?: unknown;
  detail?: unknown;
  title?: unknown;
  retry_after?: unknown;
}

export class Http {
  readonly #fetch: typeof fetch;

  constructor(fetchLike: typeof fetch) {
    this.#fetch = fetchLike;
  }

  rooms(): Promise<Myself> {
    return this.#call("/api/rooms");
  }

  startRoom(body: { name?: string; as?: string; cmid: string }): Promise<Started & { me: Me }> {
    return this.#call("/api/rooms", body);
  }

  lookAtLink(key: string): Promise<LookedAt> {
    return this.#call("/api/look", { key });
  }

  joinRoom(body: { key: string; name?: string }): Promise<Opened & { me: Me }> {
    return this.#call("/api/join", body);
  }

  async forget(): Promise<void> {
    await this.#call("/api/forget", {});
  }

  async #call<T>(path: string, body?: object): Promise<T> {
    const response = await this.#reach(path, body);
    if (response.status === 204) return undefined as T;
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok && answer !== null) return answer as T;
    throw refusalOf(response.status, (answer ?? {}) as Problem);
  }

  async #reach(path: string, body?: object): Promise<Response> {
    const post = { method: "POST", body: JSON.stringify(body) };
    try {
      return await this.#fetch(path, {
        ...(body ? post : {}),
        headers: { "Content-Type": "application/json", "X-Chinwag": "1" },
        credentials: "same-origin",
        cache: "no-store",
      });
    } catch {
      throw new Unanswered();
    }
  }
}

function refusalOf(status: number, problem: Problem): Error {
  // A proxy answers with its own page while the server behind it is away.
  if (typeof problem.code !== "string") {
    return status >= 500 ? new Unanswered() : new Refusal({ code: "internal", message: `The server answered ${status}.`, retry_after: null });
  }
  const text = typeof problem.detail === "string" ? problem.detail : problem.title;
  return new Refusal({
    code: problem.code,
    message: typeof text === "string" ? text : "The server refused.",
    retry_after: typeof problem.retry_after === "number" ? problem.retry_after : null,
  });
}
