// A short queue between fetching and evaluation: put() waits while it is full, which is the back-pressure.

export interface Queue<T> {
  /** Resolves when the item is in, or when the signal fires (then it is dropped). */
  put(item: T, signal: AbortSignal): Promise<void>;
  end(): void;
  fail(error: unknown): void;
  /** Items until the end; throws what fail() was given, after the items before it. */
  items(): AsyncGenerator<T, void, undefined>;
}

export function createQueue<T>(capacity: number): Queue<T> {
  const waiting: T[] = [];
  let ended = false;
  let error: { readonly value: unknown } | undefined;
  let wakeReader = (): void => {};
  let wakeWriter = (): void => {};

  function close(): void {
    ended = true;
    wakeReader();
  }

  return {
    async put(item, signal) {
      while (waiting.length >= capacity && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wakeWriter = () => {
            signal.removeEventListener('abort', wakeWriter);
            resolve();
          };
          signal.addEventListener('abort', wakeWriter, { once: true });
        });
      }
      if (signal.aborted) return;
      waiting.push(item);
      wakeReader();
    },
    end: close,
    fail(value) {
      error = { value };
      close();
    },
    async *items() {
      for (;;) {
        const item = waiting.shift();
        if (item !== undefined) {
          wakeWriter();
          yield item;
        } else if (ended) {
          if (error !== undefined) throw error.value;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wakeReader = resolve;
          });
        }
      }
    },
  };
}
