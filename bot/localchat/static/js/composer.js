// The row to write in, the reply above it and the bot's own keyboard below it.

import { element, icon } from "./dom.js";
import { quote } from "./bubble.js";
import { choosePlace, toast } from "./overlays.js";
import { listen, perform, store, thread } from "./store.js";
import * as suggestions from "./suggestions.js";

const at = (id) => document.getElementById(id);
const text = at("text");
let replyTo = null;

export function startComposer() {
  at("menu").prepend(icon("menu"));
  at("place").append(icon("pin"));
  at("send").append(icon("send"));
  at("to-bottom").append(icon("down"));
  at("reply-cancel").append(icon("close"));
  suggestions.startSuggestions(setText);
  text.addEventListener("input", changed);
  text.addEventListener("keydown", onKey);
  text.addEventListener("blur", () => setTimeout(suggestions.close, 150));
  at("form").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  at("menu").addEventListener("click", openMenu);
  at("place").addEventListener("click", askPlace);
  at("reply-cancel").addEventListener("click", () => setReply(null));
  listen(onChange);
  changed();
}

function onChange(change) {
  if (change.type === "opened" && !change.quiet) {
    setReply(null);
    if (window.matchMedia("(min-width: 761px)").matches) text.focus();
  }
  if (change.type === "reply") setReply(change.message);
  if (change.type === "draft") { setText(change.text); suggestions.update(); }
  if (["opened", "message", "deleted"].includes(change.type)) drawCustomKeyboard();
}

function onKey(event) {
  if (suggestions.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape") setReply(null);
}

function changed() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 180)}px`;
  at("send").disabled = !text.value.trim();
  if (store.bot) suggestions.update();
}

function setText(value) {
  text.value = value;
  changed();
  suggestions.close();
  text.focus();
}

function openMenu() {
  if (suggestions.isOpen()) return suggestions.close();
  text.focus();
  suggestions.showCommands("");
}

async function send() {
  const written = text.value.trim();
  if (!written || suggestions.inlineQuery(text.value) !== null) return;
  const reply = replyTo?.message_id;
  setText("");
  setReply(null);
  await say(written, reply, () => setText(written));
}

async function say(written, reply = null, onRefused = () => {}) {
  try {
    await perform("say", { person: store.me, chat: store.open, text: written, reply_to: reply, topic: store.topic });
  } catch (error) {
    onRefused();
    toast(error.message);
  }
}

function askPlace() {
  choosePlace((latitude, longitude) => perform("locate", { person: store.me, chat: store.open, latitude, longitude }).catch((error) => toast(error.message)));
}

function setReply(message) {
  replyTo = message;
  at("reply-bar").hidden = !message;
  at("reply-preview").replaceChildren(...(message ? [quote(message, () => text.focus())] : []));
  if (message) text.focus();
}

function drawCustomKeyboard() {
  const last = [...thread().values()].filter((message) => message.custom_keyboard).pop();
  const keyboard = last?.custom_keyboard;
  const used = keyboard?.one_time && [...thread().values()].some((message) => message.message_id > last.message_id && message.from.id === store.me);
  const rows = used || store.chats.get(store.open).closed ? [] : keyboard?.rows || [];
  at("custom-keyboard").hidden = !rows.length;
  at("custom-keyboard").replaceChildren(...rows.map((row) => element("div", {}, ...row.map(customKey))));
  text.placeholder = (rows.length && keyboard.hint) || "Message";
}

function customKey(key) {
  const press = key.request_location ? askPlace : () => say(key.text);
  return element("button", { type: "button", onclick: press }, key.text);
}
