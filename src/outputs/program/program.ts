// program output: alerts as lines on a program's standard input (spec: cli-and-config.md §3.7). Without keep_alive a
// process an alert, whose end is waited for; with it one process until the end, started again if it has gone. Better
// than Falco: what a kept process leaves unread is for its successor.

import { type ByteString, fromBytes } from '../../bytes.js';
import { type Message, type Output, OutputError, type OutputsLog } from '../output.js';
import { createPipeSource } from './pipe.js';
import { type Process, startProcess, systemText } from './process.js';

export interface ProgramOptions {
  /** Text for `/bin/sh -c`. */
  readonly program: ByteString;
  readonly keepAlive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: OutputsLog;
}

/** What a shell says where there is no such program, or none that can be run. */
const NOT_STARTED = new Set([126, 127]);

/** Hands alerts to a program. Its output goes where ours goes. */
export function createProgramOutput({ program, keepAlive, env, log }: ProgramOptions): Output {
  const text = fromBytes(program);
  const pipes = createPipeSource();
  let running: Process | undefined;
  // What processes that have ended did not read.
  let unread: readonly Message[] = [];

  async function open(undelivered: readonly Message[]): Promise<Process> {
    if (running?.hasEnded()) retire(running);
    try {
      running ??= await startProcess(text, env, await pipes.open());
    } catch (error) {
      throw new OutputError(`Failed to open program output: ${program} (error: ${systemText(error)})`, {
        reason: 'exited',
        undelivered,
      });
    }
    return running;
  }

  function retire(process: Process): void {
    if (keepAlive) unread = [...unread, ...process.unread()];
    if (running === process) running = undefined;
  }

  async function shut(): Promise<Process | undefined> {
    const process = running;
    if (process === undefined) return undefined;
    process.endInput();
    await process.ended;
    retire(process);
    return process;
  }

  /** A process of its own for one alert. */
  async function runFor(message: Message, rest: readonly Message[]): Promise<void> {
    const process = await open(rest);
    // Falco does not look either: a program may end without reading all of a line that it was started for.
    await process.write(message);
    await shut();
    const status = process.status();
    if (status === undefined || !NOT_STARTED.has(status)) return;
    const fault = `program: the shell could not start ${program} (status ${status})`;
    throw new OutputError(fault, { reason: 'exited', undelivered: [message] });
  }

  /** To the process that is kept. One that ended meanwhile is no reason to lose an alert; one that always does is. */
  async function handOn(messages: readonly Message[]): Promise<void> {
    for (const [done, message] of messages.entries()) {
      for (let attempt = 1; ; attempt++) {
        const process = await open([...unread, ...messages.slice(done)]);
        const failure = (await repeat(process)) ?? (await process.write(message));
        if (failure === undefined) break;
        await process.ended;
        if (attempt < 2) continue;
        const undelivered = [...unread, ...messages.slice(done)];
        unread = [];
        throw new OutputError(`program: ${systemText(failure)}`, { reason: 'exited', undelivered });
      }
    }
  }

  async function repeat(process: Process): Promise<Error | undefined> {
    if (unread.length === 0) return undefined;
    const [count, again] = [unread.length, unread];
    log(
      'warning',
      `program: it ended with ${count} ${count === 1 ? 'alert' : 'alerts'} unread: started again`,
    );
    unread = [];
    for (const message of again) {
      const failure = await process.write(message);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  return {
    name: 'program',
    async write(messages) {
      if (keepAlive) return handOn(messages);
      for (const [done, message] of messages.entries()) await runFor(message, messages.slice(done));
    },
    async reopen() {
      await shut();
      await open([]);
    },
    abandon: () => running?.giveUp(),
    async close() {
      await shut();
      pipes.close();
      const undelivered = unread;
      unread = [];
      if (undelivered.length > 0)
        throw new OutputError('program: it ended without reading all', { reason: 'exited', undelivered });
    },
  };
}
