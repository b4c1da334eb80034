// The way by which news comes: a receive-only socket, server-sent events where a proxy lets no socket through,
// polling where there is neither. It says what it is by `onState`: "live", "polling" or "reconnecting".

import { elapsed } from "./clock.js";
import { ask } from "./requests.js";
import { keepStream, leaveStream } from "./streams.js";

export const SILENT_MS = 30_000; // two heartbeats missed
const BACKOFF_MS = [2_000, 20_000]; // the first try of five thousand who are cut off at once is spread over two seconds
const HIDDEN_POLL_MS = 15_000; // nobody reads a hidden tab but its title
const RENEW_MS = 3_000; // all readers at once would come in one second otherwise
const RENEW_TRIES = 5;
const UNKNOWN_CONTEST = 4404;
const SERVER_FULL = 4429;

const wait = (ms) => new Promise((wake) => setTimeout(wake, ms));

export class Line {
  // `where` is what the server says of its addresses; `shown` takes frames, and knows its epoch and version.
  constructor(where, shown, clock, onState) {
    this.where = where;
    this.shown = shown;
    this.clock = clock;
    this.onState = onState;
    this.wire = null; // a WebSocket or an EventSource; both have close()
    this.failures = 0;
    this.streams = false; // whether it is an EventSource
    this.opened = elapsed();
    this.begun = this.opened;
    this.heard = -Infinity; // the last frame or answer: a page that a browser kept may be hours old when it is opened
    this.asked = -Infinity;
    this.retry = 0;
    this.polling = 0;
    this.asking = false;
    this.renewing = false;
    this.state = "reconnecting";
    addEventListener("pagehide", () => this.streams && leaveStream());
    this.open();
  }

  // How long nothing has come, in milliseconds.
  silence() {
    return elapsed() - Math.max(this.begun, this.heard);
  }

  open() {
    clearTimeout(this.retry);
    if (this.wire) return;
    if (!this.where.socket) {
      // More readers than lines: everybody asks, and caches answer.
      this.poll();
      return;
    }
    // A socket that failed twice is perhaps not let through: then every other try is with server-sent events.
    const asEvents = this.failures >= 2 && this.failures % 2 === 0;
    if (asEvents && !keepStream()) {
      this.lost(false, SERVER_FULL);
      return;
    }
    const url = new URL(asEvents ? this.where.events : this.where.socket, location.href);
    if (!asEvents) url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    url.search = new URLSearchParams({ epoch: this.shown.epoch, since: this.shown.version });
    let wire;
    try {
      wire = asEvents ? new EventSource(url) : new WebSocket(url);
    } catch {
      // A browser or its guard may throw instead of failing later: to us a line that never spoke, in both cases.
      this.lost(false, 0);
      return;
    }
    this.wire = wire;
    this.streams = asEvents;
    this.opened = elapsed();
    let heard = false;
    wire.onmessage = ({ data }) => {
      heard = true;
      if (wire === this.wire) this.receive(JSON.parse(data));
    };
    const lost = ({ code = 0 }) => {
      // An EventSource would come back by itself, with the address of the version that it began with.
      wire.close();
      if (wire === this.wire) this.lost(heard, code);
    };
    if (asEvents) wire.onerror = lost;
    else wire.onclose = lost;
  }

  receive(frame) {
    this.heard = elapsed();
    this.failures = 0;
    if (this.streams && !keepStream()) {
      // Two tabs took the last place at the same moment.
      this.wire.close();
      this.lost(true, SERVER_FULL);
    } else {
      this.unpoll();
      this.say("live");
    }
    this.apply(frame);
  }

  apply(frame) {
    if (frame.now) this.clock.anchor(frame.now);
    if (!this.take(frame)) this.ask({ whole: true });
  }

  take(frame) {
    if (frame.epoch === this.shown.epoch) return this.shown.take(frame);
    this.renew(frame.epoch);
    return true;
  }

  // Another epoch: the set-up was loaded again, or a backup restored. Names and rows are the old ones, and votes painted
  // there could stand beside the wrong candidate: the page itself is fetched anew. First it is asked for, so that no reader
  // is left with a browser's error, or with an old page that a cache still has.
  async renew(epoch) {
    if (this.renewing) return;
    this.renewing = true;
    for (let tries = 0; tries < RENEW_TRIES; tries += 1) {
      await wait(Math.random() * RENEW_MS);
      try {
        const answer = await ask(location.href, { cache: "no-store" });
        if (answer.ok && (await answer.text()).includes(epoch)) {
          location.reload();
          return;
        }
      } catch {
        // Tried again, here or with the next frame.
      }
    }
    this.renewing = false;
  }

  lost(heard, code) {
    if (this.streams) leaveStream();
    this.wire = null;
    this.streams = false;
    this.failures += 1;
    // A line that spoke and then broke is tried again first; one that never speaks is perhaps not allowed here at all.
    const refused = code === SERVER_FULL || code === UNKNOWN_CONTEST;
    if (refused || (!heard && this.failures >= 2)) this.poll();
    else if (!this.polling) this.say("reconnecting");
    const [least, most] = BACKOFF_MS;
    const ceiling = refused ? most : Math.min(most, least * 2 ** (this.failures - 1));
    this.retry = setTimeout(() => this.open(), Math.random() * ceiling);
  }

  // To be called every second. A line can be dead without anybody having said so: a laptop that slept, a proxy that forgot.
  watch() {
    if (this.wire && elapsed() - Math.max(this.opened, this.heard) > SILENT_MS) {
      const silent = this.wire;
      this.lost(false, 0);
      silent.close();
      this.poll();
    }
    if (this.silence() > SILENT_MS) this.say("reconnecting");
  }

  // The reader is back, or the network is: look at once instead of waiting for a timer that may have been slowed down.
  check() {
    this.watch();
    this.ask();
    this.open();
  }

  poll() {
    if (this.polling) return;
    this.say(elapsed() - this.heard > SILENT_MS ? "reconnecting" : "polling");
    this.polling = setInterval(() => {
      if (!document.hidden || elapsed() - this.asked > HIDDEN_POLL_MS) this.ask();
    }, this.where.poll_seconds * 1000);
    this.ask();
  }

  unpoll() {
    clearInterval(this.polling);
    this.polling = 0;
  }

  async ask({ whole = false } = {}) {
    if (this.asking) return;
    this.asking = true;
    this.asked = elapsed();
    let frame = null;
    let through = false;
    try {
      const known = new URLSearchParams({ epoch: this.shown.epoch, since: this.shown.version });
      const answer = await ask(whole ? this.where.updates : `${this.where.updates}?${known}`);
      through = answer.ok;
      if (answer.status === 200) frame = await answer.json();
      const now = answer.headers.get("Count-Time");
      if (through && now) this.clock.hurry(now);
    } catch {
      through = false;
    }
    this.asking = false;
    if (this.polling) {
      if (through) this.heard = elapsed();
      this.say(through ? "polling" : "reconnecting");
    }
    if (!frame) return;
    // A whole that cannot be taken is asked for again at the next frame or poll, not at once and for ever.
    if (whole) this.take(frame);
    else this.apply(frame);
  }

  say(state) {
    this.state = state;
    this.onState();
  }
}
