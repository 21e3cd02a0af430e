/** Which result answers which command. */
import type { AnyCommand, Results } from "./wire.gen.ts";

type WithoutId<C> = C extends unknown ? Omit<C, "id"> : never;

/** A command as actions make it: its number is the connection's business. */
export type Wish = WithoutId<AnyCommand>;

export type Answer<W extends Wish> = Results[W["type"]];

/** Sends one command and promises its answer; rejects with a `Refusal` or, where nothing came back, with `Unanswered`. */
export type Ask = <W extends Wish>(wish: W) => Promise<Answer<W>>;
