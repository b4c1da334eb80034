// JSON merge patch (RFC 7396), the twin of apply_patch in results/board/patches.py. Neither argument is changed, so that
// whoever holds the board before can still compare it with the board after.

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

export function applyPatch(document, patch) {
  const result = { ...document };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (isObject(value)) result[key] = applyPatch(isObject(result[key]) ? result[key] : {}, value);
    else result[key] = value;
  }
  return result;
}
