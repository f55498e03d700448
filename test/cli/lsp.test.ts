// The language server as an editor has it: the command's own process, real frames over stdio.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtCommand } from '../build.js';
import { openClient, type Position, type Range, type TestClient } from '../language-client.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-lsp-'));
const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;
const BASE = `- macro: human
  condition: (not ka.user.name startswith "system:")

- list: trusted
  items: [alice, bob]

- macro: outsider
  condition: human and not ka.user.name in (trusted)
`;
const LOCAL = `- rule: Exec
  desc: Somebody ran a command.
  condition: >
    outsider and ka.target.subresource = exec
    and not ka.user.name in (trusted)
  output: "exec by %ka.user.name"
  priority: WARNING
  source: k8s_audit
  tags: [mitre_execution, T1609]
`;
const local = uriOf('b-local.yaml');
const base = uriOf('a-base.yaml');
let client: TestClient;

beforeAll(async () => {
  writeFileSync(join(folder, 'a-base.yaml'), BASE);
  writeFileSync(join(folder, 'b-local.yaml'), LOCAL);
  writeFileSync(join(folder, '.tsfalco.yaml'), 'lint: {levels: {text-order: off}}\n');
  client = await openClient([builtCommand(), 'lsp', '--stdio'], pathToFileURL(folder).href);
});

afterAll(async () => {
  expect(await client.close()).toBe(0);
  rmSync(folder, { recursive: true });
});

/** The text with `|` taken out, and where it stood. */
function cursor(text: string): { readonly text: string; readonly position: Position } {
  const before = text.slice(0, text.indexOf('|'));
  const lines = before.split('\n');
  return {
    text: text.replace('|', ''),
    position: { line: lines.length - 1, character: lines.at(-1)!.length },
  };
}

const open = (text: string, uri = local) => client.diagnostics(uri, 'yaml', text);

async function labels(text: string): Promise<readonly string[]> {
  const at = cursor(text);
  await open(at.text);
  const items = await client.request<readonly { readonly label: string }[]>('textDocument/completion', {
    textDocument: { uri: local },
    position: at.position,
  });
  return items.map(({ label }) => label);
}

const at = (text: string, word: string, uri = local) => {
  const { position } = cursor(text.replace(word, `${word.slice(0, 1)}|${word.slice(1)}`));
  return { textDocument: { uri }, position };
};

describe('diagnostics', () => {
  it('are what lint says, with the files that a file needs', async () => {
    expect(await open(LOCAL)).toEqual([]);
    const [found] = await open(LOCAL.replace('outsider', 'outsidr'));
    expect(found).toMatchObject({
      message: "Undefined macro 'outsidr' used in filter. (did you mean 'outsider'?)",
      range: { start: { line: 3, character: 4 }, end: { line: 3, character: 11 } },
      severity: 1,
    });
  });

  it('come while the YAML is broken, and count as editors do', async () => {
    const found = await open(
      LOCAL.replace('desc: Somebody', 'desc: "Überall 😀" x').replace('subresource', 'x'),
    );
    expect(found.length).toBeGreaterThan(0);
    const [wide] = await open(
      LOCAL.replace('  desc', '  descr: "😀"\n  desc').replace('output:', 'outputt: "😀" #\n  output:'),
    );
    expect(wide).toMatchObject({ code: 'LOAD_UNKNOWN_KEY', range: { start: { line: 1, character: 2 } } });
  });

  it('follow changes of other open files', async () => {
    await open(LOCAL);
    await client.diagnostics(base, 'yaml', BASE.replace('outsider', 'stranger'));
    const [found] = await open(LOCAL);
    expect(found?.message).toContain("Undefined macro 'outsider'");
    await client.diagnostics(base, 'yaml', BASE);
  });

  it('respect .tsfalco.yaml', async () => {
    expect(await open(LOCAL.replace('ka.target.subresource = exec', 'ka.uri.param[limit] > 10'))).toEqual([]);
  });

  it('say what keeps a suite from running', async () => {
    const suite = 'rules: [b-local.yaml]\ntests:\n  - test: a\n    event: {verb: get}\n    expect: [Exek]\n';
    expect(await open(suite, uriOf('rules.test.yaml'))).toMatchObject([
      { message: "no rules file here has a rule 'Exek'" },
    ]);
    expect(await open(suite.replace('expect', 'expects'), uriOf('rules.test.yaml'))).toMatchObject([
      { severity: 1, range: { start: { line: 4 } } },
    ]);
  });
});

describe('completion', () => {
  it.each([
    [
      'fields and macros where a check begins',
      'outsider and |',
      ['human', 'outsider', 'ka.verb', 'not', 'tolower'],
    ],
    ['fields by their start', 'ka.target.sub|', ['ka.target.subresource']],
    ['operators that fit a text', 'ka.verb |', ['=', 'in', 'startswith', 'exists']],
    ['operators that fit a list', 'ka.user.groups |', ['intersects', 'in', 'exists']],
    ['values and lists behind in', 'ka.verb in (get, |', ['create', 'trusted']],
    ['and, or behind a check', 'ka.verb = get |', ['and', 'or']],
  ])('gives %s', async (_what, condition, wanted) => {
    const found = await labels(LOCAL.replace(/outsider and[\s\S]*?\(trusted\)/, condition));
    expect(found).toEqual(expect.arrayContaining(wanted));
  });

  it('offers no operator that the field does not take', async () => {
    expect(await labels(LOCAL.replace('outsider and', 'ka.user.groups |'))).not.toContain('startswith');
  });

  it('gives keys, priorities, output fields, tags and overrides', async () => {
    expect(await labels(LOCAL.replace('  priority: WARNING\n', '  |\n'))).toEqual(
      expect.arrayContaining(['priority', 'enabled']),
    );
    expect(await labels(LOCAL.replace('WARNING', 'W|'))).toEqual(['WARNING']);
    expect(await labels(LOCAL.replace('by %ka.user.name', 'by %ka.us|'))).toContain('%ka.user.name');
    expect(await labels(LOCAL.replace('T1609]', 'mitre_pers|]'))).toEqual(['mitre_persistence']);
    expect(await labels(`${LOCAL}- rule: Exec\n  enabled: false\n  override:\n    enabled: |\n`)).toEqual([
      'append',
      'replace',
    ]);
    expect(await labels(`${LOCAL}\n|`)).toEqual(['rule', 'macro', 'list', 'correlation']);
  });
});

it('hover says what fields, macros, lists, rules and tags are', async () => {
  await open(LOCAL);
  const hover = async (word: string) =>
    (await client.request<{ contents: { value: string } } | null>('textDocument/hover', at(LOCAL, word)))
      ?.contents.value;
  expect(await hover('ka.target.subresource')).toContain('**ka.target.subresource**');
  const macro = await hover('outsider');
  expect(macro).toContain('a-base.yaml:7');
  expect(macro).toContain('(not ka.user.name startswith "system:") and not ka.user.name in (trusted)');
  expect(await hover('trusted')).toContain('items: [alice, bob]');
  expect(await hover('Exec')).toContain('attack.mitre.org/techniques/T1609/');
  expect(await hover('T1609')).toContain('attack.mitre.org/techniques/T1609/');
  expect(await hover('priority')).toContain('How grave');
});

it('definitions, references and renaming go over files', async () => {
  await open(LOCAL);
  const definition = await client.request('textDocument/definition', at(LOCAL, 'outsider'));
  expect(definition).toEqual({
    uri: base,
    range: { start: { line: 6, character: 9 }, end: { line: 6, character: 17 } },
  });
  const references = await client.request<readonly { readonly uri: string }[]>('textDocument/references', {
    ...at(LOCAL, 'trusted'),
    context: { includeDeclaration: true },
  });
  expect(references.map(({ uri }) => uri)).toEqual([base, base, local]);
  const prepared = await client.request<Range>('textDocument/prepareRename', at(LOCAL, 'trusted'));
  expect(prepared.start.line).toBe(4);
  const { changes } = await client.request<{
    changes: Record<string, readonly { readonly newText: string }[]>;
  }>('textDocument/rename', { ...at(LOCAL, 'trusted'), newName: 'friends' });
  expect(Object.entries(changes).map(([uri, edits]) => [uri, edits.length])).toEqual([
    [base, 2],
    [local, 1],
  ]);
  await expect(
    client.request('textDocument/rename', { ...at(LOCAL, 'outsider'), newName: 'hu man' }),
  ).rejects.toThrow("'hu man' cannot be the name of a macro");
});

it('code actions mend, switch off, and add an exception', async () => {
  const text = LOCAL.replace('outsider and', 'outsider AND');
  const diagnostics = await open(text);
  const actions = async (line: number) =>
    client.request<
      readonly {
        readonly title: string;
        readonly edit: { changes: Record<string, readonly { newText: string }[]> };
      }[]
    >('textDocument/codeAction', {
      textDocument: { uri: local },
      range: { start: { line, character: 0 }, end: { line, character: 80 } },
      context: { diagnostics },
    });
  const found = await actions(3);
  expect(found.map(({ title }) => title)).toEqual(['write and', 'add an exception']);
  expect(found[0]!.edit.changes[local]).toMatchObject([{ newText: 'and' }]);
  expect(found[1]!.edit.changes[local]![0]!.newText).toContain('exceptions:\n    - name: known_users');
  await open(LOCAL.replace('= exec', '= exec and ka.verb = Get'));
  expect((await actions(3)).map(({ title }) => title)).toContain('switch never-true-check off here');
});

it('formatting, folding and symbols', async () => {
  await open(LOCAL.replace('subresource = exec', 'subresource=exec'));
  const edits = await client.request<readonly { readonly newText: string }[]>('textDocument/formatting', {
    textDocument: { uri: local },
    options: { tabSize: 2, insertSpaces: true },
  });
  expect(edits[0]!.newText).toContain('condition: outsider and ka.target.subresource = exec and not');
  const document = { textDocument: { uri: local } };
  expect(await client.request('textDocument/foldingRange', document)).toEqual([{ startLine: 0, endLine: 8 }]);
  expect(await client.request('textDocument/documentSymbol', document)).toMatchObject([
    { name: 'Exec', detail: 'rule' },
  ]);
});

it('a document of 5,000 lines is answered, too', async () => {
  const many = Array.from({ length: 550 }, (_, index) => LOCAL.replace('Exec', `Exec ${index}`)).join('\n');
  const found = await labels(many.replace(/outsider and(?![\s\S]*outsider and)/, 'outsider and ka.target.|'));
  expect(found).toContain('ka.target.subresource');
});

it('a request about what is not open is an error, and no end', async () => {
  await expect(client.request('textDocument/hover', at(LOCAL, 'Exec', uriOf('other.yaml')))).rejects.toThrow(
    'is not open',
  );
});

describe('correlations', () => {
  const CORRELATIONS = `- correlation: Execs By One
  desc: Somebody ran many commands.
  type: event_count
  rules:
    - Exec
    - as: read
      condition: >
        outsider and ka.target.resource = secrets
        and not ka.user.name in (trusted)
    - {rule: Exec, as: again}
  group-by: [ka.user.name]
  timespan: 10m
  condition: {gte: 5}
  output: "%corr.count commands by %ka.user.name"
  priority: ERROR
  source: k8s_audit
  tags: [T1609]

- correlation: Execs And More
  desc: d
  type: temporal
  rules: [Execs By One, Exec]
  timespan: 1h
  output: o
  priority: ERROR
  source: k8s_audit
`;
  const uri = uriOf('c-correlations.yaml');
  const positions = (word: string) => ({
    ...at(CORRELATIONS, word, uri),
    context: { includeDeclaration: true },
  });
  const proposed = async (text: string): Promise<readonly string[]> => {
    const there = cursor(text);
    await open(there.text, uri);
    const params = { textDocument: { uri }, position: there.position };
    return (
      await client.request<readonly { readonly label: string }[]>('textDocument/completion', params)
    ).map(({ label }) => label);
  };

  it('are checked with the rules that they name, and listed', async () => {
    await open(LOCAL);
    expect(await open(CORRELATIONS, uri)).toEqual([]);
    const [unknown] = await open(CORRELATIONS.replace('- Exec\n', '- Exek\n'), uri);
    expect(unknown?.message).toContain('Exek');
    await open(CORRELATIONS, uri);
    const symbols = await client.request<readonly { name: string; detail: string }[]>(
      'textDocument/documentSymbol',
      { textDocument: { uri } },
    );
    expect(symbols.map(({ name, detail }) => [name, detail])).toEqual([
      ['Execs By One', 'correlation'],
      ['Execs And More', 'correlation'],
    ]);
  });

  it('lead to their steps and back: definitions, references, renaming', async () => {
    await open(LOCAL);
    await open(CORRELATIONS, uri);
    expect(await client.request('textDocument/definition', positions('Exec\n'))).toMatchObject({
      uri: local,
    });
    expect(await client.request('textDocument/definition', positions('outsider'))).toMatchObject({
      uri: base,
    });
    const uses = await client.request<readonly { uri: string; range: Range }[]>(
      'textDocument/references',
      positions('Exec\n'),
    );
    expect(uses.map((use) => [use.uri === uri, use.range.start.line])).toEqual([
      [false, 0],
      [true, 4],
      [true, 9],
      [true, 21],
    ]);
    const { changes } = await client.request<{ changes: Record<string, readonly { range: Range }[]> }>(
      'textDocument/rename',
      { ...positions('Execs By One'), newName: 'Many Execs' },
    );
    expect(changes[uri]?.map(({ range }) => range.start)).toEqual([
      { line: 0, character: 15 },
      { line: 21, character: 10 },
    ]);
  });

  it('are described, with their MITRE tags', async () => {
    await open(CORRELATIONS, uri);
    const hover = async (word: string) =>
      (await client.request<{ contents: { value: string } } | null>('textDocument/hover', positions(word)))
        ?.contents.value;
    expect(await hover('Execs By One')).toMatch(/\*\*correlation Execs By One\*\*[\s\S]*T1609/);
    expect(await hover('timespan')).toContain('How far apart');
  });

  it.each([
    ['types', CORRELATIONS.replace('event_count', 'te|'), ['temporal', 'temporal_ordered']],
    [
      'names of rules and correlations',
      CORRELATIONS.replace('- Exec\n', '- Exe|\n'),
      ['Exec', 'Execs By One'],
    ],
    ['names in brackets', CORRELATIONS.replace('One, Exec]', 'One, Exec|]'), ['Exec', 'Execs And More']],
    [
      'keys that are not there',
      CORRELATIONS.replace('  timespan: 10m', '  |'),
      ['timespan', 'suppress', 'alert'],
    ],
    ['fields to group by', CORRELATIONS.replace('[ka.user.name]', '[ka.user.n|]'), ['ka.user.name']],
    ['comparisons of a number', CORRELATIONS.replace('{gte: 5}', '{|}'), ['gte', 'field']],
    ['numbers in the output', CORRELATIONS.replace('%corr.count', '%corr.c|'), ['%corr.count']],
    ['what fits in a condition of a step', CORRELATIONS.replace('outsider and', 'outs|'), ['outsider']],
    ['a new one', `${CORRELATIONS}\n|`, ['correlation']],
  ])('are completed: %s', async (_what, text, wanted) => {
    expect(await proposed(text)).toEqual(expect.arrayContaining(wanted));
  });

  it('may be expected by a suite', async () => {
    await open(CORRELATIONS, uri);
    const suite = 'tests:\n  - test: a\n    sequence: [{event: {verb: get}}]\n    expect: [Execs By One]\n';
    expect(await open(suite, uriOf('rules.test.yaml'))).toEqual([]);
  });
});

it('descriptions of proposals come when somebody looks at one', async () => {
  const there = cursor(LOCAL.replace('outsider and', 'ka.target.sub|'));
  await open(there.text);
  const [item] = await client.request<readonly { label: string; documentation?: unknown }[]>(
    'textDocument/completion',
    { textDocument: { uri: local }, position: there.position },
  );
  expect(item).not.toHaveProperty('documentation');
  expect(await client.request('completionItem/resolve', item)).toMatchObject({
    documentation: { kind: 'markdown', value: expect.stringContaining('**ka.target.subresource**') },
  });
});

describe('a thread of its own checks', () => {
  const LOG = 'window/logMessage';
  const ENDED = /^the thread that checks rules ended \(.*no memory left\)/;
  /** A plugin that ends the thread as often as a file counts down. */
  const plugin = `import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
const left = Number(readFileSync(new URL('./deaths', import.meta.url), 'utf8'));
if (!isMainThread && left > 0) {
  writeFileSync(new URL('./deaths', import.meta.url), String(left - 1));
  throw new Error('no memory left');
}
export default { apiVersion: 1, name: 'mortal', version: '1.0.0', description: 'd', contact: 'c' };
`;

  async function withDeaths(deaths: number, use: (own: TestClient) => Promise<void>): Promise<void> {
    const own = mkdtempSync(join(tmpdir(), 'tsfalco-lsp-'));
    writeFileSync(join(own, 'deaths'), String(deaths));
    writeFileSync(join(own, 'mortal.mjs'), plugin);
    const started = await openClient([builtCommand(), 'lsp', '--stdio', '--plugin', join(own, 'mortal.mjs')]);
    await use(started);
    expect(await started.close()).toBe(0);
    rmSync(own, { recursive: true });
  }
  const said = ({ log }: TestClient): readonly string[] =>
    log.flatMap(({ method, params }) => (method === LOG ? [(params as { message: string }).message] : []));

  it('one that dies is started again, and said', async () => {
    await withDeaths(1, async (own) => {
      const [found] = await own.diagnostics(base, 'yaml', BASE.replace('- macro', '- makro'));
      expect(found?.message).toContain('Unknown top level item');
      expect(said(own)).toEqual([expect.stringMatching(ENDED)]);
    });
  });

  it('a document that it dies of twice is left, and the next one checked', async () => {
    await withDeaths(2, async (own) => {
      await own.notify('textDocument/didOpen', {
        textDocument: { uri: local, languageId: 'yaml', version: 1, text: LOCAL },
      });
      const symbols = await own.request('textDocument/documentSymbol', { textDocument: { uri: local } });
      expect(symbols).toHaveLength(1);
      await own.diagnostics(base, 'yaml', BASE.replace('human', 'humann and'));
      const [first, second] = said(own);
      expect(first).toMatch(ENDED);
      expect(second).toMatch(ENDED);
      expect(second).toContain(`; ${local} is left until it changes`);
    });
  });

  it('answers what is asked of a document of many lines while it is checked', async () => {
    const many = Array.from({ length: 550 }, (_, index) => LOCAL.replace('Exec', `Exec ${index}`)).join('\n');
    await withDeaths(0, async (own) => {
      const published = own.diagnostics(local, 'yaml', many);
      let isPublished = false;
      void published.then(() => {
        isPublished = true;
      });
      const symbols = await own.request('textDocument/documentSymbol', { textDocument: { uri: local } });
      expect(symbols).toHaveLength(550);
      expect(isPublished).toBe(false);
      await published;
    });
  });

  it('takes edits in pieces, several at once, as editors send them', async () => {
    await open(LOCAL);
    const at = (line: number, from: number, to: number) => ({
      start: { line, character: from },
      end: { line, character: to },
    });
    const [found] = await client.change(local, [
      { range: at(0, 8, 12), text: 'Überall 😀' },
      { range: at(0, 18, 18), text: '\n  enabled: true' },
      { range: at(4, 4, 12), text: 'outsidr' },
    ]);
    expect(found).toMatchObject({
      message: "Undefined macro 'outsidr' used in filter. (did you mean 'outsider'?)",
      range: at(4, 4, 11),
    });
    const symbols = await client.request('textDocument/documentSymbol', { textDocument: { uri: local } });
    expect(symbols).toMatchObject([{ name: 'Überall 😀' }]);
  });
});
