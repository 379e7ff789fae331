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
  if (navigation) replaceIfChanged(document.querySelector('nav ul'), navigation);
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
  for (const topic of topics) if (shown.has(topic)) pending.add(topic);
  if (pending.size === 0 || renewing !== undefined || document.hidden) return;
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
  if (document.hidden) return;
  leaving = new AbortController();
  const { signal } = leaving;
  const tabs = new BroadcastChannel(base);
  tabs.addEventListener('message', ({ data }) => hear(data));
  signal.addEventListener('abort', () => tabs.close());
  // Locks are only there on this machine and over TLS; without them each visible tab has a stream.
  if (navigator.locks === undefined) void follow(tabs, signal);
  else navigator.locks.request(base, { signal }, () => follow(tabs, signal)).catch(() => {});
}

localTimes(document);
// Where the navigation scrolls sideways, its entry of this page is to be seen.
document.querySelector('nav ul [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
if (base !== undefined) {
  // For the address without a session, which no cookie is sent to.
  localStorage.setItem('session', base);
  document.addEventListener('visibilitychange', () => {
    watch();
    // What happened meanwhile was not heard.
    if (!document.hidden) hear(shownTopics());
  });
  watch();
} else if (location.pathname === '/') {
  const known = localStorage.getItem('session');
  if (known !== null && /^\/s\/[\w-]{22}$/.test(known)) {
    const response = await fetch(`${known}/`, { method: 'HEAD' }).catch(() => undefined);
    if (response?.ok) location.replace(`${known}/`);
    else if (response?.status === 401) localStorage.removeItem('session');
  }
}
document.querySelector('form[data-submit]')?.submit();
