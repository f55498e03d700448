// A heap: what comes first is taken first, whatever order it was put in.

export interface Heap<T> {
  size(): number;
  first(): T | undefined;
  add(item: T): void;
  take(): T | undefined;
  /** In no order. */
  all(): readonly T[];
}

/** @param before whether one item comes before another */
export function createHeap<T>(before: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];

  function rise(from: number): void {
    const item = items[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  function sink(item: T): void {
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      const right = child + 1;
      if (right < items.length && before(items[right]!, items[child]!)) child = right;
      if (!before(items[child]!, item)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
  }

  return {
    size: () => items.length,
    first: () => items[0],
    add(item) {
      items.push(item);
      rise(items.length - 1);
    },
    take() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) sink(last);
      return first;
    },
    all: () => items,
  };
}
