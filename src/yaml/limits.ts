// How much a YAML text may hold. A leaf.

/** Levels of collections inside each other; yaml-cpp's own limit. */
export const MAX_DEPTH = 500;
/** Values in a text, aliases expanded. */
export const MAX_NODES = 400_000;
/** Bytes of a key on one line; yaml-cpp's own limit. */
export const MAX_KEY = 1024;
