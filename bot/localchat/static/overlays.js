// Toasts, alerts and the choice of a place.

import { element } from "./dom.js";

const TOAST_MILLISECONDS = 4000;
const PLACES = [
  ["London", 51.5074, -0.1278], ["Berlin", 52.52, 13.405], ["New York", 40.7128, -74.006], ["São Paulo", -23.5505, -46.6333],
  ["Mumbai", 19.076, 72.8777], ["Tokyo", 35.6762, 139.6503], ["Sydney", -33.8688, 151.2093],
];

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
