// Events as a program has them: text, bytes or objects → events of one source, in order, and what could not be read.

import { type ByteString, fromBytes, readBytes, toBytes } from '../bytes.js';
import { unwrapperOf } from '../plugins/origin.js';
import type { Plugin } from '../plugins/plugin.js';
import type { Source } from '../sources/source.js';
import type { Emit, Prefiltered } from '../sources/unwrap.js';

/** An audit event, an EventList or an array of them: JSON text, its bytes, or what JSON.parse makes of it. */
export type AuditEvents = string | Uint8Array | object;

/** Reads events in order; gives what could not be read. */
export function createReader(
  source: string,
  plugin: Plugin,
  clusterName: string | undefined,
  opened: Pick<Source, 'settings' | 'labels' | 'clusterName'> | undefined,
) {
  const faults: string[] = [];
  const unwrap = unwrapperOf({
    source,
    plugin,
    settings: opened?.settings,
    labels: opened?.labels,
    maxEventSize: Number.POSITIVE_INFINITY,
    clusterName: opened?.clusterName ?? (clusterName === undefined ? undefined : toBytes(clusterName)),
    log: (_level, message) => faults.push(fromBytes(message)),
  });
  return (events: AuditEvents, use: Emit, prefiltered?: Prefiltered): readonly string[] => {
    const payload = payloadOf(events);
    if (typeof payload !== 'string') return [payload.fault];
    unwrap(payload, use, prefiltered);
    return faults.splice(0);
  };
}

function payloadOf(events: AuditEvents): ByteString | { readonly fault: string } {
  if (typeof events === 'string') return toBytes(events);
  if (events instanceof Uint8Array) return readBytes(events);
  try {
    return toBytes(JSON.stringify(events) ?? '');
  } catch (error) {
    // No JSON (a cycle, a bigint), or nested more deeply than JSON.stringify goes. What else it throws is the caller's own.
    if (error instanceof TypeError) return { fault: error.message };
    if (error instanceof RangeError)
      return { fault: `an object that cannot be written as JSON: ${error.message}` };
    throw error;
  }
}
