// Partitions of one broker → what it has of them. The client's own stream buffers records over changes of the group, and its
// filter for aborted transactions fails on markers of empty ones; so the request is made here.

import type { KafkaApi, KafkaCall, KafkaLibrary, KafkaMetadata, KafkaPool } from '../../kafka/library.js';
import type { Part } from './part.js';
import type { FetchedPartition } from './records.js';

export interface Fetched {
  readonly part: Part;
  readonly answer: FetchedPartition;
}

export type Fetch = (
  leader: number,
  parts: readonly Part[],
  metadata: KafkaMetadata,
) => Promise<readonly Fetched[]>;

interface Response {
  readonly responses: readonly {
    readonly topicId: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

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
    const connection = await pool.get(broker);
    const asked = topicsOf(parts, metadata);
    const response = await new Promise<Response>((resolve, reject) => {
      const done = (error: unknown, answer: Response): void => {
        // A fault of one partition comes as an error, with the answer of all.
        const all = error === null ? answer : (error as { readonly response?: Response }).response;
        if (all?.responses === undefined || all.responses.length === 0 ? error !== null : false)
          reject(error);
        else resolve(all!);
      };
      api(connection, WAIT_MS, 1, MOST_BYTES, READ_COMMITTED, 0, 0, asked, [], '', done);
    });
    return response.responses.flatMap(({ topicId, partitions }) =>
      partitions.flatMap((answer) => {
        const part = parts.find(
          ({ topic, partition }) =>
            partition === answer.partitionIndex && metadata.topics.get(topic)?.id === topicId,
        );
        return part === undefined ? [] : [{ part, answer }];
      }),
    );
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
