// What every page of the owner does in the browser. Each works without it: times are then UTC, and nothing renews itself.

const main = document.getElementById('main');
const base = main?.dataset.base;

/** Shows moments in the viewer's zone, in the same form and width as they came. */
function localTimes(root) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const date = new Date(time.dateTime);
    const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes()];
    const [year, month, day, hour, minute] = parts.map((part) => String(part).padStart(2, '0'));
    const second = time.dataset.seconds === undefined ? '' : `:${String(date.getSeconds()).padStart(2, '0')}`;
    time.textContent = `${year}-${month}-${day} ${hour}:${minute}${second}`;
  }
}

/** The topics that this page shows. */
function shownTopics() {
  return new Set([...document.querySelectorAll('[data-live]')].flatMap(({ dataset }) => dataset.live.split(' ')));
}

/** Reads the page again and replaces the parts that are about one of these topics and have changed. */
async function renew(topics) {
  const response = await fetch(location.href, { headers: { 'x-live': '1' } });
  if (response.status === 401) location.reload();
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  localTimes(page);
  const navigation = page.querySelector('nav ul');
  if (navigation) {
    const shown = document.querySelector('nav ul');
    const before = waitingIn(shown);
    replaceIfChanged(shown, navigation);
    notify(before, waitingIn(shown));
  }
  for (const part of document.querySelectorAll('[data-live]')) {
    if (!part.dataset.live.split(' ').some((topic) => topics.has(topic))) continue;
    const next = page.getElementById(part.id);
    if (next) replaceIfChanged(part, next);
  }
}

/** What tells boxes of a list apart. */
function keyOf({ name, value }) {
  return `${name} ${value}`;
}

/** Whether this browser is to say, also while its tabs are hidden, that a message waits. */
function isNoticeWanted() {
  return localStorage.getItem('notify') === base && globalThis.Notification?.permission === 'granted';
}

/** How many messages wait, by a navigation. */
function waitingIn(navigation) {
  return Number.parseInt(navigation?.querySelector('.badge')?.textContent ?? '0', 10);
}

/** Says that more messages wait than before; nothing of what they say. */
function notify(before, after) {
  if (after <= before || !isNoticeWanted()) return;
  const text = after === 1 ? '1 message waits for your approval.' : `${after} messages wait for your approval.`;
  // The same tag in every tab: one notice is shown.
  const notice = new Notification('gmail-llm', { body: text, tag: 'gmail-llm-approvals' });
  notice.addEventListener('click', () => {
    window.focus();
    location.assign(`${base}/approvals`);
  });
}

/** The button that asks for notices, or ends them. */
function offerNotices(button) {
  if (globalThis.Notification === undefined) return;
  const say = () => {
    button.textContent = isNoticeWanted() ? 'Do not notify this browser' : 'Notify this browser';
  };
  button.addEventListener('click', async () => {
    if (isNoticeWanted()) localStorage.removeItem('notify');
    else if ((await Notification.requestPermission()) === 'granted') localStorage.setItem('notify', base);
    say();
    watch();
  });
  say();
  button.hidden = false;
}

/** Leaves alone what somebody is typing in, and keeps the focus, what was chosen and the place of what is scrolled. */
function replaceIfChanged(part, next) {
  const active = document.activeElement;
  const isInside = part.contains(active);
  if (part.innerHTML === next.innerHTML) return;
  if (isInside && active.matches('input, textarea, select')) return;
  const focusable = 'a, button, [tabindex]';
  const index = isInside ? [...part.querySelectorAll(focusable)].indexOf(active) : -1;
  const scrolls = [...part.querySelectorAll('.scroll')].map(({ scrollLeft }) => scrollLeft);
  const open = [...part.querySelectorAll('details')].map((details) => details.open);
  const chosen = new Set([...part.querySelectorAll('input:checked')].map(keyOf));
  part.replaceChildren(...document.adoptNode(next).childNodes);
  for (const [at, scroll] of [...part.querySelectorAll('.scroll')].entries()) scroll.scrollLeft = scrolls[at] ?? 0;
  for (const [at, details] of [...part.querySelectorAll('details')].entries()) details.open = open[at] ?? details.open;
  for (const box of part.querySelectorAll('input[type=checkbox]')) if (chosen.has(keyOf(box))) box.checked = true;
  if (index !== -1) [...part.querySelectorAll(focusable)][index]?.focus({ preventScroll: true });
}

const pending = new Set();
let renewing;

function hear(topics) {
  const shown = shownTopics();
  if (isNoticeWanted()) shown.add('outbox');
  for (const topic of topics) if (shown.has(topic)) pending.add(topic);
  const isUnwatched = document.hidden && !(isNoticeWanted() && pending.has('outbox'));
  if (pending.size === 0 || renewing !== undefined || isUnwatched) return;
  renewing = setTimeout(async () => {
    const now = new Set(pending);
    pending.clear();
    await renew(now).catch(() => {});
    renewing = undefined;
    if (pending.size > 0) hear([]);
  }, 150);
}

/** Keeps the one stream that all visible tabs of this session share. Resolves when it is no longer needed. */
function follow(tabs, signal) {
  return new Promise((resolve) => {
    const stream = new EventSource(`${base}/live`);
    let wasOpen = false;
    stream.addEventListener('open', () => {
      // What happened while it was cut off was not heard.
      if (wasOpen) hear([...shownTopics(), 'outbox']);
      wasOpen = true;
    });
    stream.addEventListener('change', ({ data }) => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin and has no target
      tabs.postMessage(data.split(' '));
      hear(data.split(' '));
    });
    stream.addEventListener('over', () => {
      stream.close();
      location.reload();
    });
    signal.addEventListener('abort', () => {
      stream.close();
      resolve();
    });
  });
}

let leaving;

function watch() {
  leaving?.abort();
  if (document.hidden && !isNoticeWanted()) return;
  leaving = new AbortController();
  const { signal } = leaving;
  const tabs = new BroadcastChannel(base);
  tabs.addEventListener('message', ({ data }) => hear(data));
  signal.addEventListener('abort', () => tabs.close());
  // Locks are only there on this machine and over TLS; without them each visible tab has a stream.
  if (navigator.locks === undefined) void follow(tabs, signal);
  else navigator.locks.request(base, { signal }, () => follow(tabs, signal)).catch(() => {});
}

/** Uses up the one-time link that led here. */
function enter() {
  document.querySelector('form[data-submit]')?.submit();
}

localTimes(document);
// Where the navigation scrolls sideways, its entry of this page is to be seen.
document.querySelector('nav ul [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
if (base !== undefined) {
  // For the address without a session, which no cookie is sent to.
  localStorage.setItem('session', base);
  document.addEventListener('visibilitychange', () => {
    // The stream goes on: between two of them something could be missed.
    if (document.hidden && isNoticeWanted()) return;
    watch();
    // What happened meanwhile was not heard.
    if (!document.hidden) hear(shownTopics());
  });
  watch();
  const button = document.querySelector('[data-notify]');
  if (button) offerNotices(button);
} else if (location.pathname === '/') {
  const known = localStorage.getItem('session');
  if (known !== null && /^\/s\/[\w-]{22}$/.test(known)) {
    const response = await fetch(`${known}/`, { method: 'HEAD' }).catch(() => undefined);
    if (response?.ok) location.replace(`${known}/`);
    else if (response?.status === 401) localStorage.removeItem('session');
  }
}
// A link that a browser only opens ahead is not used up.
if (document.prerendering) document.addEventListener('prerenderingchange', enter, { once: true });
else enter();
