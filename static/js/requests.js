// A request that ends: AbortSignal.timeout is younger than browsers that the page is read with.

const PATIENCE_MS = 10_000;

// Without cookies: the answers are the same for everybody. The limit holds for the body too, so its timer is never cleared.
export function ask(address, options = {}) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), PATIENCE_MS);
  return fetch(address, { credentials: "omit", signal: controller.signal, ...options });
}
