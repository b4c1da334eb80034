// Keeps those parts of a desk's page up to date that change without its person, and says that the tablet is there.
//
// nav[data-line]      the socket that says that something has changed; [data-beat] where the tablet says what it has;
//     [data-contest], [data-now], [data-speed] of the night
// [data-live][id]     a part of the page: it is asked for again at its own address, and put in place of what is shown
//     [data-key]      in it: what is marked for two seconds where its words changed
//     [data-since]    in it: how long ago that was
// [data-live-state]   whether what is shown is up to date
//
// Nothing comes by the socket but "something changed": what it is the page asks for, and is told what its person may know.
import { CountClock, elapsed, everySecond } from "./clock.js";
import { keys, read } from "./drafts.js";
import { age } from "./format.js";
import { ask } from "./requests.js";
import { setup, wordsOf } from "./texts.js";

const BACKOFF_MS = [1_000, 20_000];
const SILENT_MS = 40_000; // two beats of the server missed
const POLL_MS = 10_000; // without a socket
const LOOK_MS = 60_000; // with one: a word may be lost
const PAUSE_MS = 2_000; // between two looks of one page
const BEAT_MS = 30_000;
const OLD_MS = 30_000;
const TABLET = "countnight:tablet";
const SAID = { live: "screen.live", polling: "screen.polling", away: "screen.away" };

const nav = document.querySelector("nav[data-line]");
const contest = nav?.dataset.contest;
const clock = nav && new CountClock(nav.dataset.now, Number(nav.dataset.speed));

// --- the parts that change ---------------------------------------------------------------------------------------------

const parts = () => [...document.querySelectorAll("[data-live][id]")];
let looking = false;
let again = false;
let looked = elapsed(); // the page itself is new
let asked = elapsed();
let ended = false;
let wire = null;
let heard = -Infinity;

const texts = (part) => new Map([...part.querySelectorAll("[data-key]")].map((one) => [one.dataset.key, one.textContent]));

const put = (old, made) => {
  made.querySelectorAll("[data-since]").forEach(showAge);
  if (old.innerHTML === made.innerHTML) return;
  const before = texts(old);
  const open = new Set([...old.querySelectorAll("details[open][id]")].map(({ id }) => id));
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") || document.activeElement.id : "";
  old.replaceWith(made);
  for (const details of made.querySelectorAll("details[id]")) details.open = open.has(details.id);
  for (const one of made.querySelectorAll("[data-key]")) {
    if (!document.hidden && before.get(one.dataset.key) !== one.textContent) one.classList.add("changed");
  }
  const same = [...made.querySelectorAll("a, button, [id]")].find((one) => focused && (one.getAttribute("href") === focused || one.id === focused));
  if (same) same.focus({ preventScroll: true });
};

const look = async () => {
  if (ended || !parts().length) return;
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  asked = elapsed();
  try {
    const address = new URL(location.href);
    for (const name of ["received", "said", "find"]) address.searchParams.delete(name);
    address.hash = "";
    const answer = await ask(address, { credentials: "same-origin", headers: { Part: "live" }, cache: "no-store" });
    if (answer.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of parts()) {
        const made = page.getElementById(part.id);
        if (made) put(part, document.importNode(made, true));
      }
      looked = elapsed();
    } else if (answer.redirected || answer.status === 403 || answer.status === 404) {
      // Logged out, or no longer appointed: what is shown is old for ever.
      ended = true;
    }
  } catch {
    // No answer: the state says how old the page is.
  }
  showState();
  setTimeout(() => {
    looking = false;
    if (!again) return;
    again = false;
    look();
  }, PAUSE_MS + Math.random() * 500);
};

document.addEventListener("animationend", ({ target }) => target.classList.remove("changed"));

// --- the line ----------------------------------------------------------------------------------------------------------

let failures = 0;

const connect = () => {
  if (ended || wire || !parts().length) return;
  const url = new URL(nav.dataset.line, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  let made;
  try {
    made = new WebSocket(url);
  } catch {
    return;
  }
  wire = made;
  made.onmessage = ({ data }) => {
    heard = elapsed();
    failures = 0;
    if (JSON.parse(data).changed) look();
    showState();
  };
  made.onclose = () => {
    if (wire !== made) return;
    lost();
  };
};

const lost = () => {
  wire = null;
  failures += 1;
  const [least, most] = BACKOFF_MS;
  setTimeout(connect, Math.random() * Math.min(most, least * 2 ** failures));
  showState();
};

const lives = () => wire !== null && elapsed() - heard < SILENT_MS;

// --- what is said of age -------------------------------------------------------------------------------------------------

const showAge = (element) => {
  const passed = Math.max(0, Math.floor((clock.now() - Date.parse(element.dataset.since)) / 1000));
  element.textContent = passed < 60 ? "" : age(passed, setup);
};

const showState = () => {
  const silent = elapsed() - looked > (lives() ? LOOK_MS : POLL_MS) + OLD_MS;
  const state = ended || silent ? "away" : lives() ? "live" : "polling";
  const at = new Date(clock.now() - (elapsed() - looked) * Number(nav.dataset.speed)).toISOString();
  for (const element of document.querySelectorAll("[data-live-state]")) {
    const words = wordsOf(ended ? "screen.ended" : SAID[state], { at });
    element.dataset.state = state;
    if (element.textContent !== words) element.textContent = words;
  }
};

const tick = () => {
  if (wire && !lives() && heard > -Infinity) {
    const silent = wire;
    lost();
    silent.close();
  }
  document.querySelectorAll("[data-live] [data-since]").forEach(showAge);
  for (const element of document.querySelectorAll("[data-clock]")) {
    const words = wordsOf("screen.clock", { at: new Date(clock.now()).toISOString() });
    if (element.textContent !== words) element.textContent = words;
  }
  if (!document.hidden && elapsed() - asked > (lives() ? LOOK_MS : POLL_MS)) look();
  showState();
};

// --- what the tablet says of itself --------------------------------------------------------------------------------------

const device = () => {
  try {
    const known = localStorage.getItem(TABLET);
    if (known) return known;
    const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    localStorage.setItem(TABLET, made);
    return made;
  } catch {
    return "";
  }
};

const typed = (draft) => draft && Array.isArray(draft.fields) && draft.fields.some(([, value]) => value !== "");

// The drafts of this contest, whoever typed them: how many, and the time of the oldest. Never what is on them.
const unsent = () => {
  const drafts = keys()
    .filter((key) => key.split(":")[1] === contest)
    .map(read)
    .filter(typed);
  const times = drafts.map(({ at }) => at).filter((at) => !Number.isNaN(Date.parse(at)));
  return { unsent: drafts.length, oldest: times.sort()[0] || "" };
};

// What the open page is about, for as long as somebody looks at it.
const inHand = () => {
  if (document.hidden) return {};
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const [, , kind, part] = form.dataset.draft.split(":");
    const isTyped = typed(read(form.dataset.draft)) ? "1" : "";
    if (kind === "draft.of_count") return { holding: `group:${part}`, typed: isTyped };
    if (kind === "draft.of_box" && !form.closest("details")) return { holding: `box:${form.dataset.form}`, typed: isTyped };
  }
  return {};
};

const beat = () => {
  const own = device();
  const token = document.querySelector('input[name="csrfmiddlewaretoken"]')?.value;
  if (!own || !token || ended) return;
  const said = new URLSearchParams({ device: own, ...unsent(), ...inHand() });
  // A tablet that is put away says so once more.
  fetch(nav.dataset.beat, { method: "POST", body: said, headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
};

if (nav) {
  connect();
  beat();
  showState();
  tick();
  everySecond(tick, look);
  setInterval(beat, BEAT_MS);
  document.addEventListener("visibilitychange", beat);
}
