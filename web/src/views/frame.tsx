/** The plain page around a door: the mark, a heading, and what belongs there. */
import type { ComponentChildren } from "preact";
import { goToDoor } from "../actions/navigation.ts";
import { Mark } from "./icon.tsx";
import { Here } from "./here.tsx";

export function Frame({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <main class="door">
      <Here class="brand" path="/" go={goToDoor}>
        <Mark size={26} />
        chinwag
      </Here>
      <h1 dir="auto">{title}</h1>
      {children}
    </main>
  );
}
