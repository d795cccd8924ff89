// The state of the page and its listeners, and the requests to the server.

const listeners = new Set();

export const store = {
  bot: null, people: new Map(), chats: new Map(), messages: new Map(), banner: "", welcome: "",
  me: 0, open: 0, topic: 0, unread: new Map(), busy: new Map(),
};

export function listen(listener) {
  listeners.add(listener);
}

export function publish(change) {
  for (const listener of listeners) listener(change);
}

export function thread(chatId = store.open) {
  return store.messages.get(chatId) || new Map();
}

export function myChats() {
  return [...store.chats.values()].filter((chat) => chat.members.includes(store.me) && !chat.migrated_to);
}

export function chatTitle(chat) {
  return chat.type === "private" ? store.bot.first_name : chat.title;
}

export function lastMessage(chatId) {
  return [...thread(chatId).values()].pop();
}

export function become(personId) {
  store.me = personId;
  const chat = store.chats.get(store.open);
  const stays = chat && chat.type !== "private" && chat.members.includes(personId);
  openChat(stays ? store.open : personId);
}

export function openChat(chatId) {
  store.open = chatId;
  const chat = store.chats.get(chatId);
  if (!chat.topics.some((topic) => topic.id === store.topic)) store.topic = 0;
  store.unread.delete(unreadKey(store.me, chatId));
  history.replaceState(null, "", `#${store.me}/${chatId}`);
  publish({ type: "opened" });
}

export function unreadOf(chatId, personId = store.me) {
  return store.unread.get(unreadKey(personId, chatId)) || 0;
}

function unreadKey(personId, chatId) {
  return `${personId}/${chatId}`;
}

const apply = {
  snapshot(event) {
    for (const name of ["bot", "banner", "welcome"]) store[name] = event[name];
    store.people = new Map(event.people.map((person) => [person.id, person]));
    store.chats = new Map(event.chats.map((chat) => [chat.id, chat]));
    if (event.messages) {
      store.messages = new Map();
      event.messages.forEach(keep);
    }
    chooseOpenChat();
    publish({ type: "opened", quiet: !event.messages });
  },
  message(event) {
    const isNew = !thread(event.message.chat.id).has(event.message.message_id);
    keep(event.message);
    if (isNew && event.message.from.is_bot) setBusy(event.message.chat.id, "");
    if (isNew) countUnread(event.message);
    publish({ type: "message", message: event.message, isNew });
  },
  deleted(event) {
    thread(event.chat_id).delete(event.message_id);
    publish({ type: "deleted", chatId: event.chat_id, messageId: event.message_id });
  },
  busy(event) {
    setBusy(event.chat_id, event.action);
  },
  answer(event) {
    publish(event);
  },
  inline(event) {
    publish(event);
  },
};

export function receive(event) {
  apply[event.type]?.(event);
}

function keep(message) {
  if (!store.messages.has(message.chat.id)) store.messages.set(message.chat.id, new Map());
  thread(message.chat.id).set(message.message_id, message);
}

function countUnread(message) {
  const chat = store.chats.get(message.chat.id);
  for (const personId of chat ? chat.members : []) {
    const reading = personId === store.me && chat.id === store.open && !document.hidden;
    if (reading || personId === message.from.id) continue;
    store.unread.set(unreadKey(personId, chat.id), unreadOf(chat.id, personId) + 1);
  }
}

const timers = new Map();
const BUSY_MILLISECONDS = 5000; // as long as Telegram shows a chat action

function setBusy(chatId, action) {
  clearTimeout(timers.get(chatId));
  store.busy.set(chatId, action);
  if (action) timers.set(chatId, setTimeout(() => setBusy(chatId, ""), BUSY_MILLISECONDS));
  publish({ type: "busy", chatId });
}

function chooseOpenChat() {
  const open = store.chats.get(store.open);
  if (open?.migrated_to) store.open = open.migrated_to;
  if (store.people.has(store.me) && store.chats.has(store.open)) return;
  const [person, chat] = location.hash.slice(1).split("/").map(Number);
  store.me = store.people.has(person) ? person : store.people.keys().next().value;
  store.open = store.chats.get(chat)?.members.includes(store.me) ? chat : store.me;
}

export async function perform(action, parameters) {
  const answer = await fetch(`/page/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(parameters),
  });
  const body = await answer.json().catch(() => ({ ok: false, description: `Error ${answer.status}` }));
  if (!body.ok) throw new Error(body.description);
  return body.result;
}

export function fileAddress(fileId) {
  return `/page/file/${encodeURIComponent(fileId)}`;
}
