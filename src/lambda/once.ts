// Alerts → those that were not sent before, as a table of DynamoDB remembers them by their ids for a day. An alert is noted once it
// has arrived: a function that is stopped in between sends it again, and never loses it.

import { createHash } from 'node:crypto';
import { lazily, type Send } from './aws.js';
import type { LambdaAlert } from './handler.js';

type Item = Record<string, { S?: string; N?: string }>;
type Requests<T> = Record<string, T>;

/** `new DynamoDB({})` of the SDK. */
export interface DynamoDbClient {
  batchGetItem(input: {
    RequestItems: Requests<{ Keys: Item[]; ConsistentRead: boolean }>;
  }): Promise<{ readonly Responses?: Readonly<Requests<readonly object[]>> | undefined }>;
  batchWriteItem(input: {
    RequestItems: Requests<{ PutRequest: { Item: Item } }[]>;
  }): Promise<{ readonly UnprocessedItems?: Readonly<Requests<readonly object[]>> | undefined }>;
}

const MOST_READ = 100;
const MOST_WRITTEN = 25;
const REMEMBERED_SECONDS = 86_400;
const LONGEST_KEY = 2048;

/**
 * @param table its key is a text named `id`; `until` (seconds since the epoch) is for its time to live
 * @param send where alerts go that it does not know
 */
export function sendOnce(table: string, send: Send, client?: DynamoDbClient): Send {
  const open = lazily<DynamoDbClient>('@aws-sdk/client-dynamodb', 'DynamoDB', client);

  async function known(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const some of portions(ids, MOST_READ)) {
      const keys = some.map((id) => ({ id: { S: id } }));
      const { Responses } = await (await open()).batchGetItem({
        RequestItems: { [table]: { Keys: keys, ConsistentRead: true } },
      });
      // Of what it has no capacity for it says nothing; then an alert comes twice.
      for (const item of Responses?.[table] ?? []) found.add((item as Item)['id']?.S ?? '');
    }
    return found;
  }

  async function note(ids: readonly string[]): Promise<void> {
    const until = { N: String(Math.floor(Date.now() / 1000) + REMEMBERED_SECONDS) };
    let left = 0;
    for (const some of portions(ids, MOST_WRITTEN)) {
      const puts = some.map((id) => ({ PutRequest: { Item: { id: { S: id }, until } } }));
      const { UnprocessedItems } = await (await open()).batchWriteItem({ RequestItems: { [table]: puts } });
      left += UnprocessedItems?.[table]?.length ?? 0;
    }
    if (left > 0)
      console.error(`${left} alerts are not noted in ${table}, which has no capacity: they may come again`);
  }

  function complain(what: string, error: unknown): ReadonlySet<string> {
    console.error(`alerts ${what} ${table}: ${error instanceof Error ? error.message : String(error)}`);
    return new Set();
  }

  return async (alerts) => {
    const byId = new Map<string, LambdaAlert>();
    for (const alert of alerts) byId.set(keyOf(alert), alert);
    // Where the table cannot be read, an alert twice is better than none.
    const seen = await known([...byId.keys()]).catch((error: unknown) =>
      complain('may come again, they are not read from', error),
    );
    const fresh = [...byId].filter(([id]) => !seen.has(id));
    if (fresh.length === 0) return;
    await send(fresh.map(([, alert]) => alert));
    // They have arrived: what fails from here on must not bring them again.
    await note(fresh.map(([id]) => id)).catch((error: unknown) => complain('are not noted in', error));
  };
}

/** As it is, where it may be a key. */
const keyOf = ({ id }: LambdaAlert): string =>
  Buffer.byteLength(id) <= LONGEST_KEY ? id : createHash('sha256').update(id).digest('hex');

function* portions<T>(all: readonly T[], most: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += most) yield all.slice(at, at + most);
}
