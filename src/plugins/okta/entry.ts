// A System Log entry as Falco's plugin hands it on: the members that it knows, in its order, without those that are empty
// (spec: plugins.md §4.4).

import { goNumber, goString } from '../go-json.js';
import { decodeStruct, type GoObject, type GoStruct, type GoType, type GoValue } from '../go-struct.js';
import type { DecodedEvent, Refuse } from '../plugin.js';
import type { OktaSettings } from './settings.js';

interface Member {
  readonly type: GoType;
  readonly always?: true;
}

const optional = { type: 'string' } as const;
const always = { type: 'string', always: true } as const;
const within = (shape: Shape): Member => ({ type: structOf(shape), always: true });

type Shape = Readonly<Record<string, Member>>;

/** Members of a structure in their order, as they are written: `"uuid":`. */
const written = new WeakMap<
  GoStruct,
  readonly (Member & { readonly key: string; readonly text: string })[]
>();

function structOf(shape: Shape): GoStruct {
  const struct = { members: Object.fromEntries(Object.entries(shape).map(([key, { type }]) => [key, type])) };
  written.set(
    struct,
    Object.entries(shape).map(([key, member]) => ({ ...member, key, text: `"${key}":` })),
  );
  return struct;
}

const PERSON = { id: always, type: always, alternateId: optional, displayName: optional };

const ENTRY = structOf({
  uuid: always,
  published: always,
  eventType: always,
  version: always,
  severity: always,
  legacyEventType: optional,
  displayMessage: always,
  actor: within(PERSON),
  client: within({
    userAgent: within({ os: optional, browser: optional, rawUserAgent: optional }),
    geographicalContext: within({
      geolocation: within({ lat: { type: 'number' }, lonDe: { type: 'number' } }),
      city: optional,
      state: optional,
      country: optional,
      postalCode: optional,
    }),
    zone: optional,
    ipAddress: optional,
    device: optional,
    id: optional,
  }),
  outcome: within({ result: always, reason: optional }),
  target: { type: { of: structOf(PERSON) } },
  transaction: within({ type: optional, id: optional }),
  debugContext: within({
    debugData: within({
      requestUri: always,
      originalPrincipal: within({
        id: optional,
        type: optional,
        alternateId: optional,
        displayName: optional,
      }),
      behaviors: optional,
      logOnlySecurityData: optional,
    }),
  }),
  authenticationContext: within({
    authenticationStep: { type: 'number' },
    externalSessionId: optional,
    authenticationProvider: optional,
    credentialProvider: optional,
  }),
  securityContext: within({
    asNumber: { type: 'number' },
    asOrg: optional,
    isp: optional,
    domain: optional,
    isProxy: optional,
  }),
});

/** Where texts stand that are handed on as they are. */
export const CARRIED = pointersOf(ENTRY, '');

function pointersOf({ members }: GoStruct, at: string): readonly string[] {
  return Object.entries(members).flatMap(([key, type]) => {
    if (type === 'string') return [`${at}/${key}`];
    if (typeof type !== 'object') return [];
    if ('members' in type) return pointersOf(type, `${at}/${key}`);
    return typeof type.of === 'object' && 'members' in type.of ? pointersOf(type.of, `${at}/${key}/*`) : [];
  });
}

/** Errors: SyntaxError, where the entry is no JSON object. */
export function* decodeEntry(
  entry: string,
  _refuse: Refuse,
  settings: OktaSettings | undefined,
): Iterable<DecodedEvent> {
  yield { text: settings?.raw_entries ? entry : encode(decodeStruct(entry, ENTRY), ENTRY) };
}

function encode(value: GoValue | undefined, type: GoType): string {
  if (typeof type !== 'string') {
    if ('of' in type)
      return `[${((value ?? []) as readonly GoValue[]).map((each) => encode(each, type.of)).join(',')}]`;
    return encodeObject((value ?? {}) as GoObject, type);
  }
  return type === 'string' ? goString(String(value ?? '')) : goNumber(Number(value ?? 0));
}

function encodeObject(value: GoObject, struct: GoStruct): string {
  let text = '';
  for (const { key, text: name, type, always } of written.get(struct)!) {
    const member = value[key];
    if (always !== true && isEmpty(member)) continue;
    text += `${text === '' ? '{' : ','}${name}${encode(member, type)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

const isEmpty = (value: GoValue | undefined): boolean =>
  value === undefined || value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
