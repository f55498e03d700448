// Partitions of one broker → what it has of them. The client's own stream buffers records over changes of the group, its filter for
// aborted transactions fails on markers of empty ones, and its parser on damaged batches; so the request is made here, and its
// answer read by answer.ts.

import type {
  KafkaApi,
  KafkaCall,
  KafkaConnection,
  KafkaLibrary,
  KafkaMetadata,
  KafkaPool,
} from '../../kafka/library.js';
import { type FetchAnswer, type FetchedPartition, parseFetchAnswer } from './answer.js';
import type { Part } from './part.js';

export interface Fetched {
  readonly part: Part;
  readonly answer: FetchedPartition;
}

export type Fetch = (
  leader: number,
  parts: readonly Part[],
  metadata: KafkaMetadata,
) => Promise<readonly Fetched[]>;

const WAIT_MS = 500;
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_BYTES_PARTITION = 1024 * 1024;
const READ_COMMITTED = 1;
/** The client has so many versions; from the first one on topics have ids. */
const VERSIONS = [17, 16, 15, 14, 13];

/** Errors of the result: of the client; a partition's own fault is in its answer. */
export function createFetch(library: KafkaLibrary, pool: KafkaPool, apis: readonly KafkaApi[]): Fetch {
  const known = apis.find(({ name }) => name === 'Fetch');
  const version = VERSIONS.find((each) => known !== undefined && each <= known.maxVersion);
  if (version === undefined || version < known!.minVersion)
    throw new Error('the brokers are older than Kafka 3.1, or newer than the client');
  const { api } = library[`fetchV${version}`] as { readonly api: KafkaCall };

  return async (leader, parts, metadata) => {
    const broker = metadata.brokers.get(leader);
    if (broker === undefined) throw new Error(`there is no broker ${leader}`);
    const connection = readingHere(await pool.get(broker));
    const asked = topicsOf(parts, metadata);
    const { errorCode, partitions } = await new Promise<FetchAnswer>((resolve, reject) => {
      const done = (error: unknown, answer: FetchAnswer): void =>
        error === null ? resolve(answer) : reject(error);
      api(connection, WAIT_MS, 1, MOST_BYTES, READ_COMMITTED, 0, 0, asked, [], '', done);
    });
    if (errorCode !== 0)
      throw new Error(
        `the broker refuses to give records: ${library.protocolErrorsCodesById[errorCode] ?? errorCode}`,
      );
    return partitions.flatMap((answer) => {
      const part = parts.find(
        ({ topic, partition }) =>
          partition === answer.partition && metadata.topics.get(topic)?.id === answer.topicId,
      );
      return part === undefined ? [] : [{ part, answer }];
    });
  };
}

/** The connection, on which answers are read by our parser in place of the client's. */
function readingHere(connection: KafkaConnection): KafkaConnection {
  return {
    send: (key, version, request, _parse, ...rest) =>
      connection.send(key, version, request, (...parts) => parseFetchAnswer(parts[3]), ...rest),
  };
}

function topicsOf(parts: readonly Part[], metadata: KafkaMetadata) {
  return parts.map(({ topic, partition, position }) => ({
    topicId: metadata.topics.get(topic)!.id,
    partitions: [
      {
        partition,
        currentLeaderEpoch: -1,
        fetchOffset: position,
        lastFetchedEpoch: -1,
        partitionMaxBytes: MOST_BYTES_PARTITION,
      },
    ],
  }));
}
