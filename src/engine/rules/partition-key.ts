// What a correlation must group by where several processes share the events out, as Kafka's partitions are: who counts a
// group has to see all of it.

import type { ByteString } from '../../bytes.js';
import type { CorrelationDefinition } from './definitions.js';

/** Fields of the partition key that `group-by` lacks; an alias stands for the fields of its steps. */
export function lackingKey(
  { groupBy, aliases }: Pick<CorrelationDefinition, 'groupBy' | 'aliases'>,
  partitionKey: readonly ByteString[],
): readonly ByteString[] {
  const grouped = new Set(
    groupBy.flatMap(({ text }) => [
      text,
      ...[...(aliases.get(text)?.values() ?? [])].map((each) => each.text),
    ]),
  );
  return partitionKey.filter((field) => !grouped.has(field));
}
