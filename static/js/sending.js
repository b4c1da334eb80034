// A form is sent once, and again under the same submission id while nobody answers; the page that answers is put in place.
//
// form[data-send]    is sent here
// main [data-focus]  is focused in a page that is put in place
import { keep, now, prepare } from "./draft.js";
import { wordsOf } from "./texts.js";

const WAITS = [1000, 2000, 4000, 8000, 15000];
const SLOW_MS = 60000;
// A server that answers with an error of its own is asked again only so often: somebody has to look at it.
const MOST_ERRORS = 5;
const ANSWER_MS = 20000;
let shown = location.pathname + location.search;

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
    say(form, wordsOf("stored" in form.dataset ? "sending.failed_kept" : "sending.failed", { tries: MOST_ERRORS, status: answer.failed, at }));
  } else {
    take(form, answer);
  }
};

const waiting = (form, slow) => {
  if ("stored" in form.dataset) return wordsOf(slow ? "sending.slow_kept" : "sending.again_kept");
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
    const unkept = "draft" in form.dataset ? "sending.logged_out_unkept" : "sending.logged_out";
    say(form, wordsOf("stored" in form.dataset ? "sending.logged_out_kept" : unkept), {
      href: `${login}?next=${encodeURIComponent(location.pathname)}`, words: wordsOf("sending.log_in"),
    });
    form.querySelector("[data-sending-words] a").focus();
    return;
  }
  if (!main) {
    say(form, wordsOf("stored" in form.dataset ? "sending.answered_kept" : "sending.answered", { status: response.status }));
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
