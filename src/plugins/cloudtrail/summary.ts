// One line of what happened: ct.info and evt.plugininfo, and the fields that they are made of (spec: plugins.md §2.5–2.7).

import type { Semantics } from '../../fields/field.js';
import { textOf } from '../falco.js';
import type { PluginEvent } from '../plugin.js';
import { isUnknownKind, userOf } from './identity.js';

export const BYTES_IN = '/additionalEventData/bytesTransferredIn';
export const BYTES_OUT = '/additionalEventData/bytesTransferredOut';

const MOST = 2n ** 64n - 1n;
const SUFFIX = '.amazonaws.com';

/** ct.shortsrc: `s3` of `s3.amazonaws.com`. */
export function shortSource(event: PluginEvent): string | undefined {
  const source = textOf(event, '/eventSource');
  return source !== undefined && source.length > SUFFIX.length && source.endsWith(SUFFIX)
    ? source.slice(0, -SUFFIX.length)
    : source;
}

/** A number there as Go reads it: an unsigned one as it is, others cut and wrapped around; 0 for what is none. */
export function amountAt(event: PluginEvent, place: string): bigint | undefined {
  const text = event.json(place);
  if (text === undefined) return undefined;
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= MOST) return BigInt(text);
  const number = /^[-\d]/.test(text) ? Math.trunc(Number(text)) : 0;
  return BigInt.asUintN(64, BigInt(Number.isFinite(number) ? number : 0));
}

/** s3.bytes: both directions. */
export function bytesOf(event: PluginEvent): bigint | undefined {
  const [sent, received] = [amountAt(event, BYTES_IN), amountAt(event, BYTES_OUT)];
  if (sent === undefined && received === undefined) return undefined;
  return BigInt.asUintN(64, (sent ?? 0n) + (received ?? 0n));
}

/** s3.uri. */
export function uriOf(event: PluginEvent): string | undefined {
  const bucket = event.string('/requestParameters/bucketName');
  const key = event.string('/requestParameters/key');
  return bucket === undefined || key === undefined ? undefined : `s3://${bucket}/${key}`;
}

/** ct.info. */
export function infoOf(event: PluginEvent, semantics: Semantics): string {
  const lacks = (what: string) => `<invalid cloudtrail event: ${what} field missing>`;
  const user = userOf(event, semantics);
  if (user === undefined) return lacks('userIdentity');
  const address = textOf(event, '/sourceIPAddress');
  if (address === undefined) return lacks('eventSource');
  const name = textOf(event, '/eventName');
  if (name === undefined) return lacks('eventName');
  const who = user === address ? user : `${user} via ${address}`;
  return `${who} ${arrowOf(event)} ${name}${detailsOf(event, name)}`;
}

/** Which way it went: into the service, or out of it; `!` where it failed. */
function arrowOf(event: PluginEvent): string {
  const failed = event.json('/errorCode') === undefined ? '' : '!';
  const readOnly = event.json('/readOnly');
  return `${failed}${readOnly !== undefined && readOnly !== 'true' ? '→' : '←'}`;
}

const BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];
const BLOCK = '/requestParameters/PublicAccessBlockConfiguration';

function detailsOf(event: PluginEvent, name: string): string {
  if (name === 'PutBucketPublicAccessBlock' && event.json(BLOCK)?.startsWith('{')) {
    // Falco looks at the top of the event, where they never are.
    const flags = BLOCKS.map((flag) => `${flag}=${event.json(`/${flag}`) === 'true'}`);
    return ` ${flags.join(' ')} `;
  }
  const bytes = bytesOf(event);
  return `${bytes === undefined ? '' : ` Size=${bytes}`}${objectOf(event)}`;
}

function objectOf(event: PluginEvent): string {
  const found: readonly (readonly [string, string | undefined])[] = [
    ['URI', uriOf(event)],
    ['Bucket', textOf(event, '/requestParameters/bucketName')],
    ['Key', textOf(event, '/requestParameters/key')],
    ['Host', textOf(event, '/requestParameters/Host')],
  ];
  const [label, value] = found.find(([, text]) => text !== undefined) ?? [];
  return label === undefined ? '' : ` ${label}=${value}`;
}

/** evt.plugininfo. */
export function pluginInfoOf(event: PluginEvent): string {
  const lacks = (what: string) => `<invalid JSON: event did not contain ${what}>`;
  if (event.string('/eventSource') === undefined) return lacks('a source');
  const region = event.string('/awsRegion');
  if (region === undefined) return lacks('an awsRegion');
  const name = event.string('/eventName');
  if (name === undefined) return lacks('an eventName');
  return `${region}${callerOf(event)} ${shortSource(event)} ${name} ${infoOf(event, 'falco')}`;
}

function callerOf(event: PluginEvent): string {
  if (isUnknownKind(event)) return '<unknown user type>';
  if (event.string('/userIdentity/type') === undefined) return '';
  const user = userOf(event, 'falco');
  return user === undefined ? '<NA>' : user === '' ? '' : ` ${user}`;
}
