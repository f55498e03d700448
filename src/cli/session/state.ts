// Session: what changes in the course of a run. Types only.

import type { ByteString } from '../../bytes.js';
import type { Reloader } from '../../reload/reloader.js';
import type { Watcher } from '../../reload/watcher.js';
import type { Webserver } from '../../webserver/server.js';
import type { Deadline } from './deadline.js';
import type { Incarnation } from './incarnation.js';
import type { RunningSource } from './source-runner.js';

/** What changes in the course of a run. */
export interface Session {
  incarnation: Incarnation;
  readonly running: Map<string, RunningSource>;
  readonly faults: ByteString[];
  readonly stopHandlers: (() => void)[];
  webserver: Webserver | undefined;
  watcher: Watcher | undefined;
  reloader: Reloader | undefined;
  /** Sources are being opened or exchanged: that none runs means nothing. */
  busy: boolean;
  /** All sources are to end. */
  stopping: boolean;
  /** When a stop must be over. */
  readonly deadline: Deadline;
  /** Sources are open: /metrics may answer. */
  opened: boolean;
  /** Ends the run. */
  finish: () => void;
}
