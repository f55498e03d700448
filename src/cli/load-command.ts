// The code of our own commands, each loaded only when it is called.

import type { Host } from './host.js';
import type { CommandName } from './sub-commands.js';

type Command = (argv: readonly string[], host: Host) => Promise<number>;

export const LOAD_COMMAND: Readonly<Record<CommandName, () => Promise<Command>>> = {
  demo: async () => (await import('./demo.js')).demo,
  doctor: async () => (await import('./doctor.js')).doctor,
  explain: async () => (await import('./explain.js')).explain,
  lint: async () => (await import('./lint.js')).lint,
  repl: async () => (await import('./repl.js')).repl,
  test: async () => (await import('./test.js')).test,
};
