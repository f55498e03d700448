// The `getopt` transformer: POSIX short options of a command line (spec: rules-language.md §2.12).

import type { ByteString } from '../../../bytes.js';

interface OptionLetters {
  readonly known: ReadonlySet<string>;
  readonly withArgument: ReadonlySet<string>;
}

function parseOptstring(optstring: ByteString): OptionLetters {
  const known = new Set<string>();
  const withArgument = new Set<string>();
  for (let i = 0; i < optstring.length; i++) {
    const letter = optstring[i]!;
    if (letter === ':') continue;
    known.add(letter);
    if (optstring[i + 1] === ':') {
      withArgument.add(letter);
      i++;
    }
  }
  return { known, withArgument };
}

interface Found {
  readonly letter: ByteString;
  /** undefined: the option takes none; null: it is missing. */
  readonly argument: ByteString | null | undefined;
}

// Options in order; undefined stands for an unknown letter.
function scan(args: readonly ByteString[], { known, withArgument }: OptionLetters): (Found | undefined)[] {
  const found: (Found | undefined)[] = [];
  for (let a = 0; a < args.length; a++) {
    const arg = args[a]!;
    if (arg === '--' || arg === '-' || arg[0] !== '-') break;
    if (arg[1] === '-') continue;
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i]!;
      if (!known.has(letter)) found.push(undefined);
      else if (!withArgument.has(letter)) found.push({ letter, argument: undefined });
      else {
        found.push({ letter, argument: i + 1 < arg.length ? arg.slice(i + 1) : (args[++a] ?? null) });
        break;
      }
    }
  }
  return found;
}

/** Every option with its argument, as one flat list; unknown letters as `?`, a missing argument as one empty string. */
export function getoptList(args: readonly ByteString[], optstring: ByteString): readonly ByteString[] {
  const list: ByteString[] = [];
  for (const option of scan(args, parseOptstring(optstring))) {
    if (option === undefined) list.push('?');
    else if (option.argument === null) list.push('');
    else if (option.argument === undefined) list.push(option.letter);
    else list.push(option.letter, option.argument);
  }
  return list;
}

/** The last argument of one option (the letter itself for a flag); undefined if the option is absent. */
export function getoptValue(
  args: readonly ByteString[],
  optstring: ByteString,
  letter: ByteString,
): ByteString | undefined {
  const last = scan(args, parseOptstring(optstring)).findLast((option) => option?.letter === letter);
  return last === undefined ? undefined : last.argument === undefined ? last.letter : (last.argument ?? '');
}
