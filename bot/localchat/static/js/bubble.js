// One message, or one album, as a row of the thread.

import { avatar, clock, element, icon, tint } from "./dom.js";
import { inlineKeys } from "./keys.js";
import { openPhoto } from "./overlays.js";
import { richText } from "./richtext.js";
import { fileAddress, store } from "./store.js";

export function row(messages, { first, last, onReply, onCommand, onQuote }) {
  const message = messages[0];
  const own = message.from.id === store.me;
  const inGroup = message.chat.type !== "private";
  const stack = element("div", { class: stackClass(messages) });
  const bubble = element("div", { class: "bubble" });
  if (inGroup && !own && first) bubble.append(element("div", { class: `author ${tint(message.from.id)}` }, message.from.first_name));
  if (message.via_bot) bubble.append(element("div", { class: "via" }, `via @${message.via_bot.username}`));
  if (message.reply_to_message) bubble.append(quote(message.reply_to_message, () => onQuote(message.reply_to_message)));
  bubble.append(...media(messages));
  bubble.append(words(messages, own, onCommand));
  stack.append(bubble);
  if (message.reply_markup) stack.append(inlineKeys(message));
  stack.append(element("button", { class: "icon-button reply-key", type: "button", "aria-label": "Reply", onclick: () => onReply(message) }, icon("reply")));
  bubble.addEventListener("dblclick", () => onReply(message));
  fitMedia(stack, messages);
  const made = element("div", { class: `row ${own ? "own" : ""} ${first ? "first" : ""} ${last ? "last" : ""}` });
  if (inGroup && !own) made.append(avatar(message.from.id, message.from.first_name, message.from.is_bot ? "fan" : null));
  made.append(stack);
  return made;
}

export function quote(message, onClick) {
  const who = element("b", {}, message.from.first_name);
  return element("button", { class: "quote", type: "button", onclick: onClick }, who, element("span", {}, summary(message)));
}

export function summary(message) {
  if (message.photo) return `Photo${message.caption ? `, ${message.caption}` : ""}`;
  if (message.document) return message.document.file_name;
  if (message.location) return "Location";
  return message.text || noticeText(message) || "";
}

export function noticeText(message) {
  if (message.migrate_to_chat_id) return "The group became a supergroup";
  if (message.migrate_from_chat_id) return "This supergroup was a group before";
  return "";
}

function stackClass(messages) {
  const [message] = messages;
  return ["stack", message.reply_markup && "with-keys", message.photo && "with-media"].filter(Boolean).join(" ");
}

function fitMedia(stack, messages) {
  if (!messages[0].photo || messages.length > 1) return;
  const { width, height } = messages[0].photo.at(-1);
  const tallest = Math.max(window.innerHeight * 0.62, 200);
  stack.style.setProperty("--media-width", `${Math.max(Math.min(540, width, (width * tallest) / height), 180)}px`);
}

function media(messages) {
  const [message] = messages;
  if (message.photo && messages.length > 1) return [element("div", { class: "album" }, ...messages.map((one) => photo(one, messages)))];
  if (message.photo) return [photo(message, messages)];
  if (message.document) return messages.map(file);
  if (message.location) return [element("div", { class: "place", role: "img", "aria-label": "A place on the map" }, icon("pin"))];
  return [];
}

function photo(message, album) {
  const size = message.photo.at(-1);
  const address = fileAddress(size.file_id);
  const description = message.caption ? message.caption.split("\n")[0] : "Photo";
  const image = element("img", { src: address, alt: description, width: size.width, height: size.height, decoding: "async" });
  return element("button", { class: "photo", type: "button", "aria-label": `Open the photo: ${description}`, onclick: () => openPhoto(message, album) }, image);
}

function file(message) {
  const { file_id: id, file_name: name, file_size: bytes } = message.document;
  const size = bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
  const label = element("span", {}, element("b", {}, name), element("small", {}, size));
  return element("a", { class: "file", href: fileAddress(id), download: name }, element("span", { class: "file-icon" }, icon("file")), label);
}

function words(messages, own, onCommand) {
  const said = messages.find((one) => one.text || one.caption);
  const message = messages[messages.length - 1];
  const foot = meta(message, own);
  if (said) return element("div", { class: "text" }, richText(said.text || said.caption, said.entities || said.caption_entities, onCommand), foot);
  if (message.location) return element("div", { class: "text" }, `${message.location.latitude.toFixed(4)}, ${message.location.longitude.toFixed(4)}`, foot);
  if (!message.photo) return element("div", { class: "text" }, foot);
  foot.classList.add("over");
  return foot;
}

function meta(message, own) {
  const edited = message.edit_date ? "edited " : "";
  const foot = element("span", { class: "meta" }, `${edited}${clock(message.date)}`);
  if (own) foot.append(icon("read"));
  return foot;
}
