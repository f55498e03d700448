// tsfalco lsp: a language server for editors, over standard input and output.

import { toBytes } from '../../bytes.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { answering, readArguments } from '../arguments/usage.js';
import { TSFALCO_VERSION } from '../arguments/versions.js';
import type { Host } from '../host.js';
import { loadToolPlugins } from '../load/tool-plugins.js';

const USAGE = `Usage: tsfalco lsp [--stdio] [--plugin PLUGIN…] [-c CONFIG]

A language server for rules files and suites, for editors to start: what lint
says while you type, completion, descriptions, definitions, references,
renaming, fixes and layout. docs/editors.md says how to set editors up.

--plugin PLUGIN  a plugin of your own, a module or a package; may be repeated
-c CONFIG  the plugins of this falco.yaml, and no others

Exit status: 0 if the editor has shut it down, else 1.
`;

/** @returns the exit code of the protocol. @throws Failure with exit code 2 */
export const lsp = (argv: readonly string[], host: Host): Promise<number> =>
  answering(async () => {
    const { values } = readArguments({
      args: [...argv],
      options: COMMAND_OPTIONS.lsp,
    });
    if (values.help === true) {
      await host.stdout.write(toBytes(USAGE));
      return 0;
    }
    const { serve } = await import('../lsp/server.js');
    const { sources, semantics, complete } = await loadToolPlugins(host, values);
    const { c, plugin } = values;
    const input = { plugins: { c, plugin }, env: { ...host.env } };
    return serve(host, TSFALCO_VERSION, { sources, semantics, complete }, input);
  });
