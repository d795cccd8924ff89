// The people to choose from, their chats, and the head of the open chat.

import { avatar, clock, element, icon } from "./dom.js";
import { summary } from "./bubble.js";
import { become, chatTitle, lastMessage, listen, myChats, openChat, perform, publish, store, unreadOf } from "./store.js";

const at = (id) => document.getElementById(id);
const ACTIONS = { typing: "typing", upload_photo: "sending a photo", upload_document: "sending a file" };
const phone = window.matchMedia("(max-width: 760px)");

export function startSidebar() {
  at("open-sidebar").append(icon("menu"));
  at("open-sidebar").addEventListener("click", () => setDrawer(true));
  at("scrim").addEventListener("click", () => setDrawer(false));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !at("scrim").hidden) setDrawer(false); });
  at("people").addEventListener("keydown", moveBetweenPeople);
  at("topic").addEventListener("change", () => { store.topic = Number(at("topic").value); publish({ type: "opened" }); });
  for (const id of ["block", "unblock"]) at(id).addEventListener("click", () => perform("block", { person: store.me, blocked: id === "block" }));
  listen((change) => { if (["opened", "message", "deleted", "busy"].includes(change.type)) draw(); });
}

function setDrawer(open) {
  at("sidebar").classList.toggle("open", open);
  at("scrim").hidden = !open;
  at("main").inert = open && phone.matches;
  at("open-sidebar").setAttribute("aria-expanded", String(open));
  if (open) at("people").querySelector("[aria-checked=true]")?.focus();
  else if (phone.matches) at("open-sidebar").focus();
}

function draw() {
  const focused = document.activeElement?.dataset?.focus;
  at("people").replaceChildren(...[...store.people.values()].map(personChip));
  at("chats").replaceChildren(...myChats().map(chatRow));
  if (focused) document.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  drawHead(store.chats.get(store.open));
}

function personChip(person) {
  const checked = person.id === store.me;
  return element(
    "button",
    { class: "person", type: "button", role: "radio", "aria-checked": String(checked), tabindex: checked ? "0" : "-1", "data-focus": `person ${person.id}`, onclick: () => become(person.id) },
    avatar(person.id, person.first_name), person.first_name,
  );
}

function moveBetweenPeople(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const ids = [...store.people.keys()];
  become(ids[(ids.indexOf(store.me) + step + ids.length) % ids.length]);
  at("people").querySelector("[aria-checked=true]").focus();
}

function chatRow(chat) {
  const last = lastMessage(chat.id);
  const unread = unreadOf(chat.id);
  const who = last && chat.type !== "private" ? `${last.from.id === store.me ? "You" : last.from.first_name}: ` : "";
  const line = statusOf(chat) || (last ? who + summary(last) : "No messages yet");
  const top = element("span", { class: "chat-row-top" }, element("span", { class: "chat-name" }, chatTitle(chat)), element("span", { class: "chat-time" }, last ? clock(last.date) : ""));
  const bottom = element("span", { class: "chat-row-top" }, element("span", { class: "chat-last" }, line), unread ? element("span", { class: "unread", "aria-label": `${unread} unread` }, String(unread)) : null);
  const open = () => { openChat(chat.id); setDrawer(false); };
  return element("li", {}, element(
    "button", { class: "chat-row", type: "button", "aria-current": chat.id === store.open ? "true" : null, "data-focus": `chat ${chat.id}`, onclick: open },
    picture(chat), element("span", { class: "chat-row-text" }, top, bottom),
  ));
}

function picture(chat) {
  return chat.type === "private" ? avatar(store.bot.id, store.bot.first_name, "fan") : avatar(chat.id, chat.title, "group");
}

function statusOf(chat) {
  const action = store.busy.get(chat.id);
  if (!action) return "";
  const doing = ACTIONS[action] || "busy";
  return chat.type === "private" ? `${doing}…` : `${store.bot.first_name} is ${doing}…`;
}

function drawHead(chat) {
  at("chat-avatar").replaceChildren(picture(chat));
  at("chat-title").textContent = chatTitle(chat);
  const names = chat.members.map((id) => store.people.get(id)?.first_name).join(", ");
  const busy = statusOf(chat);
  setText(at("chat-status"), busy || (chat.type === "private" ? `bot, with ${store.people.get(store.me).first_name}` : `${names} and ${store.bot.first_name}`));
  at("chat-status").classList.toggle("busy", Boolean(busy));
  document.title = `${chatTitle(chat)} · Local chat`;
  at("banner").hidden = !store.banner;
  setText(at("banner"), store.banner);
  drawTopics(chat);
  const isPrivate = chat.type === "private";
  at("block").hidden = !isPrivate || Boolean(chat.closed) || !lastMessage(chat.id);
  at("block").textContent = "Block";
  at("block").setAttribute("aria-label", "Block the bot");
  at("unblock").hidden = !isPrivate || !chat.closed;
  at("form").hidden = isPrivate && Boolean(chat.closed);
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function drawTopics(chat) {
  at("topic-label").hidden = !chat.topics.length;
  const options = [{ id: 0, name: "All topics" }, ...chat.topics].map((topic) => element("option", { value: topic.id, selected: topic.id === store.topic }, topic.name));
  at("topic").replaceChildren(...options);
}
