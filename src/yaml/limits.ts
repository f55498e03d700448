// How much a YAML text may hold. A leaf.

/** Levels of collections inside each other; yaml-cpp's own limit. */
export const MAX_DEPTH = 500;
/** Values in a text, aliases expanded. */
export const MAX_NODES = 400_000;
/** Tokens that wait for the end of what may be a key; that many values have no more. */
export const MAX_WAITING = 3 * MAX_NODES;
