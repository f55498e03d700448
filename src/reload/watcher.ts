// In: files and directories of the configuration. Out: a call whenever one of them changes (spec: cli-and-config.md
// §5.2). Answers to falco's restart_handler.cpp, but watches parent directories, so that atomic replaces are seen.

import type { ByteString } from '../bytes.js';

export interface WatchOptions {
  /** Main config, files named in config_files, every loaded rules file. */
  readonly files: readonly ByteString[];
  /** Directories named in config_files and rules_files or -r: entries made, deleted or moved count. */
  readonly directories: readonly ByteString[];
  readonly onChange: () => void;
  /** `Watching file 'x'` at debug. */
  readonly log: (level: 'debug' | 'error', message: ByteString) => void;
}

export interface Watcher {
  close(): void;
}

/** Errors: Error with `could not watch file: <f>`. */
export type CreateWatcher = (options: WatchOptions) => Watcher;
