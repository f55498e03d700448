// A log entry of Google Cloud → the audit event that it stands for. In: the text of a Pub/Sub message. Out: the event as
// Falco's plugin writes it, or a word on why there is none (spec: plugins.md §1.2). Answers to the plugin's logentry2event.

import { toBytes } from '../../bytes.js';
import { createLateScanner } from '../../json/scan-js.js';
import { parseTimestamp } from '../../sources/timestamp.js';
import { goJson, goObject, goString } from '../go-json.js';
import type { DecodedEvent, EventTime, Refuse } from '../plugin.js';
import { hasTwins } from './twins.js';

export interface EntrySettings {
  readonly real_status: boolean;
  readonly entry_time: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const LOG = /cloudaudit\.googleapis\.com%2F(?:activity|data_access)$/;
export const AUDIT_LOG = 'type.googleapis.com/google.cloud.audit.AuditLog';

/** Gives the event of an entry, if it is one. Never throws. */
export function* decodeEntry(
  message: string,
  refuse: Refuse,
  settings: EntrySettings | undefined,
): Iterable<DecodedEvent> {
  const entry = readEntry(message, settings?.entry_time === true ? 'timestamp' : 'receiveTimestamp', refuse);
  if (entry === undefined) return;
  const { payload, insertId } = entry;
  const place = `(insertId=${insertId})`;
  if (!LOG.test(textOf(entry.logName)) || textOf(entry.resource['type']) !== 'k8s_cluster') {
    refuse('other_log', `dropped unrecognised log entry ${place}`);
  } else if (payload === undefined) {
    refuse('no_audit_log', `dropped log entry without an audit log ${place}`);
  } else if (payload['@type'] !== AUDIT_LOG) {
    refuse('no_audit_log', `unsupported payload type: ${textOf(payload['@type'])}`);
  } else if (textOf(member(payload, 'serviceName')) !== 'k8s.io') {
    refuse('other_service', `dropped log entry with unrecognised service name ${place}`);
  } else {
    yield eventOf(entry, payload, settings);
  }
}

interface Entry {
  readonly insertId: string;
  readonly logName: unknown;
  readonly labels: Json;
  readonly resource: Json;
  /** When it came into the log, or happened. */
  readonly received: EventTime;
  readonly payload: Json | undefined;
}

const START: EventTime = { seconds: 0, nanos: 0 };

const scanner = createLateScanner();

/** The parts of an entry. Members that nobody knows are passed over; Falco's plugin drops the entry for them. */
function readEntry(message: string, time: string, refuse: Refuse): Entry | undefined {
  const fail = (why: string): undefined =>
    void refuse('malformed', `failed to unmarshal PubSub message to log entry: ${why}`);
  const document = scanner.scan(toBytes(message));
  const value = document === undefined ? undefined : (JSON.parse(message) as unknown);
  if (document === undefined || !isObject(value)) return fail('it is no JSON object');
  if (hasTwins(document)) return fail('a member stands there twice');
  const insertId = member(value, 'insertId') ?? '';
  if (typeof insertId !== 'string') return fail('insertId is no text');
  const received = timeOf(member(value, time));
  if (received === undefined) return fail(`${time} is no time`);
  const payload = member(value, 'protoPayload');
  return {
    insertId,
    logName: member(value, 'logName'),
    labels: objectOf(member(value, 'labels')),
    resource: objectOf(member(value, 'resource')),
    received,
    payload: isObject(payload) ? payload : undefined,
  };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A member by its name, or by the name of the protocol: `insert_id`. null: there is none. */
function member(object: Json, name: string): unknown {
  const other = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return (Object.hasOwn(object, name) ? object[name] : object[other]) ?? undefined;
}

function timeOf(value: unknown): EventTime | undefined {
  if (value === undefined) return START;
  const time = typeof value === 'string' ? parseTimestamp(toBytes(value)) : '';
  return typeof time === 'string' ? undefined : time;
}

function eventOf(entry: Entry, payload: Json, settings: EntrySettings | undefined): DecodedEvent {
  const name = textOf(member(payload, 'resourceName'));
  const method = textOf(member(payload, 'methodName'));
  const verb = method.slice(method.lastIndexOf('.') + 1);
  const reference = referenceOf(name);
  const isStream = /^(?:attach|exec)$/.test(reference['subresource'] ?? '');
  const metadata = objectOf(member(payload, 'requestMetadata'));
  const caller = textOf(member(objectOf(member(payload, 'authenticationInfo')), 'principalEmail'));
  const agent = textOf(member(metadata, 'callerSuppliedUserAgent'));
  const stamp = stampOf(entry.received);
  const annotations = { ...entry.labels, ...objectOf(entry.resource['labels']) };
  const members: readonly (readonly [string, string | undefined])[] = [
    ['kind', '"Event"'],
    ['apiVersion', '"audit.k8s.io/v1"'],
    ['level', isStream ? '"Request"' : '"RequestResponse"'],
    ['auditID', goString(entry.insertId)],
    ['stage', isStream ? '"ResponseStarted"' : '"ResponseComplete"'],
    ['requestURI', goString(`/${name}`)],
    ['verb', goString(verb)],
    ['user', written({ username: caller })],
    ['sourceIPs', `[${goString(textOf(member(metadata, 'callerIp')))}]`],
    ['userAgent', agent === '' ? undefined : goString(agent)],
    ['objectRef', Object.keys(reference).length === 0 ? undefined : written(reference)],
    ['responseStatus', statusOf(verb, isStream, settings?.real_status ? payload : undefined)],
    ['requestObject', bodyOf(member(payload, 'request'))],
    ['responseObject', bodyOf(member(payload, 'response'))],
    ['requestReceivedTimestamp', stamp],
    ['stageTimestamp', stamp],
    ['annotations', Object.keys(annotations).length === 0 ? undefined : goObject(annotations)],
  ];
  const shown = members.filter(([, text]) => text !== undefined);
  return { text: `{${shown.map(([key, text]) => `"${key}":${text}`).join(',')}}`, time: entry.received };
}

/** Members in their order, without the empty ones. */
function written(members: Readonly<Record<string, string>>): string {
  const shown = Object.entries(members).filter(([, text]) => text !== '');
  return `{${shown.map(([key, text]) => `"${key}":${goString(text)}`).join(',')}}`;
}

const bodyOf = (value: unknown): string | undefined => (isObject(value) ? goJson(value) : undefined);

/** To the microsecond, cut off. */
function stampOf({ seconds, nanos }: EventTime): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `"${whole}.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z"`;
}

/** `core/v1/namespaces/payments/pods/web-1/exec`, in the order of an audit event's objectRef. */
function referenceOf(name: string): Readonly<Record<string, string>> {
  const [p0 = '', p1 = '', p2 = '', p3 = '', p4 = '', p5 = '', p6 = ''] = name.split('/');
  const parts = name.split('/').length;
  const reference = (resource: string, namespace: string, object: string, subresource: string) =>
    nonEmpty({ resource, namespace, name: object, apiGroup: p0, apiVersion: p1, subresource });
  if (parts >= 5 && p2 === 'namespaces') return reference(p4, p3, p5, p6);
  if (parts >= 4) return reference(p2, '', p3, p4);
  return {};
}

const nonEmpty = (members: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(members).filter(([, text]) => text !== ''));

// google.rpc.Code → what an API server answers.
const CODES: Readonly<Record<number, number>> = {
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 409,
  12: 501,
  13: 500,
  14: 503,
  16: 401,
};

/** What became of the call. Falco's plugin takes all calls for successful. @param payload where the truth is wanted */
function statusOf(verb: string, isStream: boolean, payload: Json | undefined): string {
  const status = objectOf(payload && member(payload, 'status'));
  const code = status['code'];
  if (typeof code === 'number' && code !== 0) {
    const message = goString(textOf(status['message']));
    return `{"metadata":{},"status":"Failure","message":${message},"code":${CODES[code] ?? 500}}`;
  }
  const [number, text] = isStream
    ? [101, 'Switching Protocols (inferred)']
    : verb === 'create'
      ? [201, 'Created (inferred)']
      : [200, 'OK (inferred)'];
  return `{"metadata":{},"status":"${text}","message":"${text}","code":${number}}`;
}
