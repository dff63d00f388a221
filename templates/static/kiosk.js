// The screen of a kiosk, where JavaScript is a given. The browser stays on one address; pages of an
// interview are fetched and shown in its main part. So there is nothing to go back to, and the start
// screen needs no connection. What somebody sent is written down here first, and taken off the list
// when the server has answered: the form carries its signed visit, so sending it again stores it once.
const KIOSK = "Surveylab-Kiosk";
const WARNING = 30_000; // to say "Yes, I am still here", as often as wanted (WCAG 2.2.1 asks for 20 seconds)
const OVER = 20_000; // on a page that asks nothing any more
const PATIENCE = 20_000; // for one answer of the server
const LONGEST_PAUSE = 30_000; // between two attempts

const main = document.querySelector("#main");
const start = main.querySelector("[data-kiosk]");
const still = document.querySelector("[data-still]");
const over = document.querySelector("[data-over]");
const leave = document.querySelector("[data-stop]");
const told = document.querySelector("[data-told]");
const about = start.querySelector("[data-about]");
const said = document.querySelector("[data-said]");
const whose = document.querySelector("[data-whose]");
const { root, version } = start.dataset;
const IDLE = Number(start.dataset.idle) * 1000;
const screen = { parts: [...main.childNodes], whose: [...whose.children], style: document.querySelector("link[rel=stylesheet]").href, title: document.title, language: document.documentElement.lang, direction: document.documentElement.dir };

let turn = 0; // counts up whenever somebody begins or goes; what belongs to an earlier turn shows nothing
let somebody = false;
let ending = false; // the page asks nothing any more
let busy = false;
let deadline = 0;
let latest = version; // of the answers of the server

// The list of forms on their way, on the disk: it outlives a reload of the page and a restart of the machine.

const database = new Promise((resolve, reject) => {
  const opening = indexedDB.open("surveylab-kiosk", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("forms", { keyPath: "id", autoIncrement: true });
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error);
});
database.catch(() => {}); // without a disk the list is kept in memory alone: see `send`

async function listed(mode, act) {
  const transaction = (await database).transaction("forms", mode, { durability: "strict" });
  const request = act(transaction.objectStore("forms"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

const keep = (form) => listed("readwrite", (forms) => forms.add(form)).catch(() => null);
const forget = (id) => listed("readwrite", (forms) => forms.delete(id)).catch(() => null);
const kept = () => listed("readonly", (forms) => forms.getAll()).catch(() => []);

// One request. null: there is no connection, or something on the way or a failing server answered in
// place of the survey; what was sent may have arrived or not, and is sent again.

async function ask(address, options = {}) {
  try {
    const headers = { [KIOSK]: version, ...options.headers };
    const response = await fetch(address, { ...options, headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    const seen = response.headers.get(KIOSK);
    if (seen === null || response.status === 429 || response.status >= 500) return null;
    const text = await response.text();
    latest = seen;
    const page = text && new DOMParser().parseFromString(text, "text/html");
    return { status: response.status, next: response.headers.get("Surveylab-Next"), page };
  } catch {
    return null;
  }
}

const post = ({ address, body, pressed }) =>
  ask(address, {
    method: "POST",
    body: new URLSearchParams(body),
    headers: { "Surveylab-Waited": String(Math.max(0, Date.now() - pressed)) },
  });

function pause(tries) {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.min(LONGEST_PAUSE, 500 * 2 ** tries) * (0.75 + Math.random() / 2));
    addEventListener("online", resolve, { once: true });
  });
}

// Ask until there is an answer or nobody wants it any more; who waits is told.

async function reach(attempt, mine, waiting, wanted) {
  for (let tries = 0; wanted(); tries += 1) {
    const answer = await attempt();
    if (answer) return answer;
    if (turn === mine && tries === 0) tell(waiting);
    await pause(tries);
  }
  return null;
}

const sending = new Set();

async function send(form, submitter, mine) {
  const sent = { address: form.action, body: String(new URLSearchParams(new FormData(form, submitter))), pressed: Date.now() };
  const id = await keep(sent);
  sending.add(id);
  const answer = await reach(() => post(sent), mine, "page", () => true);
  await forget(id);
  sending.delete(id);
  await follow(answer, mine);
}

// Forms of people who left before there was a connection again, or before the machine went off.

let sweeping = false;

async function sweep() {
  if (sweeping) return;
  sweeping = true;
  for (const form of await kept()) if (!sending.has(form.id) && (await post(form))) await forget(form.id);
  sweeping = false;
}

// The person in front of the screen.

async function begin() {
  const mine = (turn += 1);
  const person = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const body = new URLSearchParams(new FormData(start));
  body.set("person", person); // the same at each attempt, so one touch is one case
  somebody = true;
  leave.hidden = false;
  touched();
  const begun = { address: start.action, body: String(body), pressed: Date.now() };
  const answer = await reach(() => post(begun), mine, "begin", () => turn === mine);
  if (answer?.status === 400) location.reload(); // the screen is older than the server's secret
  else await follow(answer, mine);
}

async function follow(answer, mine) {
  if (!answer || turn !== mine) return;
  const shown = answer.next ? await reach(() => ask(answer.next), mine, "page", () => turn === mine) : answer;
  if (!shown || turn !== mine) return;
  await dress(shown.page);
  if (turn !== mine) return;
  show(shown.page);
  busy = false;
}

// An arm may look otherwise than the start screen: its stylesheet stands behind that one, and goes with the person.

async function dress(page) {
  const style = page.querySelector("link[rel=stylesheet]").href;
  const worn = [...document.querySelectorAll("link[data-arm]")];
  if (style === (worn.at(-1)?.href ?? screen.style)) return;
  if (style !== screen.style) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: style });
    link.dataset.arm = "";
    await new Promise((resolve) => {
      link.onload = link.onerror = resolve;
      document.head.append(link);
    });
  }
  for (const link of worn) link.remove();
}

function name(parts) {
  whose.replaceChildren(...parts);
  whose.hidden = parts.length === 0;
}

function show(page) {
  name([...page.querySelectorAll(".head__logo, .head__name")]);
  put(...page.querySelector("#main").childNodes);
  main.querySelectorAll("form, input, textarea, select").forEach((field) => field.setAttribute("autocomplete", "off"));
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.documentElement.dir = page.documentElement.dir;
  ending = !main.querySelector("form");
  leave.hidden = ending;
  over.hidden = !ending;
  arrived();
  document.dispatchEvent(new Event("surveylab:shown"));
}

function put(...parts) {
  document.dispatchEvent(new Event("surveylab:leaving")); // what stood there has its last word (survey.js)
  main.replaceChildren(...parts);
}

function tell(waiting) {
  put(document.querySelector(`template[data-waiting="${waiting}"]`).content.cloneNode(true));
  arrived();
}

function arrived() {
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  touched();
}

// Nothing of the person is left: neither on the screen nor in the fields nor in the history.

function clear() {
  turn += 1;
  somebody = ending = busy = false;
  for (const dialog of [still, told]) if (dialog.open) dialog.close();
  for (const link of document.querySelectorAll("link[data-arm]")) link.remove();
  name(screen.whose);
  put(...screen.parts);
  document.title = screen.title;
  document.documentElement.lang = screen.language;
  document.documentElement.dir = screen.direction;
  leave.hidden = over.hidden = true;
  said.textContent = "";
  getSelection().removeAllRanges();
  scrollTo(0, 0);
}

function startOver() {
  clear();
  main.focus({ preventScroll: true });
  if (latest !== version) location.reload(); // the server has a newer screen
}

// Whether somebody is still there.

function touched() {
  deadline = Date.now() + (ending ? OVER : IDLE + WARNING);
}

function stay() {
  if (still.open) still.close();
  said.textContent = "";
  touched();
}

function tick() {
  if (told.open && Date.now() > deadline) told.close();
  if (!somebody) return;
  const left = Math.ceil((deadline - Date.now()) / 1000);
  if (left <= 0) startOver();
  else if (ending) over.querySelector("[data-seconds]").textContent = left;
  else if (left * 1000 <= WARNING) {
    still.querySelector("[data-seconds]").textContent = left;
    if (!still.open) still.showModal();
    if (left % 10 === 0) said.textContent = still.querySelector("#still-text").textContent; // heard now and then
  }
}

setInterval(tick, 1000);
for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
  document.addEventListener(kind, () => still.open || touched(), { capture: true, passive: true });
}
still.addEventListener("cancel", stay); // the Escape key
still.addEventListener("click", (event) => event.target === still && stay()); // beside the box
still.querySelector("[data-stay]").addEventListener("click", stay);
document.querySelectorAll("[data-leave]").forEach((button) => button.addEventListener("click", startOver));

// No link and no form leaves the screen.

document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  if (busy) return;
  busy = true;
  if (event.target === start) begin();
  else send(event.target, event.submitter, turn);
});
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  if (busy || !link.pathname.startsWith(`${root}/`)) return;
  busy = true;
  await follow({ next: link.href }, turn);
});
for (const kind of ["auxclick", "contextmenu", "dragstart"]) {
  document.addEventListener(kind, (event) => event.preventDefault());
}
addEventListener("pagehide", clear); // what a browser keeps of the page to go back to shows nobody
addEventListener("pageshow", (event) => event.persisted && startOver());

// What is stored about who answers: on the start screen, as soon as it is here.

async function tellAbout() {
  const answer = await ask(`${root}/privacy`);
  if (answer?.status !== 200) return;
  told.querySelector("[data-notice]").replaceChildren(...answer.page.querySelector("#main").childNodes);
  about.hidden = false;
}

about.addEventListener("click", () => {
  touched();
  told.showModal();
  told.scrollTo(0, 0);
});

// What the screen runs on, for the day when there is no connection; only where the browser has a
// cache for it: over https, and on the machine itself.

async function stock() {
  if (!("caches" in self)) return;
  navigator.serviceWorker.register("/k/worker.js", { scope: "/k/" });
  navigator.storage.persist?.();
  const response = await fetch(location.href, { cache: "no-store" });
  if (response.headers.get(KIOSK) !== version) return;
  const cache = await caches.open(`surveylab-kiosk ${location.pathname}${location.search}`);
  const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((part) => part.href ?? part.src);
  await cache.addAll(parts);
  await cache.put(location.href, response);
  const needed = new Set([...parts, location.href]);
  for (const request of await cache.keys()) if (!needed.has(request.url)) await cache.delete(request);
}

stock().catch(() => {});
tellAbout();
addEventListener("online", tellAbout);
sweep();
setInterval(sweep, LONGEST_PAUSE);
addEventListener("online", sweep);
