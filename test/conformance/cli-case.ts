// One recorded run of the falco command, made again in this process: files in an empty folder, arguments, environment.
// What comes out is compared with what a real Falco gave, placeholders aside.

import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runFalco } from '../../src/cli/app.js';
import { DEFAULT_CONFIG } from '../../src/cli/arguments/options.js';
import type { Host } from '../../src/cli/host.js';
import { SYSTEM_FILES } from '../../src/config/read/files.js';
import { createLog } from '../../src/log.js';
import { hostFor } from '../cli/in-process.js';

export interface CliCase {
  readonly id: string;
  readonly area: string;
  readonly why: string;
  readonly files: Readonly<Record<string, string>>;
  readonly files_b64?: Readonly<Record<string, string>>;
  readonly dirs?: readonly string[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string | null;
  readonly ignore_files?: readonly string[];
  readonly expect: Result & { readonly stdout: string | null };
}

export interface Result {
  readonly exit: number;
  readonly stdout: string | null;
  readonly stderr: readonly string[];
  readonly out_files: Readonly<Record<string, string>>;
}

const LIVE = ['steps', 'signals', 'http_server', 'needs', 'reduce'];

/** Whether nothing happens from outside while it runs, so that it can run here. */
export function isPlain(recorded: CliCase): boolean {
  const text = JSON.stringify(recorded);
  return (
    recorded.stdin === null &&
    !LIVE.some((key) => Object.hasOwn(recorded, key)) &&
    // Node takes a zone in POSIX form only at its start.
    !/\d/.test(recorded.env['TZ'] ?? '') &&
    !/@PORT|@HTTP_PORT|program_output/.test(text)
  );
}

const FIRST_TIME = 1_700_000_000;

/** Runs it; the working directory and the time zone of this process are its own meanwhile. */
export async function runCase(recorded: CliCase): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tsfalco-case-'));
  const before = process.cwd();
  const zone = process.env['TZ'];
  try {
    process.chdir(folder);
    process.env['TZ'] = recorded.env['TZ'] ?? 'UTC';
    const given = writeFiles(recorded, folder);
    const { exit, stdout, stderr } = await run(recorded, folder);
    const back = (text: string): string => text.replaceAll(folder, '@DIR@');
    return {
      exit,
      stdout: back(stdout),
      stderr: back(stderr).split('\n').slice(0, -1),
      out_files: Object.fromEntries(
        [...filesOf(folder)]
          .filter(([name, text]) => given.get(name) !== text && !recorded.ignore_files?.includes(name))
          .map(([name, text]) => [name, name === 'falco.pid' ? '<pid>' : back(text)]),
      ),
    };
  } finally {
    process.chdir(before);
    process.env['TZ'] = zone;
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeFiles({ files, files_b64 = {}, dirs = [] }: CliCase, folder: string): Map<string, string> {
  for (const dir of dirs) mkdirSync(join(folder, dir), { recursive: true });
  const all = [
    ...Object.entries(files).map(([name, text]) => [name, Buffer.from(fill(text, folder))] as const),
    ...Object.entries(files_b64).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const),
  ];
  for (const [n, [name, data]] of all.entries()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), data);
    utimesSync(join(folder, name), FIRST_TIME + n, FIRST_TIME + n);
  }
  return filesOf(folder);
}

function fill(text: string, folder: string): string {
  return text
    .replaceAll('@DIR@', folder)
    .replace(/@REPEAT:(.*?):(\d+)@/gs, (_, part: string, times: string) => part.repeat(Number(times)));
}

function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

async function run({ argv, env }: CliCase, folder: string) {
  const logFile = mkdtempSync(join(tmpdir(), 'tsfalco-log-'));
  const fd = openSync(join(logFile, 'log'), 'w');
  let stdout = '';
  const args = argv.map((text) => fill(text, folder));
  const variables = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fill(text, folder)]));
  const host: Host = {
    ...hostFor({ PATH: process.env['PATH'] ?? '', HOME: folder, LANG: 'C.UTF-8', TZ: 'UTC', ...variables }),
    commandLine: ['falco', ...args].join(' '),
    files: { ...SYSTEM_FILES, canOpen: (path) => path !== DEFAULT_CONFIG && SYSTEM_FILES.canOpen(path) },
    stdout: {
      terminal: false,
      write: async (bytes) => {
        stdout += bytes;
      },
      drain: async () => {},
      giveUp: () => {},
    },
    error: (line) => void writeSync(fd, Buffer.from(`${line}\n`, 'latin1')),
    openLog: async (settings) =>
      createLog(settings, {
        fd,
        syslog: { send: () => undefined, listening: () => true, drain: async () => {} },
      }),
  };
  try {
    const exit = await runFalco(args, host);
    return {
      exit,
      stdout: Buffer.from(stdout, 'latin1').toString('utf8'),
      stderr: readFileSync(join(logFile, 'log'), 'utf8'),
    };
  } finally {
    closeSync(fd);
    rmSync(logFile, { recursive: true });
  }
}

const PLACES: Readonly<Record<string, string>> = {
  '<num>': String.raw`(?:-?[\d.]+(?:e[+-]?\d+)?|-?nan|inf)`,
  '<pid>': String.raw`\d+|<pid>`,
  '<str>': String.raw`[^\n]*`,
  '<argv0>': String.raw`[^\n"]*?`,
  '<plugins-dir>': String.raw`\S*?`,
  '<ts>': String.raw`[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \d{4}`,
  '<ts-iso>': String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}`,
  '<ts-go>': String.raw`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d`,
};
const PLACE =
  /(<(?:argv0|ts|ts-iso|ts-go|hostname|[\w-]*version|arch|num|time|time-iso|pid|plugins-dir|kernel-release|str|sha256)>)/;

/** Whether a text is what was recorded, with anything fitting in the place of placeholders. */
export function matches(recorded: string, text: string): boolean {
  if (recorded === text) return true;
  const pattern = recorded
    .split(PLACE)
    .map((part) =>
      PLACE.test(part) ? `(?:${PLACES[part] ?? `[^\\s"']*`})` : part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(text);
}
