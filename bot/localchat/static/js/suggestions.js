// The list above the composer: the bot's commands, or the results of an inline query.

import { avatar, element } from "./dom.js";
import { fileAddress, listen, perform, store } from "./store.js";
import { toast } from "./overlays.js";

const box = document.getElementById("suggestions");
const text = document.getElementById("text");
const INLINE_PAUSE_MILLISECONDS = 250;
let choices = [];
let chosen = 0;
let asked = "";
let pause = 0;
let latest = null;
let onTaken = () => {};

export function startSuggestions(taken) {
  onTaken = taken;
  listen((change) => {
    if (change.type !== "inline") return;
    latest = change;
    if (change.query_id === asked) showResults(change);
  });
}

export function isOpen() {
  return !box.hidden && choices.length > 0;
}

export function close() {
  box.hidden = true;
  choices = [];
  text.removeAttribute("aria-activedescendant");
}

export function update() {
  clearTimeout(pause);
  const written = text.value;
  const inline = inlineQuery(written);
  if (inline !== null) {
    pause = setTimeout(() => ask(inline), INLINE_PAUSE_MILLISECONDS);
    return;
  }
  asked = "";
  if (/^\/\w*$/.test(written)) showCommands(written.slice(1).toLowerCase());
  else close();
}

export function inlineQuery(written) {
  const name = `@${store.bot.username} `;
  return written.toLowerCase().startsWith(name.toLowerCase()) ? written.slice(name.length) : null;
}

export function showCommands(start) {
  const menu = store.chats.get(store.open).menus[store.me] || [];
  const fitting = menu.filter((one) => one.command.startsWith(start));
  if (fitting.length === 1 && fitting[0].command === start) return close();
  show(fitting.map((one) => ({
    node: option("command", element("b", {}, `/${one.command}`), element("span", {}, one.description)),
    take: () => onTaken(`/${one.command} `),
  })));
}

function showResults({ query_id: queryId, results, button }) {
  if (!results.length) return note(button || "No results");
  show(results.map((one) => ({
    node: option("result", picture(one), element("div", {}, element("b", {}, one.title), element("span", {}, one.description))),
    take: () => choose(queryId, one.id),
  })));
}

function picture(result) {
  return result.photo ? element("img", { src: fileAddress(result.photo), alt: "" }) : avatar(store.bot.id, result.title);
}

async function ask(query) {
  note("Asking…");
  try {
    asked = await perform("ask", { person: store.me, chat: store.open, query });
    if (latest?.query_id === asked) showResults(latest); // the bot was faster than the answer to our request
  } catch (error) {
    toast(error.message);
  }
}

async function choose(queryId, result) {
  onTaken("");
  try {
    await perform("choose", { query_id: queryId, result });
  } catch (error) {
    toast(error.message);
  }
}

function option(kind, ...children) {
  return element("div", { class: `suggestion ${kind}`, role: "option" }, ...children);
}

function note(words) {
  choices = [];
  box.replaceChildren(element("div", { class: "suggestions-note" }, words));
  box.hidden = false;
}

function show(list) {
  if (!list.length) return close();
  choices = list;
  list.forEach((choice, index) => {
    choice.node.id = `suggestion-${index}`;
    choice.node.addEventListener("mousedown", (event) => { event.preventDefault(); choice.take(); });
  });
  box.replaceChildren(...list.map((choice) => choice.node));
  box.hidden = false;
  mark(0);
}

export function mark(index) {
  chosen = (index + choices.length) % choices.length;
  choices.forEach((choice, at) => choice.node.setAttribute("aria-selected", String(at === chosen)));
  text.setAttribute("aria-activedescendant", choices[chosen].node.id);
  choices[chosen].node.scrollIntoView({ block: "nearest" });
}

export function key(event) {
  if (!isOpen()) return false;
  if (event.key === "ArrowDown") mark(chosen + 1);
  else if (event.key === "ArrowUp") mark(chosen - 1);
  else if (event.key === "Enter" || event.key === "Tab") choices[chosen].take();
  else if (event.key === "Escape") close();
  else return false;
  event.preventDefault();
  return true;
}
