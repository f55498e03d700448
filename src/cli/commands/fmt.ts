// tsfalco fmt: one layout for rules files.

import { formatRules } from '../../authoring/format/file.js';
import { toBytes } from '../../bytes.js';
import { looksLikeRules } from '../../engine/rules/read/reader.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { answering, misuse, readArguments, writeFileBytes } from '../arguments/usage.js';
import type { Host } from '../host.js';
import { readRulesPaths } from '../load/rules-paths.js';

const USAGE = `Usage: tsfalco fmt [--check] FILE|FOLDER|PATTERN…

Lays rules files out in one way: keys in the usual order, one empty line between
items, conditions with a blank around operators, broken before and/or where they
are longer than a line. Comments stay, and so does what the rules mean. - reads
standard input and writes to standard output.
--check  change nothing, name the files that are laid out in another way

Exit status: 0 if all is done or was so already, 1 if --check names a file, 2 if
a file or an option cannot be read.
`;

/** @returns 0, or 1 where --check found something. @throws Failure with exit code 2 */
export const fmt = (argv: readonly string[], host: Host): Promise<number> => answering(() => run(argv, host));

async function run(argv: readonly string[], host: Host): Promise<number> {
  const { values, positionals } = readArguments({
    args: [...argv],
    allowPositionals: true,
    options: COMMAND_OPTIONS.fmt,
  });
  if (values.help === true) {
    await host.stdout.write(toBytes(USAGE));
    return 0;
  }
  if (positionals.length === 0) throw misuse('fmt needs at least one rules file; see tsfalco fmt --help');
  const { files } = readRulesPaths(positionals, host);
  const counts = { changed: 0, same: 0, left: 0 };
  for (const { name, content } of files) {
    const formatted = looksLikeRules(content) ? formatRules(content) : undefined;
    if (formatted?.ok !== true) {
      host.error(`${name}: left as it is: ${formatted?.why ?? 'it holds no rules'}`);
      counts.left++;
      continue;
    }
    const isSame = formatted.text === content;
    counts[isSame ? 'same' : 'changed']++;
    if (name === '-' && values.check !== true) await host.stdout.write(formatted.text);
    else if (!isSame) {
      if (values.check !== true) writeFileBytes(name, formatted.text);
      await host.stdout.write(`${name}\n`);
    }
  }
  const { changed, same, left } = counts;
  const done = values.check === true ? 'to be laid out' : 'laid out';
  host.error(`${changed} ${done}, ${same} as they should be${left > 0 ? `, ${left} left as they are` : ''}`);
  return values.check === true && changed > 0 ? 1 : 0;
}
