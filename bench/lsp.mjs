// What the language server takes to answer, for documents of several sizes: node bench/lsp.mjs [rounds]
// A client of its own over stdio. Times are processor time of the thread that answers, from the request to its answer, JSON
// included; where the system does not tell it (all but Linux), they are times by the clock. `by the clock` says how long
// diagnostics come after the last key, the pause of 120 ms included.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const ROUNDS = Number(process.argv[2] ?? 40);
const RULE = `- rule: Exec NUMBER
  desc: Somebody ran a command in a pod.
  condition: >
    human and ka.target.subresource = exec and ka.target.namespace in (watched)
    and not ka.user.name in (trusted)
  output: "exec by %ka.user.name in %ka.target.namespace"
  priority: WARNING
  source: k8s_audit
  tags: [k8s, mitre_execution, T1609]

`;
const MACRO = `- macro: person_NUMBER
  condition: (human and not ka.user.name in (trusted))

`;
const HEAD = `- macro: human
  condition: (not ka.user.name startswith "system:")

- list: trusted
  items: [alice, bob]

- list: watched
  items: [kube-system, shop]

`;

/** A rules file of about so many lines. */
function textOf(lines) {
  const rules = Math.round((lines - HEAD.split('\n').length) / 13);
  const items = Array.from(
    { length: rules },
    (_, index) => RULE.replace('NUMBER', index) + MACRO.replace('NUMBER', index),
  );
  return HEAD + items.join('');
}

function openServer() {
  const child = spawn(process.execPath, ['bin/tsfalco.js', 'lsp', '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map();
  const diagnostics = [];
  let rest = Buffer.alloc(0);
  let next = 1;
  const cpu = `/proc/${child.pid}/task/${child.pid}/schedstat`;
  child.stdout.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(rest.toString('latin1', 0, Math.max(end, 0)))?.[1]);
      if (end < 0 || rest.length < end + 4 + length) return;
      const message = JSON.parse(rest.toString('utf8', end + 4, end + 4 + length));
      rest = rest.subarray(end + 4 + length);
      if (message.method === undefined) {
        waiting.get(message.id)?.(message.result);
        waiting.delete(message.id);
      } else if (message.method === 'textDocument/publishDiagnostics') diagnostics.shift()?.();
    }
  });
  const send = (message) => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  return {
    notify: (method, params) => send({ method, params }),
    request: (method, params) =>
      new Promise((resolve) => {
        waiting.set(next, resolve);
        send({ id: next++, method, params });
      }),
    /** Processor time of the thread that answers, milliseconds. */
    now: () => (existsSync(cpu) ? Number(readFileSync(cpu, 'utf8').split(' ')[0]) / 1e6 : performance.now()),
    published: () => new Promise((resolve) => diagnostics.push(resolve)),
    end: () => child.kill(),
  };
}

const server = openServer();
await server.request('initialize', { processId: null, rootUri: null, capabilities: {} });
server.notify('initialized', {});

async function timed(run, now = server.now, rounds = ROUNDS) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = now();
    await run(round);
    times.push(now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return [at(0.5), at(1)].map((time) => time.toFixed(1).padStart(8)).join(' ');
}

console.log('lines  question                         median      max  ms');
for (const lines of [500, 5000]) {
  const uri = `file:///bench-${lines}.yaml`;
  const text = textOf(lines);
  const line = text.split('\n').length - 11;
  const position = { line, character: 6 };
  const blank = text.split('\n').indexOf('', Math.round(line / 2));
  const textDocument = { uri };
  let version = 1;
  const checked = server.published();
  server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version, text } });
  await checked;
  const ask = (method, more = {}) => server.request(method, { textDocument, position, ...more });
  const completion = () => ask('textDocument/completion', { position: { line, character: 10 } });
  /** As somebody types in the middle of the file: a letter comes, and goes. */
  const type = () => {
    const start = { line: blank, character: 0 };
    const isThere = version % 2 === 0;
    const end = { line: blank, character: isThere ? 1 : 0 };
    server.notify('textDocument/didChange', {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range: { start, end }, text: isThere ? '' : '#' }],
    });
  };
  const checkOf = async () => {
    const published = server.published();
    type();
    await published;
  };
  /** Questions of which none is asked but while a check runs: from the end of the pause until its diagnostics are there. */
  const duringChecks = () => {
    let running = false;
    return async () => {
      while (!running) {
        const published = server.published();
        type();
        await new Promise((resolve) => setTimeout(resolve, 130));
        running = true;
        void published.then(() => {
          running = false;
        });
      }
      await completion();
    };
  };
  const formatting = () => ask('textDocument/formatting', { options: { tabSize: 2, insertSpaces: true } });
  const rows = {
    completion: await timed(completion),
    'a key, then completion': await timed(() => {
      type();
      return completion();
    }),
    'completion while a check runs': await timed(duringChecks()),
    hover: await timed(() => ask('textDocument/hover')),
    definition: await timed(() => ask('textDocument/definition')),
    references: await timed(() => ask('textDocument/references', { context: { includeDeclaration: true } })),
    rename: await timed((round) => ask('textDocument/rename', { newName: `person${round}` })),
    formatting: await timed(formatting),
    'formatting, by the clock': await timed(formatting, () => performance.now(), 5),
    diagnostics: await timed(checkOf, undefined, 5),
    'diagnostics, by the clock': await timed(checkOf, () => performance.now(), 5),
  };
  for (const [question, row] of Object.entries(rows))
    console.log(`${String(lines).padStart(5)}  ${question.padEnd(30)} ${row}`);
  server.notify('textDocument/didClose', { textDocument });
}
server.end();
