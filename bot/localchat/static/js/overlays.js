// Toasts, alerts, the choice of a location, and photos at full size.

import { element, icon } from "./dom.js";
import { fileAddress } from "./store.js";

const TOAST_MILLISECONDS = 4000;
const PLACES = [
  ["London", 51.5074, -0.1278], ["Berlin", 52.52, 13.405], ["New York", 40.7128, -74.006], ["São Paulo", -23.5505, -46.6333],
  ["Mumbai", 19.076, 72.8777], ["Tokyo", 35.6762, 139.6503], ["Sydney", -33.8688, 151.2093],
];
const box = document.getElementById("lightbox");
let album = [];
let at = 0;

export function toast(text) {
  const made = element("div", { class: "toast" }, text);
  document.getElementById("toasts").append(made);
  setTimeout(() => made.remove(), TOAST_MILLISECONDS);
}

export function showAlert(text) {
  document.getElementById("alert-text").textContent = text;
  document.getElementById("alert").showModal();
}

export function choosePlace(onChosen) {
  const dialog = document.getElementById("place-dialog");
  const rows = PLACES.map(([name, latitude, longitude]) => element(
    "button", { type: "button", onclick: () => { dialog.close(); onChosen(latitude, longitude); } },
    name, element("span", {}, `${latitude.toFixed(2)}, ${longitude.toFixed(2)}`),
  ));
  document.getElementById("places").replaceChildren(...rows);
  dialog.showModal();
}

// A photo at full size: click zooms, arrows step through an album, Escape closes.
export function openPhoto(message, messages) {
  album = messages;
  at = messages.indexOf(message);
  drawPhoto();
  if (!box.open) box.showModal();
}

function drawPhoto() {
  const message = album[at];
  const count = album.length > 1 ? `${at + 1} of ${album.length}` : "";
  const close = element("button", { class: "icon-button", type: "button", "aria-label": "Close", autofocus: true, onclick: () => box.close() }, icon("close"));
  const image = element("img", { src: fileAddress(message.photo.at(-1).file_id), alt: message.caption || "Photo" });
  const frame = element("div", { class: "lightbox-photo", onclick: (event) => zoomOrClose(event, frame, image) }, image);
  const parts = [element("div", { class: "lightbox-head" }, element("span", {}, count), close), frame, element("div", { class: "lightbox-caption" }, message.caption || "")];
  if (album.length > 1) parts.push(stepButton(-1, "back", "Previous photo"), stepButton(1, "on", "Next photo"));
  box.replaceChildren(...parts);
}

function zoomOrClose(event, frame, image) {
  if (event.target === image) frame.classList.toggle("zoomed");
  else box.close();
}

function stepButton(by, kind, label) {
  return element("button", { class: `lightbox-step ${kind}`, type: "button", "aria-label": label, onclick: () => step(by) }, icon(kind));
}

function step(by) {
  at = (at + by + album.length) % album.length;
  drawPhoto();
}

box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") step(1);
  if (event.key === "ArrowLeft") step(-1);
});
