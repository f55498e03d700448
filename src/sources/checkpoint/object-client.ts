// What a checkpoint needs of an object store: to read an object if it has changed, and to write it only if nobody else has.

export interface Found {
  readonly bytes: Uint8Array;
  /** Names this content; changes with each write. */
  readonly tag: string;
  /** When it was written by the service's clock, milliseconds since the epoch. */
  readonly written: number | undefined;
}

export interface ObjectClient {
  /** @param known tag of the content that is known already. @returns undefined: there is no object. Errors: SourceError. */
  get(known: string | undefined, signal: AbortSignal): Promise<Found | 'same' | undefined>;
  /**
   * @param expected tag of the content that is replaced; undefined: there must be none
   * @returns the new tag; undefined: someone else was quicker. Errors: SourceError, where it may or may not be written.
   */
  put(bytes: Uint8Array, expected: string | undefined, signal: AbortSignal): Promise<string | undefined>;
  /** Errors: SourceError. */
  remove(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Where an object is. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** `s3://bucket/key` → its parts; undefined: it names a file. */
export function objectPlace(text: string): ObjectPlace | undefined {
  if (!/^s3:/i.test(text)) return undefined;
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*[^/])$/i.exec(text) ?? [];
  return { bucket: bucket ?? '', key: key ?? '' };
}
