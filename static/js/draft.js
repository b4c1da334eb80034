// Figures typed on this tablet are kept until the server has received them, and are sent until it answers.
//
// form[data-send]    is sent here, once, and again under the same submission id while nobody answers
// form[data-draft]   its text is kept in localStorage under this key, which names the user, from the first keystroke
// [data-received]    submission ids that the ledger holds: their drafts are erased, and only then
import { wordsOf } from "./texts.js";

const PREFIX = "countnight:draft:";
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "submission_id", "seen", "papers", "acknowledge", "action"]);
const WAITS = [1000, 2000, 4000, 8000, 15000];
const SLOW_MS = 60000;
// A server that answers with an error of its own is asked again only so often: somebody has to look at it.
const MOST_ERRORS = 5;
const ANSWER_MS = 20000;
const loaded = Date.now();
let shown = location.pathname + location.search;

// --- the store --------------------------------------------------------------------------------------------------

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
};
const write = (key, draft) => {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
};
const erase = (key) => {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch { /* a browser that keeps nothing has nothing to erase */ }
};

const eraseReceived = () => {
  const ids = new Set();
  for (const element of document.querySelectorAll("[data-received]")) {
    for (const id of element.dataset.received.split(" ")) ids.add(id);
  }
  if (!ids.size) return;
  let keys = [];
  try {
    keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  } catch { /* nothing is kept here */ }
  for (const key of keys) {
    const draft = read(key);
    if (draft && ids.has(draft.submission)) erase(key);
  }
};

// --- drafts -----------------------------------------------------------------------------------------------------

// Made here, because crypto.randomUUID is missing where a hall's own network has no TLS.
const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

const now = (form) => new Date(Date.parse(form.dataset.now) + (Date.now() - loaded));
const field = (form, name) => form.querySelector(`input[name="${name}"]`);
const texts = (form) => [...new FormData(form)].filter(([name]) => !NOT_KEPT.has(name));

const keep = (form) => {
  const at = now(form);
  const kept = write(form.dataset.draft, {
    submission: field(form, "submission_id").value,
    seen: field(form, "seen").value,
    at: Number.isNaN(at.getTime()) ? "" : at.toISOString(),
    fields: texts(form),
  });
  sayKept(form, kept);
};

const sayKept = (form, kept) => {
  const words = form.querySelector("[data-kept]");
  if (!words) return;
  words.hidden = false;
  words.textContent = wordsOf(kept ? "draft.kept" : "draft.not_kept");
};

const fill = (form, fields) => {
  const names = new Set(fields.map(([name]) => name));
  for (const control of form.elements) {
    if (!control.name || NOT_KEPT.has(control.name) || control.type === "hidden") continue;
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = fields.some(([name, value]) => name === control.name && value === control.value);
    } else if (names.has(control.name)) {
      control.value = fields.find(([name]) => name === control.name)[1];
    }
  }
};

const offer = (form) => {
  const draft = read(form.dataset.draft);
  if (!draft || !Array.isArray(draft.fields)) return;
  fill(form, draft.fields);
  if (draft.submission && draft.seen === field(form, "seen").value) {
    field(form, "submission_id").value = draft.submission;
  } else {
    // The box or group has changed since, or the ledger refused the old id: these figures are a new submission.
    write(form.dataset.draft, {
      ...draft, submission: field(form, "submission_id").value, seen: field(form, "seen").value,
    });
  }
  const notice = form.querySelector("[data-draft-notice]");
  notice.querySelector("[data-draft-words]").textContent =
    Number.isNaN(Date.parse(draft.at)) ? wordsOf("draft.typed") : wordsOf("draft.typed_at", { at: draft.at });
  notice.hidden = false;
  const details = form.closest("details");
  if (details) details.open = true;
  sayKept(form, true);
};

const prepare = () => {
  eraseReceived();
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if ("typed" in form.dataset) {
      keep(form);
    } else {
      offer(form);
    }
  }
  mention();
  document.dispatchEvent(new CustomEvent("desk:shown"));
};

// Where the drafts of a crashed tablet lie: the contest's page says so, since nobody remembers which form it was.
const PLACES = {
  count: (part) => ["draft.of_count", { group: part }, `groups/${part}/count/`],
  box: (part) => ["draft.of_box", { box: part }, `boxes/${encodeURIComponent(part)}/`],
  group: () => ["draft.of_group", {}, "groups/new/"],
  change: (part) => ["draft.of_change", { group: part }, `groups/${part}/boxes/`],
  register: () => ["draft.of_register", {}, "list/register/"],
  policy: () => ["draft.of_policy", {}, "public/"],
};

const typed = (draft) => draft && Array.isArray(draft.fields) && draft.fields.some(([, value]) => value !== "");

const mention = () => {
  const notice = document.querySelector("[data-drafts]");
  if (!notice) return;
  const { drafts: prefix, draftsAt: at } = notice.dataset;
  let keys = [];
  try {
    keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + prefix)).sort();
  } catch { /* nothing is kept here */ }
  const links = [];
  for (const key of keys.map((full) => full.slice(PREFIX.length))) {
    const [kind, part] = key.slice(prefix.length).split(":");
    if (!(kind in PLACES) || !typed(read(key))) continue;
    const [code, args, path] = PLACES[kind](part);
    const link = document.createElement("a");
    link.href = at + path;
    link.textContent = wordsOf(code, args);
    links.push(link);
  }
  notice.hidden = !links.length;
  notice.replaceChildren(wordsOf("draft.unsent"), ...links.flatMap((link, n) => [n ? ", " : " ", link]));
};

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || !("draft" in form.dataset)) return;
  // Figures changed after a sending that nobody answered are another submission: `seen` guards against both counting.
  if ("sent" in form.dataset) {
    delete form.dataset.sent;
    field(form, "submission_id").value = newId();
  }
  keep(form);
});

document.addEventListener("click", (event) => {
  const discard = event.target.closest("[data-draft-discard]");
  if (discard) {
    const form = discard.form;
    erase(form.dataset.draft);
    form.reset();
    discard.closest("[data-draft-notice]").hidden = true;
    document.dispatchEvent(new CustomEvent("desk:shown"));
    form.querySelector("input:not([type=hidden])").focus();
  }
});

// --- sending ----------------------------------------------------------------------------------------------------

const say = (form, words, link) => {
  const line = form.querySelector("[data-sending-words]");
  line.hidden = !words;
  line.textContent = words;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.words;
    line.append(" ", anchor);
  }
};

const busy = (form, is) => {
  form.toggleAttribute("aria-busy", is);
  for (const control of form.elements) {
    if (control.matches("input:not([type=hidden])")) control.readOnly = is;
    if (control.matches("button:not([data-sending-stop])")) control.disabled = is;
  }
};

// Waits, or goes on at once when the network comes back.
const pause = (milliseconds) => new Promise((resolve) => {
  const done = () => {
    clearTimeout(timer);
    window.removeEventListener("online", done);
    resolve();
  };
  const timer = setTimeout(done, milliseconds * (0.75 + Math.random() / 2));
  window.addEventListener("online", done);
});

const attempt = async (url, body) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ANSWER_MS);
  try {
    const response = await fetch(url, {
      method: "POST", body, headers: { Accept: "text/html" }, credentials: "same-origin", signal: abort.signal,
    });
    if (response.status >= 500) return { failed: response.status };
    return { response, page: new DOMParser().parseFromString(await response.text(), "text/html") };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
};

const send = async (form, submitter) => {
  if ("sending" in form.dataset) return;
  const body = new URLSearchParams(new FormData(form));
  if (submitter && submitter.name) body.append(submitter.name, submitter.value);
  form.dataset.sending = "";
  form.dataset.sent = "";
  if ("draft" in form.dataset) keep(form);
  busy(form, true);
  say(form, wordsOf("sending.now"));
  const stop = form.querySelector("[data-sending-stop]");
  // By attribute: a field of the form may be named "action" and stand before the property.
  const url = form.getAttribute("action");
  const answer = await insist(form, url, body, stop);
  if (!answer) return;
  release(form);
  if (answer.failed) {
    const at = new Date(Number.isNaN(now(form).getTime()) ? Date.now() : now(form)).toISOString();
    say(form, wordsOf("draft" in form.dataset ? "sending.failed_kept" : "sending.failed", { tries: MOST_ERRORS, status: answer.failed, at }));
  } else {
    take(form, answer);
  }
};

const waiting = (form, slow) => {
  if ("draft" in form.dataset) return wordsOf(slow ? "sending.slow_kept" : "sending.again_kept");
  return wordsOf(slow ? "sending.slow" : "sending.again");
};

// Sends until something answers: the answer; {failed}, the last status, where the server fails again and again; or null,
// where the sending was stopped. A network that is away is waited for, ever more slowly.
const insist = async (form, url, body, stop) => {
  let errors = 0;
  for (let turn = 0; ; turn += 1) {
    const answer = await attempt(url, body);
    if (!("sending" in form.dataset)) return null;
    if (answer && !answer.failed) return answer;
    if (answer) errors += 1;
    if (errors >= MOST_ERRORS) return answer;
    const slow = turn >= WAITS.length;
    say(form, waiting(form, slow));
    stop.hidden = false;
    await pause(slow ? SLOW_MS : WAITS[turn]);
    if (!("sending" in form.dataset)) return null;
  }
};

const release = (form) => {
  delete form.dataset.sending;
  busy(form, false);
  say(form, "");
  form.querySelector("[data-sending-stop]").hidden = true;
};

const take = (form, { response, page }) => {
  const main = page.querySelector("main");
  if (page.querySelector("[data-login], [data-logged-out]")) {
    const back = document.querySelector("[data-login-url]");
    const login = back ? back.dataset.loginUrl : "/desk/login/";
    say(form, wordsOf("sending.logged_out"), {
      href: `${login}?next=${encodeURIComponent(location.pathname)}`, words: wordsOf("sending.log_in"),
    });
    form.querySelector("[data-sending-words] a").focus();
    return;
  }
  if (!main) {
    say(form, wordsOf("sending.answered", { status: response.status }));
    return;
  }
  document.querySelector("main").replaceWith(document.importNode(main, true));
  document.title = page.title;
  if (response.redirected) {
    const url = new URL(response.url);
    if (url.pathname + url.search !== shown) history.pushState(null, "", url);
    shown = url.pathname + url.search;
  }
  prepare();
  const first = document.querySelector("main [data-focus]") || document.querySelector("main");
  first.focus();
  window.scrollTo(0, 0);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("send" in form.dataset)) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const stop = event.target.closest("[data-sending-stop]");
  if (stop) {
    release(stop.form);
    say(stop.form, wordsOf("sending.stopped"));
  }
});

// Back and forward between pages that were put in place here; links within a page change nothing but the fragment.
window.addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) location.reload();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

prepare();
