// Creates elements; every text is inserted as text, never as markup.

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-6 16-3-7z",
  down: "M6 10l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  on: "M9 5l7 7-7 7",
  pin: "M12 21c5-5.5 7-8.6 7-11.5A7 7 0 0 0 5 9.5C5 12.4 7 15.5 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  reply: "M9 7l-5 5 5 5M4 12h9c4 0 6 2 7 6",
  read: "M2 13l4 4 8-10M10 16l1 1 9-10",
  file: "M12 4v11M7 11l5 5 5-5M5 20h14",
  group: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 11a3 3 0 1 0-1-5.8M18 14.5c2 .8 3.2 2.6 3.5 5.5",
  fan: "M3 15l6-3M9 12l12-7M9 12l12 0M9 12l12 7",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function tint(id) {
  return `tint-${Math.abs(id) % 6}`;
}

export function avatar(id, name, picture = null) {
  const made = element("span", { class: `avatar ${tint(id)}`, "aria-hidden": "true" });
  made.append(picture ? icon(picture) : [...(name || "?")][0].toUpperCase());
  return made;
}

export function clock(unixSeconds) {
  return new Date(unixSeconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function day(unixSeconds) {
  const date = new Date(unixSeconds * 1000);
  if (date.toDateString() === new Date().toDateString()) return "Today";
  return date.toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
}
