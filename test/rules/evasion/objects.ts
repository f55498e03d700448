// Objects of the Kubernetes API as plain JSON: putting a value at a place, and texts of JSON in spellings that servers take.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

type Members = { readonly [key: string]: Json };

export const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object with a value at a place. null takes it away. */
export function withValue(object: Json | undefined, place: readonly string[], value: Json): Json {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  if (Array.isArray(object)) {
    const next = withValue(object[Number(key)], rest, value);
    return object.map((each: Json, i) => (i === Number(key) ? next : each)).filter((each) => each !== null);
  }
  const members = isMembers(object) ? object : {};
  const { [key]: old, ...others } = members;
  const next = withValue(old, rest, value);
  return next === null ? others : { ...others, [key]: next };
}

/** What stands at a place. */
export function valueIn(object: Json | undefined, place: readonly string[]): Json | undefined {
  return place.reduce<Json | undefined>(
    (at, key) => (Array.isArray(at) ? (at[Number(key)] as Json) : isMembers(at) ? at[key] : undefined),
    object,
  );
}

/** What of an object a patch has to name for a place: its members on the way. Lists whole, or by the element's name. */
export function along(object: Json | undefined, place: readonly string[], whole: boolean): Json {
  const [key, ...rest] = place;
  if (key === undefined || object === undefined) return object ?? null;
  if (Array.isArray(object)) {
    if (whole) return object;
    const element: Json = object[Number(key)] ?? null;
    if (!isMembers(element)) return object;
    const inner = along(element, rest, whole);
    return [
      isMembers(inner) ? { ...('name' in element ? { name: element['name']! } : {}), ...inner } : element,
    ];
  }
  return isMembers(object) ? { [key]: along(object[key], rest, whole) } : object;
}

/** Ways to write the same JSON. */
export interface Writing {
  readonly string: (text: string) => string;
  readonly number: (value: number) => string;
  /** Members of an object, written, in their order. */
  readonly members: (written: readonly string[]) => readonly string[];
}

export const PLAIN: Writing = {
  string: (text) => JSON.stringify(text),
  number: (value) => String(value),
  members: (written) => written,
};

export function write(value: Json, writing: Writing): string {
  if (typeof value === 'string') return writing.string(value);
  if (typeof value === 'number') return writing.number(value);
  if (Array.isArray(value)) return `[${value.map((each: Json) => write(each, writing)).join(',')}]`;
  if (!isMembers(value)) return JSON.stringify(value);
  const written = Object.entries(value).map(
    ([key, each]) => `${writing.string(key)}:${write(each, writing)}`,
  );
  return `{${writing.members(written).join(',')}}`;
}

const unit = (char: string, upper: boolean): string => {
  const hex = char.charCodeAt(0).toString(16).padStart(4, '0');
  return `\\u${upper ? hex.toUpperCase() : hex}`;
};

export const WRITINGS: Readonly<Record<string, Writing>> = {
  plain: PLAIN,
  'keys in another order': { ...PLAIN, members: (written) => written.toReversed() },
  'foreign keys in front': {
    ...PLAIN,
    members: (written) => ['"x":{"y":[0]}', '"$patch":"merge"', ...written],
  },
  'escaped letters': {
    ...PLAIN,
    string: (text) => `"${[...text].map((char) => unit(char, true)).join('')}"`,
  },
  'escapes of other signs': {
    ...PLAIN,
    string: (text) =>
      JSON.stringify(text).replaceAll('/', '\\/').replaceAll(':', '\\u003a').replaceAll('.', '\\u002e'),
  },
  'other numbers': {
    ...PLAIN,
    number: (value) => (value === 0 ? '-0.0e0' : `${value}.0`),
  },
  'keys twice': {
    ...PLAIN,
    members: (written) => written.flatMap((each) => [each.replace(/^("[^"]*"):.*/s, '$1:"x"'), each]),
  },
};
