// How many event streams the tabs of one browser hold. Without HTTP/2 a browser opens six connections to a host and lets
// everything else wait: a seventh tab, and any page of this site, would hang for as long as six streams stay open.
// So the tabs share a few places, kept in localStorage, and a tab that finds none asks for updates instead.

const KEY = "countnight-streams";
const MOST = 3;
const KEPT_MS = 45_000; // three heartbeats: the place of a tab that crashed is free again after that

const own = Math.random().toString(36).slice(2);

// The places of the other tabs by their ids, with the time until which each is kept.
function others() {
  const found = Object.entries(JSON.parse(localStorage.getItem(KEY) || "{}"));
  return found.filter(([id, until]) => id !== own && until > Date.now() && until <= Date.now() + KEPT_MS);
}

function write(places) {
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(places)));
}

// Takes a place, or keeps the one this tab has; false where all are taken, or storage is forbidden.
export function keepStream() {
  try {
    const taken = others();
    if (taken.length >= MOST) return false;
    write([...taken, [own, Date.now() + KEPT_MS]]);
    return true;
  } catch {
    return false;
  }
}

export function leaveStream() {
  try {
    write(others());
  } catch {
    // Nothing was written there either.
  }
}
