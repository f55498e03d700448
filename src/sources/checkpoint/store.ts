// Where a source remembers how far it has come: what each store of it can do. A store keeps records (plain JSON objects) over
// a restart, and lets one process at a time use them. Files are one (file.ts), an object in S3 the other (object.ts).

export interface CheckpointStore<T extends object> {
  readonly records: Checkpoint<T>;
  readonly lock: CheckpointLock;
  /** Records of others that are written together with these, under the same lock: an object's. Files stand side by side. */
  readonly beside?: Checkpoint<object>;
}

export interface Remembered<T> {
  /** In the order in which they were written. */
  readonly records: readonly T[];
  /** Numbers of the lines that cannot be read, from 1. */
  readonly bad: readonly number[];
  /** When it was last written, milliseconds since the epoch; undefined: there is none, or it is empty. */
  readonly written: number | undefined;
}

export interface Checkpoint<T extends object> {
  /** What it holds. Errors: SourceError. */
  load(): Promise<Remembered<T>>;
  /** Adds a record. Errors: SourceError (retryable). */
  append(record: T): Promise<void>;
  /** Replaces all records by one. Errors: SourceError (retryable). */
  replace(record: T): Promise<void>;
  /** Removes it. Errors: SourceError (retryable). */
  remove(): Promise<void>;
  /** Whether the room is used up, so that it is time to replace the records by their sum. */
  isFull(): boolean;
  /** Characters of JSON that a record may have; undefined: whatever there is room for. */
  readonly most?: number;
}

export interface CheckpointLock {
  /** Resolves when it is ours; false: after the abort. Errors: SourceError, where there can be no such lock. */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** Errors: SourceError, where another process has taken it, because this one stood still for too long. */
  confirm(): Promise<void>;
  /** It is no longer kept: the end is near. It is still ours until release(), or until this process is gone. */
  rest(): void;
  release(): Promise<void>;
}

/** Who has a checkpoint, for people; nothing that another process wrote is believed further than its letters. */
export function nameOf(
  owner: { readonly host: string; readonly pid?: string | undefined } | undefined,
): string {
  if (owner === undefined) return 'another process';
  const printable = (text: string): string => text.replace(/[^\w.-]/g, '?').slice(0, 100);
  const process = owner.pid === undefined ? 'a process' : `process ${printable(owner.pid)}`;
  return `${process} on host ${printable(owner.host)}`;
}
