// What is looked for in what a push adds, and in workflow files: secrets, and words of miners (spec: plugins.md §3.4, §3.7).

import { goString } from '../go-json.js';
import { secretIn } from './secret-kinds.js';

/** JSON of the matches in one file of a diff; `null` if there are none. */
export function secretsOf(name: string, patch: string): string {
  const matches: string[] = [];
  let line = 0;
  let inHunk = false;
  for (const text of patch.split('\n')) {
    const start = hunkStart(text);
    if (start !== undefined) {
      line = start;
      inHunk = true;
      continue;
    }
    if (!inHunk || text.startsWith('-')) continue;
    const kind = text.startsWith('+') ? secretIn(text.slice(1)) : undefined;
    if (kind !== undefined) {
      const { type, desc, platform } = kind;
      matches.push(`{"line":${line},"type":"${type}","desc":"${desc}","platform":"${platform}"}`);
    }
    // Everything but removed lines counts, also the remark that a file ends without a line break.
    line++;
  }
  return `{"name":${goString(name)},"matches":${listOf(matches)}}`;
}

/** First line of the new file in a hunk: `@@ -8,1 +10,1 @@`; of merges the last range counts. */
function hunkStart(text: string): number | undefined {
  const header = /^@@+ (?:[-+]\d+(?:,\d+)? )+@@/.exec(text)?.[0];
  const start = header === undefined ? undefined : /\+(\d+)(?:,\d+)? @@+$/.exec(header)?.[1];
  return start === undefined ? undefined : Number(start);
}

const WORDS = [
  ...[
    'xmrig',
    'ccminer',
    't-rex',
    'stratum',
    'pool',
    'hashrate',
    'cryptonight',
    'wallet',
    'gminer',
    'gpuminer',
  ],
  ...[
    'cpuminer',
    'nanominer',
    'nicehash',
    'xmr-stak',
    'nbminer',
    'srbminer',
    'hiveos',
    'ethermine',
    'kryptex',
  ],
  ...['2miners', 'betterhash', 'minerstat', 'raveos', 'f2pool', 'unmineable', 'minergate', 'cryptotab'],
  ...['lolminer', 'phoenixminer'],
];

/** JSON of the words of miners in a workflow file. */
export function minersOf(path: string, content: string): string {
  const matches = content.split('\n').flatMap((text, i) => {
    const word = WORDS.find((each) => text.includes(each));
    return word === undefined ? [] : [`{"line":${i + 1},"type":"${word}"}`];
  });
  return `{"name":${goString(path)},"matches":${listOf(matches)}}`;
}

const listOf = (matches: readonly string[]): string =>
  matches.length === 0 ? 'null' : `[${matches.join(',')}]`;
