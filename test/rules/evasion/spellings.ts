// Every way in which an API server takes a change, made of an attack: events as the log has them, at two levels.

import type { Attack } from './attacks.js';
import {
  along,
  isMembers,
  type Json,
  PLAIN,
  valueIn,
  WRITINGS,
  type Writing,
  withValue,
  write,
} from './objects.js';

/** How a change is sent. */
export interface Form {
  readonly verb: 'create' | 'update' | 'patch';
  readonly code: number;
  /** The request's body, before it is written. */
  readonly body: (attack: Attack, value: Json) => Json;
  readonly query?: string;
  /** The request shows no value: only an event with the response does. */
  readonly needsResponse?: true;
  /** Only where the object is made. */
  readonly creates?: true;
  readonly nameless?: true;
}

const after = ({ before, place }: Attack, value: Json): Json => withValue(before, place, value);
const pointer = (place: readonly string[]): string =>
  place.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
const operations =
  (make: (place: readonly string[], value: Json, object: Json) => readonly Json[]) =>
  (attack: Attack, value: Json): Json =>
    make(attack.place, value, after(attack, value));
const identity = (object: Json): Json => ({
  apiVersion: 'v1',
  kind: valueIn(object, ['kind']) ?? '',
  metadata: { name: valueIn(object, ['metadata', 'name']) ?? '' },
});
const applied = (attack: Attack, value: Json): Json => {
  const object = after(attack, value);
  const part = along(object, attack.place, false);
  const head = identity(object);
  if (!isMembers(part) || !isMembers(head)) return head;
  const metadata = part['metadata'];
  return {
    ...head,
    ...part,
    ...(isMembers(metadata) ? { metadata: { ...metadata, name: attack.name } } : {}),
  };
};

export const FORMS: Readonly<Record<string, Form>> = {
  create: { verb: 'create', code: 201, creates: true, body: after },
  'create with generateName': { verb: 'create', code: 201, creates: true, nameless: true, body: after },
  PUT: { verb: 'update', code: 200, body: after },
  'server-side apply that creates': { verb: 'patch', code: 201, creates: true, body: after },
  'server-side apply': { verb: 'patch', code: 200, body: applied },
  'merge patch': {
    verb: 'patch',
    code: 200,
    body: (attack, value) => along(after(attack, value), attack.place, true),
  },
  'strategic patch': {
    verb: 'patch',
    code: 200,
    body: (attack, value) => along(after(attack, value), attack.place, false),
  },
  'JSON patch of the leaf': {
    verb: 'patch',
    code: 200,
    body: operations((place, value) => [{ op: 'add', path: pointer(place), value }]),
  },
  'JSON patch of what is around it': {
    verb: 'patch',
    code: 200,
    body: operations((place, _value, object) => [
      {
        op: 'replace',
        path: pointer(place.slice(0, -1)),
        value: valueIn(object, place.slice(0, -1)) ?? null,
      },
    ]),
  },
  'JSON patch of the whole': {
    verb: 'patch',
    code: 200,
    body: operations((_place, _value, object) => [{ op: 'replace', path: '', value: object }]),
  },
  'JSON patch that moves': {
    verb: 'patch',
    code: 200,
    needsResponse: true,
    body: operations((place, value) => [
      { op: 'add', path: '/x', value },
      { op: 'move', from: '/x', path: pointer(place) },
    ]),
  },
  'JSON patch that copies': {
    verb: 'patch',
    code: 200,
    needsResponse: true,
    body: operations((place) => [{ op: 'copy', from: '/metadata/annotations/note', path: pointer(place) }]),
  },
};

/** An event in which a user sets a value. @param level whether the response is in the log */
export function eventOf(
  attack: Attack,
  value: Json,
  form: Form,
  writing: Writing,
  level: 'Request' | 'RequestResponse',
  more: { readonly query?: string; readonly code?: number } = {},
): string {
  const { resource, subresource, namespace, name } = attack;
  const object = after(attack, value);
  const code = more.code ?? form.code;
  const response: Json =
    code < 300 ? { apiVersion: 'v1', ...(isMembers(object) ? object : {}) } : { kind: 'Status', code };
  const head: Json = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: '5a1e0000-0000-4000-8000-000000000001',
    stage: 'ResponseComplete',
    requestURI: `/apis/x/v1/${resource}/${name}?fieldManager=x${more.query ?? ''}`,
    verb: form.verb,
    user: { username: 'mallory', groups: ['system:authenticated'] },
    sourceIPs: ['203.0.113.66'],
    userAgent: 'curl/8',
    objectRef: {
      resource,
      ...(namespace === undefined ? {} : { namespace }),
      ...(form.nameless ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
    },
    responseStatus: { metadata: {}, code },
    stageTimestamp: '2026-11-23T09:00:01.123456Z',
  };
  const bodies = [
    `"requestObject":${write(form.body(attack, value), writing)}`,
    ...(level === 'Request' ? [] : [`"responseObject":${write(response, PLAIN)}`]),
  ];
  return `${write(head, PLAIN).slice(0, -1)},${bodies.join(',')}}`;
}

/** Whether the request does not show what is done: only an event with the response does. */
export function needsResponse({ inObject }: Attack, { needsResponse, verb, creates }: Form): boolean {
  return needsResponse === true || (inObject === true && verb === 'patch' && creates !== true);
}

/** Forms that an attack can take. */
export function formsOf(attack: Attack): readonly (readonly [string, Form])[] {
  return Object.entries(FORMS).filter(([, { creates, nameless }]) => {
    if (attack.named && nameless) return false;
    return attack.createOnly ? creates : !(attack.changeOnly && creates);
  });
}

/** Writings that a form can take: API servers log whole objects in their own spelling. */
export function writingsOf(form: Form): readonly (readonly [string, Writing])[] {
  return Object.entries(WRITINGS).filter(([name]) => form.verb === 'patch' || name === 'plain');
}
