// What a service pushes, until it is asked for: a queue with a limit.

export interface Inbox<T> {
  /** Whether there is room; the pusher waits, or refuses, where there is none. */
  push(item: T, size: number): boolean;
  /** Everything that came since, as soon as there is something; nothing: it was closed, or the signal fired. */
  take(signal: AbortSignal): Promise<readonly T[]>;
  /** Ends with what is in it, or with an error once that was taken. */
  close(error?: Error): void;
}

export function createInbox<T>(limit: { readonly items: number; readonly bytes: number }): Inbox<T> {
  let items: T[] = [];
  let bytes = 0;
  let isClosed = false;
  let fault: Error | undefined;
  let wake: () => void = () => {};

  return {
    push(item, size) {
      if (isClosed || items.length >= limit.items || (items.length > 0 && bytes + size > limit.bytes))
        return false;
      items.push(item);
      bytes += size;
      wake();
      return true;
    },
    async take(signal) {
      if (items.length === 0 && !isClosed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      const taken = items;
      items = [];
      bytes = 0;
      if (taken.length === 0 && fault !== undefined && !signal.aborted) throw fault;
      return taken;
    },
    close(error) {
      isClosed = true;
      fault ??= error;
      wake();
    },
  };
}
