// Several sources that one plugin opened → one, whose batches come as they come.

import type { Batch, Position, Source } from '../sources/source.js';

/** A place in one of them. */
interface Place {
  readonly source: Source;
  readonly position: Position;
}

const places = new WeakSet<object>();

const placeOf = (position: Position): Place | undefined =>
  typeof position === 'object' && position !== null && places.has(position) ? (position as Place) : undefined;

/** The source that a batch is from, where there are several. */
export const sourceBehind = ({ position }: Batch): Source | undefined => placeOf(position)?.source;

/** Reads sources side by side. A fault of one of them is a fault of all. */
export function sideBySide(first: Source, others: readonly Source[]): Source {
  const all = [first, ...others];
  return {
    ...first,
    batches: (signal) => mixed(all, signal),
    commit(position) {
      const place = placeOf(position);
      return place?.source.commit?.(place.position);
    },
  };
}

interface Given {
  readonly source: Source;
  readonly batches: AsyncIterator<Batch>;
  readonly result: IteratorResult<Batch>;
}

async function* mixed(sources: readonly Source[], signal: AbortSignal): AsyncGenerator<Batch> {
  const waiting = new Map<AsyncIterator<Batch>, Promise<Given>>();
  const ask = (source: Source, batches: AsyncIterator<Batch>): void => {
    const given = batches.next().then((result): Given => ({ source, batches, result }));
    // Whoever fails first is heard; the others are not waited for then.
    given.catch(() => undefined);
    waiting.set(batches, given);
  };
  for (const source of sources) ask(source, source.batches(signal)[Symbol.asyncIterator]());
  try {
    while (waiting.size > 0) {
      const { source, batches, result } = await Promise.race(waiting.values());
      waiting.delete(batches);
      if (result.done === true) continue;
      const place: Place = { source, position: result.value.position };
      places.add(place);
      yield { ...result.value, position: place };
      ask(source, batches);
    }
  } finally {
    for (const batches of waiting.keys()) void batches.return?.()?.catch(() => undefined);
  }
}
