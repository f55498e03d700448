// What a subscription of CloudWatch Logs sends: gzipped JSON with log events of one stream. In: bytes, one such message or many
// behind each other (Firehose's objects), or plain audit events. Out: texts of audit events, pieces put together.

import { gunzipSync } from 'node:zlib';
import { createAssembler } from './cloudwatch/pieces.js';
import { spansOf } from './pieces.js';

export interface Texts {
  /** From the log group's name; undefined where nothing tells. */
  readonly cluster: string | undefined;
  /** Each with an Event, an EventList or an array of them. */
  readonly texts: readonly string[];
  /** What cannot be read, a line for each. */
  readonly faults: readonly string[];
}

const STREAMS = 'kube-apiserver-audit';
const MOST_BYTES = 512 * 1024 * 1024;
const GZIP = 0x1f;

/** Never throws: what cannot be read is a fault. @param most bytes that it may hold when it is unpacked */
export function readTexts(bytes: Uint8Array, most = MOST_BYTES): readonly Texts[] {
  let body: Uint8Array;
  try {
    body = bytes[0] === GZIP ? gunzipSync(bytes, { maxOutputLength: most }) : bytes;
  } catch (error) {
    return [fault(`cannot unpack: ${error instanceof Error ? error.message : String(error)}`)];
  }
  return [...spansOf(body)].map(({ from, to }) =>
    readValue(Buffer.from(body.subarray(from, to)).toString('utf8')),
  );
}

function fault(text: string): Texts {
  return { cluster: undefined, texts: [], faults: [text] };
}

function readValue(text: string): Texts {
  // Audit events are read as they are written, not by way of numbers and objects.
  if (!text.includes('"messageType"')) return { cluster: undefined, texts: [text], faults: [] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fault('cannot parse JSON of a subscription');
  }
  if (!isObject(json) || !Array.isArray(json['logEvents']))
    return { cluster: undefined, texts: [text], faults: [] };
  const cluster = /^\/aws\/eks\/([^/]+)\/cluster$/.exec(String(json['logGroup']))?.[1];
  const stream = String(json['logStream']);
  // Whether it can be delivered is all that a control message asks; other components write to the same group.
  if (json['messageType'] !== 'DATA_MESSAGE' || !stream.startsWith(STREAMS))
    return { cluster, texts: [], faults: [] };
  return { cluster, ...joined(stream, json['logEvents'] as readonly unknown[]) };
}

function joined(stream: string, events: readonly unknown[]): Pick<Texts, 'texts' | 'faults'> {
  const assembler = createAssembler();
  const texts: string[] = [];
  const faults: string[] = [];
  events.forEach((event, id) => {
    const { message, timestamp } = isObject(event) ? event : {};
    if (typeof message !== 'string') {
      faults.push('a log event without a text');
      return;
    }
    const time = Number(timestamp) || 0;
    const taken = assembler.take({
      id,
      event: { id: String(id), stream, timestamp: time, ingestion: time, message },
    });
    if (taken.kind === 'whole') texts.push(taken.text);
    else if (taken.kind === 'truncated') faults.push('a log event that the service cut off');
  });
  const held = assembler.held();
  if (held > 0) faults.push(`${held} pieces of split events whose others are not in the record`);
  return { texts, faults };
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
