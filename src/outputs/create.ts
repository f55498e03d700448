// In: what falco.yaml says about outputs. Out: one queue in front of all of them, in Falco's fixed order: file,
// stdout, syslog, program, http (spec: cli-and-config.md §3.4). Answers to falco's falco_outputs.cpp.

import { createSyslog } from '../syslog.js';
import { createFileOutput } from './file.js';
import type { Output, OutputsLog } from './output.js';
import { createOutputQueue, type OutputQueue } from './queue.js';
import type { OutputsSettings } from './settings.js';
import type { StandardOutput } from './standard-output.js';
import { createStdoutOutput } from './stdout.js';
import { createSyslogOutput } from './syslog.js';

interface OutputsOptions extends OutputsSettings {
  /** `json_output`: decides the Content-Type of requests. */
  readonly json: boolean;
}

interface OutputsContext {
  /** The process's standard output; the closing statistics go through the same object, so that order holds. */
  readonly standardOutput: StandardOutput;
  /** The operational log. Messages are byte strings without a time. */
  readonly log: OutputsLog;
  /** Variables for proxies and programs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the run is to end: writes no longer wait for room. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens all outputs that are switched on. Failures show when the first alert is written. */
export async function createOutputs(options: OutputsOptions, context: OutputsContext): Promise<OutputQueue> {
  const { standardOutput, env, log, signal } = context;
  const { buffered, capacity, timeoutMs } = options;
  const outputs: Output[] = [];
  if (options.file !== undefined) outputs.push(createFileOutput({ ...options.file, buffered }));
  if (options.stdout) outputs.push(createStdoutOutput({ standardOutput, buffered }));
  if (options.syslog) outputs.push(createSyslogOutput(createSyslog()));
  // Loaded here: most runs need no child process and no HTTP client.
  if (options.program !== undefined) {
    const { createProgramOutput } = await import('./program.js');
    outputs.push(createProgramOutput({ ...options.program, env }));
  }
  if (options.http !== undefined) {
    const { createHttpOutput } = await import('./http.js');
    outputs.push(createHttpOutput(options.http, { json: options.json, standardOutput, env }));
  }
  return createOutputQueue(outputs, { capacity, timeoutMs, log, signal });
}
