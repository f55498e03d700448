// How long the language server takes to answer, for documents of several sizes: node bench/lsp.mjs [rounds]
// A client of its own over stdio; milliseconds from the request to its answer, JSON on both sides included.

import { spawn } from 'node:child_process';

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
    published: () => new Promise((resolve) => diagnostics.push(resolve)),
    end: () => child.kill(),
  };
}

const server = openServer();
await server.request('initialize', { processId: null, rootUri: null, capabilities: {} });
server.notify('initialized', {});

async function timed(run, rounds = ROUNDS) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await run(round);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1).padStart(8);
  return `${at(0.5)} ${at(0.95)} ${at(1)}`;
}

console.log('lines  question                    median      95 %      max  ms');
for (const lines of [100, 1000, 5000]) {
  const uri = `file:///bench-${lines}.yaml`;
  const text = textOf(lines);
  const line = text.split('\n').length - 11;
  const position = { line, character: 10 };
  const textDocument = { uri };
  const checked = server.published();
  server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  await checked;
  const ask = (method, more = {}) => timed(() => server.request(method, { textDocument, position, ...more }));
  const rows = {
    completion: await ask('textDocument/completion'),
    // As somebody types: each change is a new text, and then completion.
    'change, then completion': await timed((round) => {
      const changed = text.replace('human and', `human and${' '.repeat(round % 3)}`);
      server.notify('textDocument/didChange', {
        textDocument: { uri, version: round + 2 },
        contentChanges: [{ text: changed }],
      });
      return server.request('textDocument/completion', { textDocument, position });
    }),
    hover: await ask('textDocument/hover'),
    definition: await ask('textDocument/definition'),
    references: await ask('textDocument/references', { context: { includeDeclaration: true } }),
    formatting: await timed(
      () =>
        server.request('textDocument/formatting', {
          textDocument,
          options: { tabSize: 2, insertSpaces: true },
        }),
      5,
    ),
    // The pause after the last key (120 ms) included.
    diagnostics: await timed(async (round) => {
      const published = server.published();
      server.notify('textDocument/didChange', {
        textDocument: { uri, version: 1000 + round },
        contentChanges: [{ text: `${text}# ${round}\n` }],
      });
      await published;
    }, 5),
  };
  for (const [question, row] of Object.entries(rows))
    console.log(`${String(lines).padStart(5)}  ${question.padEnd(24)} ${row}`);
  server.notify('textDocument/didClose', { textDocument });
}
server.end();
