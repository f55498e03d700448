// What the documentation tells people to type exists: commands, their options, and the files that links lead to.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND_OPTIONS } from '../src/cli/arguments/command-options.js';
import { OPTION_ENTRIES } from '../src/cli/arguments/help.js';
import { isCommand } from '../src/cli/arguments/sub-commands.js';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync('docs').map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));
const MAIN = new Set(OPTION_ENTRIES.flatMap(({ option }) => option.match(/--[\w-]+/g) ?? []));

/** Lines of blocks for shells that call the command; a comment ends what is typed. */
function commandsIn(page: string): readonly (readonly string[])[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/```(?:sh|bash|console)?\n([\s\S]*?)```/g)];
  return blocks.flatMap(([, block]) =>
    block!
      .split('\n')
      .map((line) => /^(?:\$ )?(?:npx )?tsfalco (.*)$/.exec(line)?.[1]?.replace(/\s#.*$/, ''))
      .filter((line) => line !== undefined)
      .map((line) => line.split(/\s+/)),
  );
}

describe.each(PAGES)('%s', (page) => {
  it('names commands and options that there are', () => {
    for (const [word = '', ...rest] of commandsIn(page)) {
      const known = isCommand(word)
        ? new Set(
            Object.keys(COMMAND_OPTIONS[word as keyof typeof COMMAND_OPTIONS] ?? {}).map(
              (name) => `--${name}`,
            ),
          )
        : MAIN;
      if (!isCommand(word)) expect([page, word]).toEqual([page, expect.stringMatching(/^(?:-|\[|\||$|…)/)]);
      for (const option of rest.flatMap((part) => part.match(/^--[\w-]+/) ?? []))
        expect([page, word, option, known.has(option) || word === 'doctor']).toEqual([
          page,
          word,
          option,
          true,
        ]);
    }
  });

  it('links to files that are there', () => {
    for (const [, link = ''] of readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(?:[a-z]+:|#)/.test(link)) continue;
      const path = join(dirname(page), link.replace(/#.*$/, ''));
      expect([page, link, existsSync(path)]).toEqual([page, link, true]);
    }
  });
});

it('docs/README.md leads to every page', () => {
  const index = readFileSync('docs/README.md', 'utf8');
  const missing = readdirSync('docs').filter(
    (name) => name.endsWith('.md') && name !== 'README.md' && !index.includes(`(${name})`),
  );
  expect(missing).toEqual([]);
});
