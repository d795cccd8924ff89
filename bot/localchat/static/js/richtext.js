// A text and its entities (offsets in UTF-16 units, as JavaScript counts) as elements.

import { element } from "./dom.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const SAFE_LINK = /^(https?:|tg:|mailto:)/i;

export function richText(text, entities = [], onCommand = null) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const whole = document.createDocumentFragment();
  fill(whole, text, 0, text.length, sorted, onCommand);
  return whole;
}

function fill(parent, text, from, to, entities, onCommand) {
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    index += 1;
    if (end <= start) continue;
    const inner = [];
    while (index < entities.length && entities[index].offset < end) inner.push(entities[index++]);
    parent.append(text.slice(at, start));
    const made = wrap(entity, text.slice(start, end), onCommand);
    fill(made, text, start, end, inner, onCommand);
    parent.append(made);
    at = end;
  }
  parent.append(text.slice(at, to));
}

function wrap(entity, stretch, onCommand) {
  if (TAGS[entity.type]) return element(TAGS[entity.type]);
  switch (entity.type) {
    case "pre": return element("pre", { tabindex: "0", "aria-label": entity.language || "Table" });
    case "blockquote": return element("blockquote");
    case "expandable_blockquote": return folded();
    case "spoiler": return spoiler();
    case "url": return link(stretch);
    case "text_link": return link(entity.url);
    case "bot_command": return command(stretch, onCommand);
    case "mention": case "hashtag": case "cashtag": return element("span", { class: "link" });
    default: return element("span");
  }
}

function link(address) {
  if (!SAFE_LINK.test(address)) return element("span");
  return element("a", { class: "link", href: address, target: "_blank", rel: "noopener noreferrer" });
}

function command(stretch, onCommand) {
  if (!onCommand) return element("span", { class: "link" });
  return element("button", { class: "link", type: "button", onclick: () => onCommand(stretch) });
}

function spoiler() {
  const made = element("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text" });
  const show = () => { made.classList.add("shown"); made.removeAttribute("aria-label"); };
  made.addEventListener("click", show);
  made.addEventListener("keydown", (event) => { if (event.key === "Enter") show(); });
  return made;
}

function folded() {
  const made = element("blockquote", { class: "folded", tabindex: "0" });
  const toggle = () => made.classList.toggle("folded");
  made.addEventListener("click", toggle);
  made.addEventListener("keydown", (event) => { if (event.key === "Enter") toggle(); });
  return made;
}
