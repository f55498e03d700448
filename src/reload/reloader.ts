// In: triggers (SIGHUP, file changes). Out: a dry run after 100 ms of quiet, then a swap if it loads and nothing came
// in between (spec: cli-and-config.md §5.2). Answers to falco's restart_handler.cpp.

import type { ByteString } from '../bytes.js';

export interface ReloaderOptions<Loaded> {
  /** Loads everything afresh with the same arguments, beside what runs. Must not touch what runs. Never rejects. */
  readonly dryRun: () => Promise<
    { readonly ok: true; readonly loaded: Loaded } | { readonly ok: false; readonly error: ByteString }
  >;
  /** Takes over what the dry run loaded. Called at most once at a time, never while a dry run is under way. */
  readonly swap: (loaded: Loaded) => Promise<void>;
  /** The dry run failed: the caller sends the Critical internal alert (error text as the dry run gave it). */
  readonly onFailure: (error: ByteString) => void;
  /** Quiet period, milliseconds; 100 if not given. */
  readonly quietMs?: number;
}

export interface Reloader {
  /** SIGHUP or a file change. During a quiet period or dry run it starts over. */
  trigger(): void;
  /** No further dry run or swap starts; resolves when one under way has ended. */
  close(): Promise<void>;
}

export type CreateReloader = <Loaded>(options: ReloaderOptions<Loaded>) => Reloader;
