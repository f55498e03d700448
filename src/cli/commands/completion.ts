// tsfalco completion: scripts for shells, and the page of the manual, made of the tables of options.

import { toBytes } from '../../bytes.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { answering, misuse, readArguments } from '../arguments/usage.js';
import type { Host } from '../host.js';
import { bashCompletion, fishCompletion, manualPage, zshCompletion } from '../info/completion.js';

const USAGE = `Usage: tsfalco completion bash|zsh|fish|man

Prints a script that completes commands, options and their values in a shell, or
the page of the manual.
  bash  tsfalco completion bash > /etc/bash_completion.d/tsfalco
  zsh   tsfalco completion zsh > "\${fpath[1]}/_tsfalco"
  fish  tsfalco completion fish > ~/.config/fish/completions/tsfalco.fish

Exit status: 0, or 2 if there is no such shell.
`;

const PAGES: Readonly<Record<string, () => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  man: manualPage,
};

/** @returns 0. @throws Failure with exit code 2 */
export const completion = (argv: readonly string[], host: Host): Promise<number> =>
  answering(async () => {
    const { values, positionals } = readArguments({
      args: [...argv],
      allowPositionals: true,
      options: COMMAND_OPTIONS.completion,
    });
    if (values.help === true) {
      await host.stdout.write(toBytes(USAGE));
      return 0;
    }
    const page = positionals.length === 1 ? PAGES[positionals[0]!] : undefined;
    if (page === undefined) throw misuse(`completion needs one of ${Object.keys(PAGES).join(', ')}`);
    await host.stdout.write(toBytes(page()));
    return 0;
  });
