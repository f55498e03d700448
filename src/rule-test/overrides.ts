// Overrides: small changes to an event, `place: value`. A place is a JSON pointer (/objectRef/namespace); null
// removes what is there. Objects and arrays on the way are made where they are missing.

export type Overrides = Readonly<Record<string, unknown>>;

/**
 * A copy of the event with the overrides applied in order.
 * @throws Error with a line for people if a place is no pointer or leads through a scalar
 */
export function applyOverrides(event: unknown, overrides: Overrides): unknown {
  const copy = structuredClone(event);
  for (const [pointer, value] of Object.entries(overrides)) {
    if (pointer.split('/').includes('__proto__'))
      throw new Error(`"${pointer}": __proto__ cannot be a key here; give the event as text`);
    if (!pointer.startsWith('/'))
      throw new Error(`"${pointer}" is no JSON pointer; it starts with /, as in /objectRef/namespace`);
    const path = pointer
      .slice(1)
      .split('/')
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    set(copy, path, value, pointer);
  }
  return copy;
}

function set(root: unknown, path: readonly string[], value: unknown, pointer: string): void {
  let at = container(root, pointer);
  for (const [depth, token] of path.slice(0, -1).entries()) {
    let next = at[token];
    if (next === undefined || next === null) {
      next = /^\d+$/.test(path[depth + 1] ?? '') ? [] : {};
      at[token] = next;
    }
    at = container(next, pointer);
  }
  const last = path[path.length - 1] ?? '';
  if (value !== null) at[last] = value;
  else if (Array.isArray(at) && /^\d+$/.test(last)) at.splice(Number(last), 1);
  else delete at[last];
}

// Arrays are reached by their index, which is a property like any other.
function container(value: unknown, pointer: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new Error(`"${pointer}" leads through something that is no object or array`);
}
