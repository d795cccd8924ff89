// The two ways to the server: the stream of events from it, and what one does to it.

import { receive } from "./store.js";

export function connect(showOffline) {
  const source = new EventSource("/page/events");
  source.onopen = () => showOffline(false);
  source.onerror = () => showOffline(true);
  source.onmessage = (event) => receive(JSON.parse(event.data));
}

export async function act(name, what) {
  const answer = await fetch(`/page/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(what),
  });
  const body = await answer.json().catch(() => ({ ok: false, description: `Error ${answer.status}` }));
  if (!body.ok) throw new Error(body.description);
  return body.result;
}

export function fileAddress(fileId) {
  return `/page/file/${encodeURIComponent(fileId)}`;
}
