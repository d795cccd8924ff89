// Inline buttons under a message, and what pressing them does.

import { element } from "./dom.js";
import { toast } from "./overlays.js";
import { listen, perform, publish, store } from "./store.js";

const pressed = new Map();
const answered = new Set();
const TIMEOUT_MILLISECONDS = 15000;

export function inlineKeys(message) {
  const rows = message.reply_markup.inline_keyboard.map((row) => element("div", { class: "keys-row" }, ...row.map((button) => key(message, button))));
  return element("div", { class: "keys", role: "group", "aria-label": "Buttons" }, ...rows);
}

function key(message, button) {
  if (button.url) {
    return element("a", { class: "key away", href: button.url, target: "_blank", rel: "noopener noreferrer" }, button.text);
  }
  const made = element("button", { class: "key", type: "button" }, button.text);
  made.addEventListener("click", () => press(message, button, made));
  return made;
}

async function press(message, button, made) {
  if (button.copy_text) {
    await navigator.clipboard.writeText(button.copy_text.text);
    toast("Copied");
    return;
  }
  const query = button.switch_inline_query_current_chat ?? button.switch_inline_query;
  if (query !== undefined) {
    publish({ type: "draft", text: `@${store.bot.username} ${query}` });
    return;
  }
  made.classList.add("pressed");
  try {
    const queryId = await perform("press", { person: store.me, chat: message.chat.id, message: message.message_id, data: button.callback_data });
    pressed.set(queryId, made);
    if (answered.delete(queryId)) release(queryId); // the bot was faster than the answer to our request
    setTimeout(() => release(queryId), TIMEOUT_MILLISECONDS);
  } catch (error) {
    made.classList.remove("pressed");
    toast(error.message);
  }
}

function release(queryId) {
  pressed.get(queryId)?.classList.remove("pressed");
  pressed.delete(queryId);
}

listen((change) => {
  if (change.type !== "answer") return;
  if (pressed.has(change.query_id)) release(change.query_id);
  else answered.add(change.query_id);
});
