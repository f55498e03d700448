// In: `tsfalco.correlation` of the merged configuration. Out: how long events are waited for, what is kept at most and where
// (docs/correlation.md). What does not fit into memory is refused here.

import type { ByteString } from '../../bytes.js';
import { parseInterval } from '../../interval.js';
import { suggest } from '../../suggest.js';
import type { CorrelationConfig } from '../config.js';
import type { Reader } from '../read/read.js';
import { ConfigError, keyText } from '../read/tree.js';

const SECTION = 'tsfalco.correlation';
const KEYS = [
  'lateness',
  'max_groups',
  'max_events',
  'max_events_per_group',
  'max_waiting',
  'partition_key',
  'state',
] as const;

const MICROS_PER_MS = 1000;
/** What tables take for each; engine/correlation says why. */
const GROUP_BYTES = 80;
const EVENT_BYTES = 48;
const MOST_BYTES = 400 * 1024 * 1024;

/** @throws ConfigError */
export function readCorrelation(reader: Reader): CorrelationConfig {
  const tree = reader.node(SECTION);
  if (tree !== undefined && tree.kind !== 'mapping' && !(tree.kind === 'scalar' && tree.isNull))
    throw fault(SECTION, 'a mapping is expected');
  for (const { key } of tree?.kind === 'mapping' ? tree.entries : []) checkKey(keyText(key));
  const config = {
    lateness: readLateness(reader),
    limits: {
      groups: readBound(reader, 'max_groups', 100_000),
      events: readBound(reader, 'max_events', 400_000),
      eventsPerGroup: readBound(reader, 'max_events_per_group', 1000),
      waiting: readBound(reader, 'max_waiting', 100_000),
    },
    partitionKey: reader.texts(`${SECTION}.partition_key`),
    state: readState(reader),
  };
  const { groups, events, eventsPerGroup } = config.limits;
  const bytes = groups * GROUP_BYTES + events * EVENT_BYTES;
  if (bytes > MOST_BYTES)
    throw fault(
      SECTION,
      `max_groups ${groups} and max_events ${events} come to ${Math.ceil(bytes / 2 ** 20)} MB, more than ${MOST_BYTES / 2 ** 20} MB`,
    );
  if (eventsPerGroup > events)
    throw fault(`${SECTION}.max_events_per_group`, `${eventsPerGroup} is more than max_events ${events}`);
  return config;
}

const fault = (key: string, text: ByteString): ConfigError =>
  new ConfigError(`Config error at key "${key}": ${text}`);

function checkKey(key: string): void {
  if (KEYS.some((known) => known === key)) return;
  const near = suggest(key, KEYS);
  const advice = near === undefined ? `known are ${KEYS.join(', ')}` : `did you mean '${near}'?`;
  throw fault(`${SECTION}.${key}`, `unknown key; ${advice}`);
}

function readLateness(reader: Reader): number {
  const text = reader.text(`${SECTION}.lateness`, '2m');
  const ms = parseInterval(text);
  if (ms === 0 && text !== '0') throw fault(`${SECTION}.lateness`, `'${text}' is not a duration: 2m, 90s, 0`);
  return ms * MICROS_PER_MS;
}

/** A file or an object in S3. */
function readState(reader: Reader): ByteString {
  const text = reader.text(`${SECTION}.state`, '');
  if (/^s3:/i.test(text) && !/^s3:\/\/[^/]+\/.*[^/]$/i.test(text))
    throw fault(`${SECTION}.state`, `'${text}' is neither a file nor s3://bucket/key`);
  return text;
}

function readBound(reader: Reader, key: (typeof KEYS)[number], fallback: number): number {
  const name = `${SECTION}.${key}`;
  if (reader.node(name) === undefined) return fallback;
  const number = reader.unsigned(name, 0, 1e9);
  if (number < 1) throw fault(name, `'${reader.text(name, '')}' is no number from 1 on`);
  return number;
}
