// Source of a plugin: what it is opened with, what the host does for it, and what it gives.

import type {
  AlertCarrier,
  Batch,
  Source,
  SourceLog,
  SourceMetric,
  SourceProgress,
} from '../../sources/source.js';

/** An event source that was opened. */
export interface OpenedSource {
  /**
   * Batches until the source ends (return) or fails (throw a SourceError: one line for people, no secret). It ends soon
   * after the abort, without an error, and gives what it has accepted until then. Payloads are JavaScript strings, one
   * payload each; or bytes, which hold whole lines, each a payload, and are only valid until the next batch is asked for.
   */
  batches(signal: AbortSignal): AsyncIterable<Batch>;
  /** Strings in batches hold one byte of UTF-8 a char, as those of the built-in carriers do. */
  readonly bytes?: true;
  /**
   * The alerts of a batch have left: its position may be remembered, its receipts acknowledged. Batches come in order,
   * each once; what was not delivered is not committed, and is to come again. Trouble: SourceError, retryable.
   */
  commit?(position: Batch['position']): Promise<void> | void;
  /** Asked right before alerts on its events leave: false where another process has the source now, and gives the same. */
  permit?(): Promise<boolean>;
  /** Keeps records of others together with its position, under the same lock; to be used from its first batch on. */
  readonly beside?: Source['beside'];
  /** Once, before the first batch: what has to be set up at the far end. */
  setUp?(signal: AbortSignal): Promise<void>;
  /** Once, after the last one, whatever the end was: takes back what setUp did, also if that failed half-way. */
  tearDown?(): Promise<void>;
  /** Largest single event, bytes of compact JSON. Default: 4 MiB. */
  readonly maxEventSize?: number;
  /** What holds for all its events, for fields to read: the name of an organisation. */
  readonly labels?: Readonly<Record<string, string>>;
  /** `ka.cluster.name` of events that name no cluster. */
  readonly clusterName?: string;
  /** Senders push to it: payloads may come wrapped by log shippers, and senders wait when it is busy. */
  readonly shipped?: boolean;
  /** Takes alerts on its events that are for kafka_output, and sends them in one transaction with its position. */
  readonly carrier?: AlertCarrier;
  /** How far it has come, where it has an end. */
  progress?(): SourceProgress;
  /** Lines for the closing report. */
  summary?(): readonly string[];
  /** What it measures of itself. */
  series?(): readonly SourceMetric[];
}

/** What a source is opened with. */
export interface OpenContext<Settings> {
  readonly settings: Settings;
  /** open_params. */
  readonly params: string;
  /** The same, one byte a char: paths need not be UTF-8. */
  readonly paramBytes: string;
  readonly io: SourceIo;
}

/** What the host does for sources. */
export interface SourceIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whole lines, no secrets. Lines of one kind that come often are thinned out. */
  readonly log: SourceLog;
  /** Counts what the source itself leaves out, by a word for metrics (`too_large`, `poison`). */
  drop(reason: string, count?: number): void;
  /** `--from` and `--to`, as given. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Seconds that a stop may take to settle what is under way. */
  readonly stopTimeout: number;
  /** Lines of a file, of all files of a folder (oldest first), a named pipe or `-`; gzip or not. Then the end. */
  files(path: string, options?: { readonly maxLine?: number }): OpenedSource;
  /** A file that grows, from its end or from where the checkpoint says. @param checkpoint file that remembers the place */
  follow(path: string, options?: { readonly maxLine?: number; readonly checkpoint?: string }): OpenedSource;
  /** A small value that outlives the process: a cursor. Written whole, in place of the one before. */
  remember(file: string): Memory;
}

/** A value kept in a file, JSON. */
export interface Memory {
  /** undefined: there is none yet. Errors: SourceError where the file is there and cannot be read. */
  load(): Promise<unknown>;
  /** Errors: SourceError, retryable. */
  save(value: unknown): Promise<void>;
}

export interface PluginSource<Settings> {
  /** Event source that rules name in `source:`. */
  readonly name: string;
  /** Falco's number of the plugin; 0, or left out: none. */
  readonly id?: number;
  /** Values of open_params that --plugin-info suggests. */
  readonly suggestions?: readonly { readonly value: string; readonly description: string }[];
  /** Says why it would not open, as far as params and settings tell by themselves; nothing is touched. */
  check?(context: Pick<OpenContext<Settings>, 'settings' | 'params'>): string | undefined;
  /** Whether it waits for events instead of ending. Default: true. */
  live?(context: Pick<OpenContext<Settings>, 'settings' | 'params'>): boolean;
  /** Opens it, or several that are read side by side: one a queue, cluster, organisation. Errors: SourceError. */
  open(
    context: OpenContext<Settings>,
  ): OpenedSource | readonly OpenedSource[] | Promise<OpenedSource | readonly OpenedSource[]>;
  /**
   * The payload, or several, that a captured line of `open_params: replay:<file>` stands for; the name of the line's member
   * that holds it does as well. Default: the line is the payload.
   */
  readonly captured?: string | ((line: string) => string | readonly string[]);
  /** Largest single event of a replay, bytes of compact JSON. Default: 4 MiB. */
  maxEventSize?(settings: Settings): number;
  /**
   * Looks something up for a payload before it becomes events, also in a replay. Where it fails, the payload goes on as
   * it was, counted and said.
   */
  enrich?(payload: string, context: OpenContext<Settings>, signal: AbortSignal): Promise<string>;
}
