/** The browser's address bar and its history. */

export function here(): { pathname: string; hash: string } {
  return window.location;
}

export function push(path: string): void {
  window.history.pushState(null, "", path);
}

export function replace(path: string): void {
  window.history.replaceState(null, "", path);
}

export function onMove(then: () => void): void {
  window.addEventListener("popstate", then);
  window.addEventListener("hashchange", then);
}

export function reload(): void {
  window.location.reload();
}

/** The full address of a path here. */
export function absolute(path: string): string {
  return new URL(path, window.location.href).href;
}
