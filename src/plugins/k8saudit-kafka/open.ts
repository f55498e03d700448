// Settings of k8saudit-kafka → the source that reads its topics.

import { checkKafkaKeys, kafkaOptions } from '../../kafka/access.js';
import { loadKafka } from '../../kafka/library.js';
import { kafkaMissing } from '../../kafka/package.js';
import { SourceError } from '../../sources/source.js';
import { faultText } from '../faults.js';
import type { OpenContext, OpenedSource } from '../plugin.js';
import { type KafkaSettings, keysOf } from './settings.js';
import { openTopics } from './source.js';

const NAME = 'k8saudit-kafka';
const LATEST = -1n;
const EARLIEST = -2n;

const topicsOf = (params: string): readonly string[] => [
  ...new Set(
    params
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
];

function startOf(text: string): bigint | undefined {
  if (text === 'latest') return LATEST;
  if (text === 'earliest') return EARLIEST;
  const time = Date.parse(text);
  return Number.isNaN(time) || time < 0 ? undefined : BigInt(time);
}

export function checkKafka({
  settings,
  params,
}: Pick<OpenContext<KafkaSettings>, 'settings' | 'params'>): string | undefined {
  const fault = checkKafkaKeys(keysOf(settings));
  if (fault !== undefined) return `${NAME}: ${fault}`;
  if (topicsOf(params).length === 0) return `${NAME}: open_params names no topic`;
  if (settings.group === '') return `${NAME}: group is empty`;
  return startOf(settings.start) === undefined
    ? `${NAME}: start is neither latest, earliest nor a time: ${settings.start}`
    : undefined;
}

/** Errors: SourceError. */
export function openKafka(context: OpenContext<KafkaSettings>): OpenedSource {
  const fault = checkKafka(context);
  if (fault !== undefined) throw new SourceError(fault);
  const { settings, params, io } = context;
  const library = loadKafka();
  if (library === undefined)
    throw new SourceError(kafkaMissing('this source') ?? 'the client for Kafka cannot be loaded');
  return openTopics({
    library,
    client: clientOptions(settings),
    topics: topicsOf(params),
    group: settings.group,
    start: startOf(settings.start)!,
    exactlyOnce: settings.exactly_once,
    sessionMs: settings.session_timeout * 1000,
    clusterName: settings.cluster_name === '' ? undefined : settings.cluster_name,
    maxEventSize: settings.max_event_size,
    io,
  });
}

function clientOptions(settings: KafkaSettings): ReturnType<typeof kafkaOptions> {
  try {
    return kafkaOptions(keysOf(settings));
  } catch (error) {
    throw new SourceError(`${NAME}: ${faultText(error)}`, { cause: error });
  }
}
