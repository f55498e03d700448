// OutputQueue: one queue in front of all outputs, with Falco's capacity, drops and watchdog (spec: cli-and-config.md §3.9).

import type { Output } from './output.js';

export interface OutputQueue extends Output {
  readonly name: 'queue';
  /** All outputs close and open again (SIGUSR1), in the order of the messages around it. */
  reopen(): Promise<void>;
  /** Resolves when everything accepted so far was delivered or reported as lost. */
  flush(): Promise<void>;
  /** Messages dropped because the queue was full (`outputs_queue_num_drops`). */
  drops(): number;
  /** Drains, within the time-out, and closes all outputs. */
  close(): Promise<void>;
}
