// What the CloudWatch source asks of a log service, in plain data: client.ts gives it with the AWS SDK, tests
// give it with a model.

export interface LogEvent {
  /** The service's `eventId`, if it gave one. */
  readonly id?: string | undefined;
  readonly stream: string;
  /** Milliseconds since the epoch: the writer's time, by which the service sorts and filters. */
  readonly timestamp: number;
  /** Milliseconds since the epoch: when the service took the event in. */
  readonly ingestion: number;
  /** The text; empty where it stands among the bytes of its page (raw-page.ts). */
  readonly message: string;
  /** What it is known by (cursor/seen.ts), where the client was told what to make it with. */
  readonly identity?: number | undefined;
}

/** Which events are known, so that their texts are of no use. */
export interface Known {
  /** What identities are made with. */
  readonly seed: number;
  readonly has: (timestamp: number, identity: number) => boolean;
}

export interface LogRequest {
  /** Milliseconds since the epoch, inclusive. */
  readonly startTime: number;
  /** Milliseconds since the epoch, inclusive; undefined: no end. */
  readonly endTime?: number | undefined;
  readonly nextToken?: string | undefined;
  /** A client may make use of it, or give everything. */
  readonly known?: Known | undefined;
}

export interface LogPage {
  readonly events: readonly LogEvent[];
  /** Those that the client left out, since it was told that they are known: how many, and times of the oldest and newest. */
  readonly known?: { readonly count: number; readonly oldest: number; readonly newest: number };
  /** Where the search goes on. Undefined: it is finished. A page may be empty and have one. */
  readonly nextToken?: string | undefined;
  /** The service's clock when it answered, milliseconds since the epoch. */
  readonly serverTime?: number | undefined;
  /** Events that had no time or no text. */
  readonly damaged?: number;
}

/** Events of a page, those that are left out among them. */
export function countOf({ events, known }: LogPage): number {
  return events.length + (known?.count ?? 0);
}

/** What a client reads, and as whom. */
export interface Reading {
  readonly group: string;
  readonly region: string | undefined;
  /** ARN; undefined where nobody could be asked. */
  readonly caller: string | undefined;
}

export interface LogClient {
  /** For people; takes some seconds at most, and never rejects. */
  describe(signal: AbortSignal): Promise<Reading>;
  /** Errors: ClientFault. */
  read(request: LogRequest, signal: AbortSignal): Promise<LogPage>;
  close(): void;
}

/**
 * What to do about a fault:
 * `throttled` slow down; `token` read the window again from its start; `transient` try again later;
 * `configuration` someone must change something.
 */
export type FaultKind = 'throttled' | 'token' | 'transient' | 'configuration';

/** A call that failed. The message is one line for people, says what to do, and holds no secret. */
export class ClientFault extends Error {
  override readonly name = 'ClientFault';
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
