// Keeps the page of a contest at the newest version, and says how old it is and whether it is up to date.

import { CountClock, everySecond } from "./clock.js";
import { age, text } from "./format.js";
import { Line } from "./line.js";
import { Painter } from "./paint.js";
import { applyPatch } from "./patch.js";
import { showState, works, write } from "./state.js";

const start = JSON.parse(document.getElementById("live").textContent);
const { setup } = start;

// --- the board -------------------------------------------------------------------------------------------------------

class Shown {
  constructor(painter) {
    this.epoch = start.epoch;
    this.version = start.version;
    this.board = start.board;
    this.painter = painter;
    this.painted = false;
    this.said = this.key();
    this.paint({ quiet: true });
  }

  // Takes a frame of this epoch; returns false where it cannot be applied to what is shown, so that the whole must be fetched.
  take(frame) {
    if (frame.version <= this.version) {
      if (!this.painted) this.paint({ quiet: true });
      return true;
    }
    if (frame.board) this.board = frame.board;
    else if (frame.patch && frame.since === this.version) this.board = applyPatch(this.board, frame.patch);
    else return false;
    this.version = frame.version;
    // Nobody sees a hidden tab change, and a hundred figures marked at once on return would say nothing.
    this.paint({ quiet: document.hidden });
    this.speak();
    return true;
  }

  // What could not be painted is tried again with the next frame or heartbeat; until then the page says that it is not up to date.
  paint(how) {
    this.painted = false;
    try {
      this.painter.paint(this.board, how);
      write("version", String(this.version));
      this.painted = true;
    } catch (error) {
      console.error(error);
    }
    works(this.painted);
  }

  key() {
    const { headline, call } = this.board;
    const { leader, leaders, level } = headline.args ?? {};
    const places = [leaders, level].map((who) => who && [...who].sort());
    return JSON.stringify([headline.code, leader, places, call?.said?.code, call?.candidate]);
  }

  // A screen reader hears of a new leader, state or call; not of every release.
  speak() {
    const key = this.key();
    if (key === this.said) return;
    this.said = key;
    const { headline, call } = this.board;
    const words = [text(headline.code, headline.args ?? {}, setup)];
    if (call?.said && this.board.candidates) words.push(text(call.said.code, call.said.args ?? {}, setup));
    write("spoken", words.join(". "));
  }
}

// --- age and state ---------------------------------------------------------------------------------------------------

const clock = new CountClock(start.now, setup.clock?.speed);
const current = new Shown(new Painter(setup));

function showAge() {
  const { as_of: asOf, pace } = current.board;
  write("age", asOf ? age(Math.max(0, Math.floor((clock.now() - Date.parse(asOf)) / 1000)), setup) : "");
  // What was to be expected is told by the board, which knows no clock: that it has not come is for the page to say.
  const latest = pace && (pace.last ?? pace.declaration).high;
  write("overdue", latest && clock.now() > Date.parse(latest) ? text("pace.overdue", {}, setup) : "");
}

let line = null; // not before its constructor has ended, which speaks already

function showAll() {
  showState(line ? line.state : "reconnecting", line ? line.silence() : 0);
  showAge();
}

showAll();
line = new Line(start, current, clock, showAll);
showAll();
everySecond(
  () => {
    line.watch();
    showAll();
  },
  () => line.check(),
);

// On paper nothing can be unfolded.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details:not([open])")) {
    folded.open = true;
    folded.dataset.forPrint = "";
  }
});
addEventListener("afterprint", () => {
  for (const folded of document.querySelectorAll("[data-for-print]")) {
    folded.open = false;
    delete folded.dataset.forPrint;
  }
});
