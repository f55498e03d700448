// node bench/scan.mjs [--megabytes 500] [--forms lines,gz,array,records,csv] [--commands scan,stats,export] [--beside]
// What a look at a large log takes: the highest memory and the processor time of each command for each form. With --beside
// the same questions to jq, and to chainsaw where CHAINSAW names its program. The log is made of the examples' events, with
// ids and times of their own, in a temporary folder that is removed at the end.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { temporaryFolder } from './command.mjs';

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '500' },
    forms: { type: 'string', default: 'lines,gz,array,records,csv' },
    commands: { type: 'string', default: 'scan,stats,export' },
    beside: { type: 'boolean', default: false },
  },
});
const BIN = new URL('../bin/tsfalco.js', import.meta.url).pathname;
const EVENTS = readFileSync(new URL('../examples/events.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const BYTES = Number(values.megabytes) * 1e6;
const START = Date.UTC(2026, 7, 1);
const DAY = 86_400_000;

function* events() {
  for (let n = 0, bytes = 0; bytes < BYTES; n++) {
    const time = new Date(START + Math.floor((DAY * bytes) / BYTES)).toISOString();
    const id = `"auditID":"${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000"`;
    const text = EVENTS[n % EVENTS.length]
      .replace(/"auditID":"[^"]*"/, id)
      .replace(/(Timestamp":")[^"]*/g, `$1${time}`);
    bytes += text.length + 1;
    yield text;
  }
}

const csv = (text) => `2026-08-01 00:00:00.000,"${text.replaceAll('"', '""')}"\n`;

/** Head, what is between two events, how an event is written, tail. */
const LAYOUTS = {
  lines: ['', '', (text) => `${text}\n`, ''],
  gz: ['', '', (text) => `2026-08-01T00:00:00.000Z ${text}\n`, ''],
  array: ['[', ',', (text) => text, ']'],
  records: ['{"Records":[', ',', (text) => text, ']}'],
  csv: ['@timestamp,@message\n', '', csv, ''],
};

async function* pieces([head, between, write, tail]) {
  let out = head;
  let first = true;
  for (const text of events()) {
    out += (first ? '' : between) + write(text);
    first = false;
    if (out.length < 1 << 20) continue;
    yield out;
    out = '';
  }
  yield out + tail;
}

/** Runs a program to its end. Its memory is that of all its children together where it is a shell. */
async function measure(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let megabytes = 0;
  const timer = setInterval(() => {
    try {
      const [, most = 0] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      megabytes = Math.max(megabytes, Number(most) / 1024);
    } catch {
      // It has ended.
    }
  }, 50);
  const before = childrenSeconds();
  await once(child, 'exit');
  clearInterval(timer);
  return { megabytes: Math.round(megabytes), seconds: +(childrenSeconds() - before).toFixed(1) };
}

/** Processor time of all children that have ended. */
function childrenSeconds() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

async function beside(log) {
  const shell = (text) => ['sh', ['-c', text]];
  const runs = {
    'JSON.parse of each line': [
      process.execPath,
      [
        '-e',
        "let n=0;require('readline').createInterface({input:require('fs').createReadStream(process.argv[1])}).on('line',(l)=>{n+=JSON.parse(l).verb.length})",
        log,
      ],
    ],
    'tsfalco scan, our rules': [process.execPath, [BIN, 'scan', log]],
    'tsfalco export --where': [
      process.execPath,
      [BIN, 'export', '--where', 'ka.target.subresource = exec', log],
    ],
    'jq select, one condition': ['jq', ['-c', 'select(.objectRef.subresource == "exec")', log]],
    'tsfalco stats --by': [process.execPath, [BIN, 'stats', '--by', 'ka.user.name,ka.verb', log]],
    'jq | sort | uniq -c': shell(
      `jq -r '[.user.username, .verb] | @tsv' '${log}' | sort | uniq -c | sort -rn`,
    ),
    ...(process.env.CHAINSAW && {
      'chainsaw search, one condition': [
        process.env.CHAINSAW,
        ['search', '-q', '-t', 'objectRef.subresource: exec', '--jsonl', log],
      ],
    }),
  };
  for (const [what, [program, args]] of Object.entries(runs))
    console.log(JSON.stringify({ what, ...(await measure(program, args)) }));
}

const folder = temporaryFolder();
try {
  for (const form of values.forms.split(',')) {
    const log = folder.path(form === 'gz' ? 'log.gz' : form === 'lines' ? 'log.jsonl' : `log.${form}`);
    const packing = form === 'gz' ? [createGzip({ level: 1 })] : [];
    await pipeline(pieces(LAYOUTS[form]), ...packing, createWriteStream(log));
    for (const command of values.commands.split(',').filter(Boolean))
      console.log(
        JSON.stringify({ form, command, ...(await measure(process.execPath, [BIN, command, log])) }),
      );
    if (values.beside) await beside(log);
    writeFileSync(log, '');
  }
} finally {
  folder.remove();
}
