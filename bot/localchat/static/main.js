// The page begins here.

import { startComposer } from "./composer.js";
import { showAlert, toast } from "./overlays.js";
import { connect } from "./server.js";
import { startSidebar } from "./sidebar.js";
import { listen, store } from "./store.js";
import { startThread } from "./thread.js";

startThread();
startSidebar();
startComposer();
listen((change) => {
  if (change.type !== "answer" || change.person_id !== store.me) return;
  if (change.url) window.open(change.url, "_blank", "noopener");
  else if (change.text && change.alert) showAlert(change.text);
  else if (change.text) toast(change.text);
});
connect((offline) => { document.getElementById("offline").hidden = !offline; });
