// What was typed on this tablet and is not received yet, in localStorage: {submission, seen, at, form, contest, path, fields}.
// A key names the person, the contest, the text that the kind of form is called by, and which of that kind:
// "7:parl.testshire.2026-11-05:draft.of_count:12".

const PREFIX = "countnight:draft:";

export const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
};

// Whether it is kept.
export const write = (key, draft) => {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
};

export const erase = (key) => {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch { /* a browser that keeps nothing has nothing to erase */ }
};

// The keys that begin so, in their order.
export const keys = (beginning = "") => {
  try {
    const all = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + beginning));
    return all.map((key) => key.slice(PREFIX.length)).sort();
  } catch {
    return [];
  }
};

// [data-received] on the page: submission ids that the ledger holds. Their drafts are erased, and only then.
export const eraseReceived = () => {
  const ids = new Set();
  for (const element of document.querySelectorAll("[data-received]")) {
    for (const id of element.dataset.received.split(" ")) ids.add(id);
  }
  if (!ids.size) return;
  for (const key of keys()) {
    const draft = read(key);
    if (draft && ids.has(draft.submission)) erase(key);
  }
};
