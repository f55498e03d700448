// OTLP/HTTP logs as JSON: what OpenTelemetry collectors send. In: a body. Out: the bodies of its log records, which are texts of audit
// events, or the same taken apart into keys and values.

import type { ReadBody } from './firehose.js';

interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly { readonly key: string; readonly value?: AnyValue }[] };
}

interface LogRecord {
  readonly body?: AnyValue;
}

interface Logs {
  readonly resourceLogs?: readonly {
    readonly scopeLogs?: readonly { readonly logRecords?: readonly LogRecord[] }[];
  }[];
}

const START = /^\s*\{\s*"resourceLogs"\s*:/;
const HEAD = 64;

/** undefined: the body is no OTLP. */
export function readOtlp(bytes: Buffer): ReadBody | undefined {
  if (!START.test(bytes.toString('latin1', 0, HEAD))) return undefined;
  const texts: string[] = [];
  try {
    const { resourceLogs = [] } = JSON.parse(bytes.toString('utf8')) as Logs;
    for (const { scopeLogs = [] } of resourceLogs)
      for (const { logRecords = [] } of scopeLogs)
        for (const { body } of logRecords) if (body !== undefined) texts.push(textOf(body));
  } catch {
    return undefined;
  }
  return { texts, faults: [] };
}

const textOf = (body: AnyValue): string => body.stringValue ?? JSON.stringify(plain(body));

/** As JSON has it. Errors: RangeError, where it is nested too deeply. */
function plain(value: AnyValue | undefined): unknown {
  if (value === undefined) return null;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue } = value;
  if (kvlistValue !== undefined)
    return Object.fromEntries((kvlistValue.values ?? []).map(({ key, value: of }) => [key, plain(of)]));
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(plain);
  return (
    stringValue ?? boolValue ?? (intValue === undefined ? undefined : Number(intValue)) ?? doubleValue ?? null
  );
}
