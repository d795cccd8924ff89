// Starts the page and receives the server's events.

import { startComposer } from "./composer.js";
import { showAlert, toast } from "./overlays.js";
import { startSidebar } from "./sidebar.js";
import { listen, receive, store } from "./store.js";
import { startThread } from "./thread.js";

startThread();
startSidebar();
startComposer();
listen(showAnswer);
connect();

function showAnswer(change) {
  if (change.type !== "answer" || change.person_id !== store.me) return;
  if (change.url) window.open(change.url, "_blank", "noopener");
  else if (change.text && change.alert) showAlert(change.text);
  else if (change.text) toast(change.text);
}

function connect() {
  const source = new EventSource("/page/events");
  source.onopen = () => showOffline(false);
  source.onerror = () => showOffline(true);
  source.onmessage = (event) => receive(JSON.parse(event.data));
}

function showOffline(offline) {
  document.getElementById("offline").hidden = !offline;
}
