// A photo at full size: click zooms, arrows step through an album, Escape closes.

import { element, icon } from "./dom.js";
import { fileAddress } from "./server.js";

const box = document.getElementById("lightbox");
let album = [];
let at = 0;

export function openPhoto(message, messages) {
  album = messages;
  at = messages.indexOf(message);
  draw();
  if (!box.open) box.showModal();
}

function draw() {
  const message = album[at];
  const count = album.length > 1 ? `${at + 1} of ${album.length}` : "";
  const close = element("button", { class: "icon-button", type: "button", "aria-label": "Close", autofocus: true, onclick: () => box.close() }, icon("close"));
  const image = element("img", { src: fileAddress(message.photo.at(-1).file_id), alt: message.caption || "Photo" });
  const stage = element("div", { class: "lightbox-stage", onclick: (event) => zoomOrClose(event, stage, image) }, image);
  const parts = [element("div", { class: "lightbox-head" }, element("span", {}, count), close), stage, element("div", { class: "lightbox-caption" }, message.caption || "")];
  if (album.length > 1) parts.push(stepButton(-1, "back", "Previous photo"), stepButton(1, "on", "Next photo"));
  box.replaceChildren(...parts);
}

function zoomOrClose(event, stage, image) {
  if (event.target === image) stage.classList.toggle("zoomed");
  else box.close();
}

function stepButton(by, kind, label) {
  return element("button", { class: `lightbox-step ${kind}`, type: "button", "aria-label": label, onclick: () => step(by) }, icon(kind));
}

function step(by) {
  at = (at + by + album.length) % album.length;
  draw();
}

box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") step(1);
  if (event.key === "ArrowLeft") step(-1);
});
