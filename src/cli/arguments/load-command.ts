// The code of our own commands, each loaded only when it is called.

import type { Host } from '../host.js';
import type { CommandName } from './sub-commands.js';

/** @returns the exit code */
type Command = (argv: readonly string[], host: Host) => Promise<number>;

type Load = () => Promise<Command>;

/** Commands that the package adds to those of this folder. */
export type OtherCommands = Readonly<Record<'demo', Load>>;

export const LOAD_COMMAND: Readonly<Record<Exclude<CommandName, keyof OtherCommands>, Load>> = {
  completion: async () => (await import('../commands/completion.js')).completion,
  doctor: async () => (await import('../commands/doctor.js')).doctor,
  explain: async () => (await import('../commands/explain.js')).explain,
  export: async () => (await import('../commands/export.js')).exportEvents,
  fmt: async () => (await import('../commands/fmt.js')).fmt,
  lint: async () => (await import('../commands/lint.js')).lint,
  lsp: async () => (await import('../commands/lsp.js')).lsp,
  repl: async () => (await import('../commands/repl.js')).repl,
  report: async () => (await import('../commands/report.js')).report,
  scan: async () => (await import('../commands/scan.js')).scan,
  schema: async () => (await import('../commands/schema.js')).schema,
  stats: async () => (await import('../commands/stats.js')).stats,
  test: async () => (await import('../commands/test.js')).test,
};
