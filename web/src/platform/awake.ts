/** Whether somebody is looking at the page, and when the computer comes back to it. */

export function isAwake(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

export function onAwakeChange(then: (awake: boolean) => void): void {
  const look = (): void => then(isAwake());
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
  window.addEventListener("blur", look);
}

/** The network may be there again, or may have gone unnoticed while the computer slept. */
export function onWake(then: () => void): void {
  window.addEventListener("online", then);
  window.addEventListener("pageshow", then);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") then();
  });
}

/** Before the page goes away, perhaps for good. */
export function onLeave(then: () => void): void {
  window.addEventListener("pagehide", then);
}
