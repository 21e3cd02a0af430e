/** A link to another view of this page: a plain link to the browser, without loading the page again. */
import type { ComponentChildren } from "preact";

interface Props {
  path: string;
  go: () => void;
  class?: string;
  current?: boolean;
  label?: string;
  children: ComponentChildren;
}

export function Here({ path, go, class: kind, current = false, label, children }: Props) {
  function follow(event: MouseEvent): void {
    // With a modifier it is a wish for another tab or window.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    go();
  }
  return (
    <a href={path} class={kind} aria-current={current ? "page" : undefined} aria-label={label} onClick={follow}>
      {children}
    </a>
  );
}
