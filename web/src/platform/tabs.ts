/** What the tabs of one browser tell each other. */

export type TabNews = "outbox" | "forgotten";

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("chinwag") : null;

export function tellTabs(news: TabNews): void {
  channel?.postMessage(news);
}

export function onTabNews(then: (news: TabNews) => void): void {
  channel?.addEventListener("message", ({ data }) => then(data as TabNews));
}
