// Keeps the page at the newest version: a receive-only socket, server-sent events where a proxy lets no socket through,
// polling where there is neither; and the age of what is shown.

import { age, text } from "./format.js";
import { Painter } from "./paint.js";
import { applyPatch } from "./patch.js";

const SILENT_MS = 30_000; // two heartbeats missed
const BACKOFF_MS = [2_000, 20_000]; // the first try of five thousand who are cut off at once is spread over two seconds
const RENEW_MS = 3_000; // all readers at once would come in one second otherwise
const RENEW_TRIES = 5;
const UNKNOWN_CONTEST = 4404;
const SERVER_FULL = 4429;

const { epoch, version, board, setup, socket: socketPath, events: eventsPath, updates, poll_seconds: pollSeconds, now } =
  JSON.parse(document.getElementById("live").textContent);

// --- the clock of the night ------------------------------------------------------------------------------------------

// performance.now() runs on whatever the reader's own clock does; every heartbeat anchors it again.
class NightClock {
  #speed = setup.clock?.speed ?? 1;

  constructor(iso) {
    this.anchor(iso);
  }

  anchor(iso) {
    this.at = Date.parse(iso);
    this.since = performance.now();
  }

  // A cache may show an old answer where no server gives a new one: by that time never goes back.
  hurry(iso) {
    if (iso && Date.parse(iso) > this.now()) this.anchor(iso);
  }

  now() {
    return this.at + (performance.now() - this.since) * this.#speed;
  }
}

// --- the board -------------------------------------------------------------------------------------------------------

class Shown {
  constructor(painter) {
    this.epoch = epoch;
    this.version = version;
    this.board = board;
    this.painter = painter;
    this.said = this.#key();
    painter.paint(board, { quiet: true });
  }

  // Takes a frame of this epoch; returns false where it cannot be applied to what is shown, so that the whole must be fetched.
  take(frame) {
    if (frame.version <= this.version) return true;
    if (frame.board) this.#set(frame, frame.board);
    else if (frame.patch && frame.since === this.version) this.#set(frame, applyPatch(this.board, frame.patch));
    else return false;
    return true;
  }

  #set(frame, next) {
    this.board = next;
    this.version = frame.version;
    // Nobody sees a hidden tab change, and a hundred figures marked at once on return would say nothing.
    this.painter.paint(next, { quiet: document.hidden });
    this.#speak();
  }

  #key() {
    const { headline, call } = this.board;
    return JSON.stringify([headline.code, headline.args?.leader, call?.said?.code, call?.candidate]);
  }

  // A screen reader hears of a new leader, state or call; not of every release.
  #speak() {
    const key = this.#key();
    if (key === this.said) return;
    this.said = key;
    const { headline, call } = this.board;
    const words = [text(headline.code, headline.args ?? {}, setup)];
    if (call?.said && this.board.candidates) words.push(text(call.said.code, call.said.args ?? {}, setup));
    document.getElementById("spoken").textContent = words.join(". ");
  }
}

// --- the line --------------------------------------------------------------------------------------------------------

class Line {
  #line = null; // a WebSocket or an EventSource; both have close()
  #failures = 0;
  #heard = performance.now();
  #retry = 0;
  #polling = 0;
  #asking = false;
  #renewing = false;

  constructor(shown, clock) {
    this.shown = shown;
    this.clock = clock;
    this.#open();
    setInterval(() => this.#watch(), 1_000);
    const check = () => document.hidden || this.#check();
    document.addEventListener("visibilitychange", check);
    addEventListener("online", check);
    addEventListener("pageshow", ({ persisted }) => persisted && check());
  }

  #open() {
    clearTimeout(this.#retry);
    if (this.#line) return;
    if (!socketPath) {
      // More readers than lines: everybody asks, and caches answer.
      if (!this.#polling) this.#live("polling");
      return;
    }
    // A socket that failed twice is perhaps not let through: then every other try is with server-sent events.
    const asEvents = this.#failures >= 2 && this.#failures % 2 === 0;
    const url = new URL(asEvents ? eventsPath : socketPath, location.href);
    if (!asEvents) url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    url.search = new URLSearchParams({ epoch: this.shown.epoch, since: this.shown.version });
    let line;
    try {
      line = asEvents ? new EventSource(url) : new WebSocket(url);
    } catch {
      // A browser or its guard may throw instead of failing later: to us a line that never spoke, in both cases.
      this.#lost(false, 0);
      return;
    }
    this.#line = line;
    this.#heard = performance.now();
    let heard = false;
    line.onmessage = ({ data }) => {
      heard = true;
      if (line === this.#line) this.#receive(JSON.parse(data));
    };
    const lost = ({ code = 0 }) => {
      // An EventSource would come back by itself, with the address of the version that it began with.
      line.close();
      if (line === this.#line) this.#lost(heard, code);
    };
    if (asEvents) line.onerror = lost;
    else line.onclose = lost;
  }

  #receive(frame) {
    this.#heard = performance.now();
    this.#failures = 0;
    this.#live("live");
    this.#apply(frame);
  }

  #apply(frame) {
    if (frame.now) this.clock.anchor(frame.now);
    if (!this.#take(frame)) this.#ask({ whole: true });
  }

  #take(frame) {
    if (frame.epoch === this.shown.epoch) return this.shown.take(frame);
    this.#renew(frame.epoch);
    return true;
  }

  // Another epoch: the set-up was loaded again, or a backup restored. Names and rows are the old ones, and votes painted
  // there could stand beside the wrong candidate: the page itself is fetched anew. First it is asked for, so that no reader
  // is left with a browser's error, or with an old page that a cache still has.
  async #renew(epoch) {
    if (this.#renewing) return;
    this.#renewing = true;
    for (let tries = 0; tries < RENEW_TRIES; tries += 1) {
      await new Promise((wake) => setTimeout(wake, Math.random() * RENEW_MS));
      try {
        const answer = await fetch(location.href, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(10_000) });
        if (answer.ok && (await answer.text()).includes(epoch)) {
          location.reload();
          return;
        }
      } catch {
        // Tried again, here or with the next frame.
      }
    }
    this.#renewing = false;
  }

  #lost(heard, code) {
    this.#line = null;
    this.#failures += 1;
    // A line that spoke and then broke is tried again first; one that never speaks is perhaps not allowed here at all.
    const refused = code === SERVER_FULL || code === UNKNOWN_CONTEST;
    if (!this.#polling) this.#live(refused || (!heard && this.#failures >= 2) ? "polling" : "reconnecting");
    const [least, most] = BACKOFF_MS;
    const ceiling = refused ? most : Math.min(most, least * 2 ** (this.#failures - 1));
    this.#retry = setTimeout(() => this.#open(), Math.random() * ceiling);
  }

  // A line can be dead without anybody having said so: a laptop that slept, a proxy that forgot.
  #watch() {
    if (this.#line && performance.now() - this.#heard > SILENT_MS) {
      const silent = this.#line;
      this.#lost(false, 0);
      this.#live("polling");
      silent.close();
    }
  }

  // The reader is back, or the network is: look at once instead of waiting for a timer that may have been slowed down.
  #check() {
    this.#ask();
    if (!this.#line) this.#open();
    else this.#watch();
  }

  async #ask({ whole = false } = {}) {
    if (this.#asking) return;
    this.#asking = true;
    let frame = null;
    let through = false;
    try {
      const query = whole ? "" : `?${new URLSearchParams({ epoch: this.shown.epoch, since: this.shown.version })}`;
      const answer = await fetch(updates + query, { credentials: "omit", signal: AbortSignal.timeout(10_000) });
      through = answer.ok;
      this.clock.hurry(answer.headers.get("Count-Time"));
      if (answer.status === 200) frame = await answer.json();
    } catch {
      through = false;
    }
    this.#asking = false;
    if (this.#polling) this.#live(through ? "polling" : "reconnecting", { keep: true });
    if (!frame) return;
    // A whole that cannot be taken is asked for again at the next frame or poll, not at once and for ever.
    if (whole) this.#take(frame);
    else this.#apply(frame);
  }

  // `keep`: polling goes on although the word says that nothing gets through.
  #live(state, { keep = false } = {}) {
    if (state === "polling" && !this.#polling) {
      this.#polling = setInterval(() => document.hidden || this.#ask(), pollSeconds * 1000);
      this.#ask();
    } else if (state !== "polling" && !keep) {
      clearInterval(this.#polling);
      this.#polling = 0;
    }
    showLine(state);
  }
}

// --- the state line --------------------------------------------------------------------------------------------------

function write(id, words) {
  const element = document.getElementById(id);
  if (element.textContent !== words) element.textContent = words;
}

function showLine(state) {
  write("line", state);
  document.getElementById("line").dataset.line = state;
}

const clock = new NightClock(now);
const current = new Shown(new Painter(setup));

function showAge() {
  const { as_of: asOf, pace } = current.board;
  write("age", asOf ? age(Math.max(0, Math.floor((clock.now() - Date.parse(asOf)) / 1000)), setup) : "");
  // What was to be expected is told by the board, which knows no clock: that it has not come is for the page to say.
  const latest = pace && (pace.last ?? pace.declaration).high;
  write("overdue", latest && clock.now() > Date.parse(latest) ? text("pace.overdue", {}, setup) : "");
}

showLine("reconnecting");
showAge();
setInterval(showAge, 1_000);
new Line(current, clock);
