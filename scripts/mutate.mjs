// Do the tests notice a changed program? Changes one operator, number or statement of src at a time, in a copy of the
// tree, and runs the tests that reach the file. Prints each change that no test noticed, and a score by folder.
//   npm run mutate -- --sample 150 --seed 1 [--only src/metrics] [--near]
// With --near only the tests that mirror the file are run: a lower bound, in a tenth of the time.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A change may make a loop endless. */
const LIMIT_MS = 900_000;

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '150' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    near: { type: 'boolean', default: false },
  },
});

/** What is changed into what. Blanks around operators keep types (`<T>`, `A | B`) out. */
const CHANGES = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ == /g, ' != '],
  [/ != /g, ' == '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ \* /g, ' / '],
  [/\+\+/g, '--'],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/(?<=[(\s[])!(?=[\w(])/g, ''],
  [/(?<![\w.'"])\d+(?![\w.'"])/g, (number) => String(Number(number) + 1)],
  [/^ +[\w.]+\([^;{]*\);$/gm, ''],
  [/\b(?:continue|break|return);/g, ';'],
];

/** The text with comments, strings and patterns blanked, so that offsets stay. */
function codeOf(text) {
  const blank = (part) => part.replace(/[^\n]/g, '\0');
  return text
    .replace(
      /\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g,
      blank,
    )
    .replace(/(?<=[(=,] *)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g, blank)
    .replace(
      /^(?:import|export \{)[^;]*;|^(?:export )?(?:interface|type) [\s\S]*?^(?:\}|[^\n]*;$)|^ *readonly [^\n]*/gm,
      blank,
    );
}

function changesOf(file) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const code = codeOf(text);
  return CHANGES.flatMap(([pattern, to]) =>
    [...code.matchAll(pattern)]
      .filter(([found]) => !found.includes('\0'))
      .map(({ 0: found, index }) => ({
        file,
        text,
        at: index,
        found,
        to: typeof to === 'string' ? to : to(found),
      })),
  );
}

/** Mulberry32: the same sample for the same seed. */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function sampleOf(all, count, seed) {
  const random = randomOf(seed);
  const left = [...all];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0],
  );
}

function run(folder, command, args) {
  // The built command is older than what was changed, on purpose.
  const env = { ...process.env, TSFALCO_ANY_BUILD: '1' };
  const { status } = spawnSync(command, args, { cwd: folder, env, stdio: 'ignore', timeout: LIMIT_MS });
  return status === 0;
}

/** Folders of tests that mirror the file's, from its own up: `src/a/b/c.ts` → `test/a/b`, or `test/a`. */
function mirrorOf(file) {
  const parts = file.replace(/^src/, 'test').split('/').slice(0, -1);
  while (parts.length > 1 && !existsSync(join(ROOT, ...parts))) parts.pop();
  return parts.length > 1 ? parts.join('/') : undefined;
}

const SCANNER = ['test/json', 'test/prefilter', 'test/fields', 'test/pipeline'];
// What only the command itself reaches.
const COMMAND = ['test/built', 'test/cli', 'test/launch.test.ts', 'test/reload'];

const vitest = (...args) => ['npx', ['vitest', ...args, '--bail=1']];
const npm = (script) => ['npm', ['run', '-s', script]];

/** Runs of tests that have to do with a file, the likeliest to notice a change first: most changes need no more than that. */
function stepsFor(file) {
  if (file.startsWith('src/prefilter/assembly/')) return [[npm('build:wasm'), vitest('run', ...SCANNER)]];
  const mirror = mirrorOf(file);
  return [
    ...(mirror === undefined ? [] : [[vitest('run', mirror)]]),
    [vitest('related', '--run', file)],
    ...(/^src\/(?:cli|launch|config|outputs|reload|webserver)\//.test(file)
      ? [[npm('build'), vitest('run', ...COMMAND)]]
      : []),
  ];
}

const passes = (folder, step) => step.every(([command, args]) => run(folder, command, args));

const below = (folder) =>
  readdirSync(join(ROOT, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => `${folder}/${name}`);
const files = below('src')
  .filter((file) => file.startsWith(values.only))
  .sort();
const chosen = sampleOf(files.flatMap(changesOf), Number(values.sample), Number(values.seed));

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-mutate-'));
const scores = new Map();
try {
  const skipped = new Set(['node_modules', '.git', '.bench']);
  cpSync(ROOT, folder, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !skipped.has(path.slice(ROOT.length)),
  });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const sound = new Set();
  for (const { file, text, at, found, to } of chosen) {
    const changed = text.slice(0, at) + to + text.slice(at + found.length);
    let noticed = false;
    for (const step of stepsFor(file).slice(0, values.near ? 1 : undefined)) {
      const name = JSON.stringify(step);
      if (!sound.has(name) && !passes(folder, step))
        throw new Error(`tests of ${file} fail without a change: ${name}`);
      sound.add(name);
      writeFileSync(join(folder, file), changed);
      noticed = !passes(folder, step);
      writeFileSync(join(folder, file), text);
      if (noticed) break;
    }
    const line = text.slice(0, at).split('\n').length;
    console.log(
      `${noticed ? 'noticed ' : 'PASSED  '} ${file}:${line}  ${found.trim()}  →  ${to.trim() || '(nothing)'}`,
    );
    const place = file
      .split('/')
      .slice(0, file.startsWith('src/engine/') ? 3 : 2)
      .join('/')
      .replace(/\/[^/]*\.ts$/, '');
    const score = scores.get(place) ?? { noticed: 0, all: 0 };
    scores.set(place, { noticed: score.noticed + Number(noticed), all: score.all + 1 });
  }
} finally {
  rmSync(folder, { recursive: true });
}
for (const [place, { noticed, all }] of [...scores].sort())
  console.log(`${place.padEnd(24)} ${noticed} of ${all}`);
const [noticed, all] = [...scores.values()].reduce(
  ([n, a], score) => [n + score.noticed, a + score.all],
  [0, 0],
);
console.log(`${noticed} of ${all} changes noticed; those that passed may change nothing: read them`);
