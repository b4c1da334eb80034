// Time in a browser: how long ago something was although the device slept, when the reader is back, and the time at the count.

const JUMP_MS = 2000; // a tick that is merely late moves both clocks alike
const KEPT_MS = 5000; // how old an answer may be that a cache gives while all is well, its whole seconds included

let steady = performance.now();
let wall = Date.now();
let slept = 0;

// Milliseconds since the page was opened, sleep included. performance.now() stands still in most devices that sleep;
// Date.now() does not, but moves when a clock is set. So time is the steady one, and whatever Date.now() ran ahead of it
// in one step: sleep, or a clock that was put forward, which the next answer of the server puts right.
export function elapsed() {
  const before = { steady, wall };
  steady = performance.now();
  wall = Date.now();
  const jump = wall - before.wall - (steady - before.steady);
  if (jump > JUMP_MS) slept += jump;
  return steady + slept;
}

// Calls `tick` every second, and both as soon as the reader or the network is back, or the device has woken: browsers slow
// down timers of hidden pages, and stop them while the device sleeps.
export function everySecond(tick, wake) {
  let seen = slept;
  const both = () => {
    tick();
    wake();
  };
  const back = () => document.hidden || both();
  setInterval(() => {
    elapsed();
    if (slept > seen) both();
    else tick();
    seen = slept;
  }, 1000);
  document.addEventListener("visibilitychange", back);
  document.addEventListener("resume", back);
  addEventListener("online", back);
  addEventListener("focus", back);
  addEventListener("pageshow", ({ persisted }) => persisted && back());
}

// The time at the count, whatever the reader's own clock says: the server's last word, and what has passed since.
export class CountClock {
  constructor(iso, speed = 1) {
    this.speed = speed;
    this.anchor(iso);
  }

  anchor(iso) {
    this.at = Date.parse(iso);
    this.since = elapsed();
    this.slept = slept;
  }

  // A cache may show an old answer where no server gives a new one: by that time never goes back. But where a clock was
  // put forward, and taken for sleep, it does.
  hurry(iso) {
    const told = Date.parse(iso);
    const now = this.now();
    const jumped = slept - this.slept;
    if (told > now || (jumped > 0 && told >= now - (jumped + KEPT_MS) * this.speed)) this.anchor(iso);
  }

  now() {
    return this.at + (elapsed() - this.since) * this.speed;
  }
}
