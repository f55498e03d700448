// In: what falco.yaml says about outputs. Out: one queue in front of all of them, in Falco's fixed order: file,
// stdout, syslog, program, http (spec: cli-and-config.md §3.4); kafka, which is ours, last. Answers to falco's falco_outputs.cpp.

import { createSyslog } from '../syslog.js';
import { createPatientOutput } from './delivery/patient.js';
import { createOutputQueue, type LeftOver, type OutputQueue } from './delivery/queue.js';
import type { RetryPolicy } from './delivery/retry.js';
import { createFileOutput } from './file.js';
import { httpRetries } from './http/retries.js';
import type { Losses } from './losses.js';
import type { Output, OutputsLog } from './output.js';
import type { KafkaOutputSettings, OutputsSettings } from './settings.js';
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
  readonly losses: Losses;
  /** Variables for proxies and programs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the sources can wait: they do not end with their input, as a file does. */
  readonly live: boolean;
  /** What the outputs before them had still to deliver. */
  readonly left?: LeftOver;
}

/** Opens all outputs that are switched on. Failures show when the first alert is written. */
export async function createOutputs(options: OutputsOptions, context: OutputsContext): Promise<OutputQueue> {
  const { standardOutput, env, log, losses, live, left } = context;
  const { buffered, capacity, timeoutMs } = options;
  const patient = (output: Output, policy: RetryPolicy, portion: number): Output => {
    const pending = left?.get(output.name) ?? [];
    return createPatientOutput(output, { policy, portion, losses, log, pending });
  };
  const outputs: Output[] = [];
  if (options.file !== undefined)
    outputs.push(patient(createFileOutput({ ...options.file, buffered }), filePolicy(live), FILE_PORTION));
  if (options.stdout) outputs.push(createStdoutOutput({ standardOutput, buffered }));
  if (options.syslog) outputs.push(createSyslogOutput(createSyslog()));
  // Loaded here: most runs need no child process and no HTTP client.
  if (options.program !== undefined) {
    const { createProgramOutput } = await import('./program/program.js');
    outputs.push(createProgramOutput({ ...options.program, env, log }));
  }
  if (options.http !== undefined) {
    const { createHttpOutput } = await import('./http/http.js');
    const { policy, ...times } = httpRetries(options.http, live);
    const http = createHttpOutput(options.http, { json: options.json, standardOutput, env, ...times });
    outputs.push(patient(http, policy, 1));
  }
  if (options.kafka !== undefined) {
    const { createKafkaOutput } = await import('./kafka.js');
    outputs.push(patient(createKafkaOutput(options.kafka), kafkaPolicy(options.kafka, live), KAFKA_PORTION));
  }
  reportLeft(outputs, left, losses);
  return createOutputQueue(outputs, { capacity, timeoutMs, log, losses });
}

// An output that a reload has switched off delivers nothing any more.
function reportLeft(outputs: readonly Output[], left: LeftOver | undefined, losses: Losses): void {
  for (const [name, messages] of left ?? [])
    if (messages.length > 0 && !outputs.some((output) => output.name === name))
      losses.report(name, 'stopped', `${name}: switched off before it could deliver`, messages);
}

const FILE_PORTION = 1024;
const KAFKA_PORTION = 1024;
const LIVE_MS = 300_000;
const FILE_MS = 10_000;

const filePolicy = (live: boolean): RetryPolicy => ({ maxMs: live ? LIVE_MS : 0 });

const kafkaPolicy = ({ maxRetrySeconds }: KafkaOutputSettings, live: boolean): RetryPolicy => ({
  maxMs: maxRetrySeconds === undefined ? (live ? LIVE_MS : FILE_MS) : maxRetrySeconds * 1000,
});
