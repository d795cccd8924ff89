// The open chat's messages: drawn from the store, and scrolled.

import { avatar, day, element } from "./dom.js";
import { noticeText, row } from "./bubble.js";
import { listen, perform, publish, store, thread } from "./store.js";
import { toast } from "./overlays.js";

const place = document.getElementById("thread");
const toBottom = document.getElementById("to-bottom");
const GROUPED_SECONDS = 300;
const NEAR_PIXELS = 120;

export function startThread() {
  listen((change) => {
    if (change.type === "opened") draw({ toEnd: !change.quiet });
    else if (change.type === "message" && change.message.chat.id === store.open) draw({ toEnd: change.isNew && change.message.from.id === store.me });
    else if (change.type === "deleted" && change.chatId === store.open) draw({});
    else if (change.type === "busy" && change.chatId === store.open) draw({});
  });
  place.addEventListener("scroll", () => { toBottom.hidden = isNearEnd(); });
  toBottom.addEventListener("click", () => place.scrollTo({ top: place.scrollHeight, behavior: "smooth" }));
  new ResizeObserver(() => { if (wasNearEnd) place.scrollTop = place.scrollHeight; }).observe(place);
  place.addEventListener("load", () => { if (wasNearEnd) place.scrollTop = place.scrollHeight; }, true);
  place.addEventListener("scroll", () => { wasNearEnd = isNearEnd(); });
}

let wasNearEnd = true;
let drawn = new Map(); // key -> { fingerprint, node }, so that only changes are drawn again

function isNearEnd() {
  return place.scrollHeight - place.scrollTop - place.clientHeight < NEAR_PIXELS;
}

function draw({ toEnd = false }) {
  const stick = toEnd || isNearEnd();
  const wanted = [...items()];
  const next = new Map();
  for (const item of wanted) {
    const known = drawn.get(item.key);
    next.set(item.key, known && known.fingerprint === item.fingerprint ? known : { fingerprint: item.fingerprint, node: item.make(), fresh: !known });
  }
  drawn = next;
  placeNodes([...next.values()].map((one) => one.node));
  if (stick) place.scrollTop = place.scrollHeight;
  wasNearEnd = isNearEnd();
  toBottom.hidden = wasNearEnd;
}

function placeNodes(nodes) {
  const kept = new Set(nodes);
  for (const child of [...place.children]) if (!kept.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (place.children[index] !== node) place.insertBefore(node, place.children[index] || null);
  });
}

function* items() {
  const groups = grouped([...thread().values()].filter(isInTopic));
  if (!groups.length) yield { key: `welcome ${store.open}`, fingerprint: `${store.me} ${store.welcome}`, make: welcome };
  let lastDay = "";
  for (const [index, messages] of groups.entries()) {
    const [message] = messages;
    const today = day(message.date);
    if (today !== lastDay) yield { key: `day ${store.open} ${today}`, fingerprint: today, make: () => element("div", { class: "day" }, today) };
    const first = today !== lastDay || !follows(groups[index - 1], messages);
    const last = !groups[index + 1] || !follows(messages, groups[index + 1]) || day(groups[index + 1][0].date) !== today;
    lastDay = today;
    const fingerprint = JSON.stringify([messages, first, last, store.me]);
    yield { key: `${store.open} ${message.message_id}`, fingerprint, make: () => make(messages, first, last) };
  }
  if (store.busy.get(store.open)) yield { key: `busy ${store.open}`, fingerprint: "", make: dots };
}

function make(messages, first, last) {
  const notice = noticeText(messages[0]);
  if (notice) return element("div", { class: "notice" }, notice);
  const made = row(messages, { first, last, onReply, onCommand, onQuote });
  made.dataset.message = messages[0].message_id;
  return made;
}

function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const before = groups[groups.length - 1];
    if (message.media_group_id && before?.[0].media_group_id === message.media_group_id) before.push(message);
    else groups.push([message]);
  }
  return groups;
}

function follows(before, after) {
  if (!before) return false;
  const [one, other] = [before[0], after[0]];
  return one.from.id === other.from.id && other.date - one.date < GROUPED_SECONDS && !noticeText(one);
}

function isInTopic(message) {
  return !store.topic || message.message_thread_id === store.topic;
}

function welcome() {
  const chat = store.chats.get(store.open);
  const say = () => onCommand(chat.type === "private" ? "/start" : `/start@${store.bot.username}`);
  return element(
    "div", { class: "welcome" }, avatar(store.bot.id, store.bot.first_name, "fan"),
    element("h2", {}, store.bot.first_name), element("p", {}, store.welcome),
    element("button", { type: "button", onclick: say }, "Start"),
  );
}

function dots() {
  const bubble = element("div", { class: "bubble" }, element("div", { class: "dots", "aria-hidden": "true" }, element("i"), element("i"), element("i")));
  return element("div", { class: "row last first" }, element("div", { class: "stack" }, bubble));
}

function onReply(message) {
  publish({ type: "reply", message });
}

async function onCommand(text) {
  try {
    await perform("say", { person: store.me, chat: store.open, text, topic: store.topic });
  } catch (error) {
    toast(error.message);
  }
}

function onQuote(message) {
  const node = place.querySelector(`[data-message="${Number(message.message_id)}"]`);
  if (!node) return;
  node.scrollIntoView({ block: "center", behavior: "smooth" });
  node.classList.remove("flash");
  requestAnimationFrame(() => node.classList.add("flash"));
}
