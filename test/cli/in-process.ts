// Runs a command in this process, with a host that keeps what it writes.

import type { Host } from '../../src/cli/host.js';
import { SYSTEM_FILES } from '../../src/config/read/files.js';
import { createLog } from '../../src/log.js';

export interface InProcess {
  readonly out: () => string;
  readonly err: () => string;
  /** As Ctrl-C. */
  readonly interrupt: () => void;
  readonly exit: Promise<number>;
}

export function runInProcess(
  command: (host: Host) => Promise<number>,
  env: Readonly<Record<string, string>>,
): InProcess {
  let out = '';
  let err = '';
  let interrupt = (): void => {};
  const host: Host = {
    ...hostFor(env),
    stdout: {
      terminal: false,
      write: async (text) => {
        out += text;
      },
      drain: async () => {},
      giveUp: () => {},
    },
    error: (line) => {
      err += `${line}\n`;
    },
    onSignal: (signal, handler) => {
      if (signal === 'SIGINT') interrupt = handler;
      return () => {};
    },
  };
  return { out: () => out, err: () => err, interrupt: () => interrupt(), exit: command(host) };
}

/** A host whose writing goes nowhere. */
export function hostFor(env: Readonly<Record<string, string>>): Host {
  return {
    commandLine: 'tsfalco',
    env,
    files: SYSTEM_FILES,
    stdout: { terminal: false, write: async () => {}, drain: async () => {}, giveUp: () => {} },
    terminal: () => {
      throw new Error('there is no terminal here');
    },
    pid: process.pid,
    error: () => {},
    openLog: async (settings) => createLog(settings),
    onSignal: () => () => {},
    cpuSeconds: () => 0,
  };
}
