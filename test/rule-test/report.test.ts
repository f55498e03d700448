// Reports for machines: what they hold, and that no name or message can break them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../src/rule-test/report.js';
import type { Verdict } from '../../src/rule-test/run.js';

const verdict = (changes: Partial<Verdict> = {}): Verdict => ({
  suite: 's.yaml',
  test: 'a test',
  line: 3,
  event: '{}',
  failures: [],
  missing: [],
  surplus: [],
  milliseconds: 1.5,
  ...changes,
});
const failed = verdict({
  test: 'b # \\ <c>',
  line: 7,
  failures: ['"R" should match and does not\n  at all'],
});
const why = ({ failures }: Verdict): string => (failures.length > 0 ? '✗ and\n└─ ✗ a < b' : '');

test('TAP has the message, the reason and the place', () => {
  expect(renderReport([verdict(), failed], 'tap', why)).toBe(
    [
      'TAP version 14',
      '1..2',
      'ok 1 - s.yaml: a test',
      'not ok 2 - s.yaml: b \\# \\\\ <c>',
      '  ---',
      '  message: |',
      '    "R" should match and does not',
      '      at all',
      '  why: |',
      '    ✗ and',
      '    └─ ✗ a < b',
      '  at: "s.yaml:7"',
      '  ...',
      '',
    ].join('\n'),
  );
});

test('JUnit has totals, places and reasons', () => {
  expect(renderReport([verdict(), failed, verdict({ suite: 't.yaml' })], 'junit', why)).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0" time="0.004500">
  <testsuite name="s.yaml" tests="2" failures="1" errors="0" time="0.003000">
    <testcase classname="s.yaml" name="a test" file="s.yaml" line="3" time="0.001500"/>
    <testcase classname="s.yaml" name="b # \\ &lt;c&gt;" file="s.yaml" line="7" time="0.001500">
      <failure message="&quot;R&quot; should match and does not&#10;  at all">&quot;R&quot; should match and does not
  at all
✗ and
└─ ✗ a &lt; b</failure>
    </testcase>
  </testsuite>
  <testsuite name="t.yaml" tests="1" failures="0" errors="0" time="0.001500">
    <testcase classname="t.yaml" name="a test" file="t.yaml" line="3" time="0.001500"/>
  </testsuite>
</testsuites>
`,
  );
});

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#13;': '\r',
  '&#10;': '\n',
  '&#9;': '\t',
};

/** Reads the XML that reports are made of, strictly. @returns attributes and texts, in order; throws if it is not well-formed */
function readXml(text: string): string[] {
  const found: string[] = [];
  const open: string[] = [];
  const decode = (raw: string): string => {
    if (/[<>"]/.test(raw) || /&(?!(?:amp|lt|gt|quot|#13|#10|#9);)/.test(raw)) throw new Error(`raw: ${raw}`);
    if (!/^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(raw))
      throw new Error(`char: ${raw}`);
    return raw.replace(/&[#\w]+;/g, (entity) => ENTITIES[entity]!);
  };
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const TOKEN = /<\/(\w+)>|<(\w+)((?: \w+="[^"<]*")*)(\/?)>|([^<]+)/y;
  while (TOKEN.lastIndex < body.length) {
    const token = TOKEN.exec(body);
    if (token === null) throw new Error('no token');
    const [, closed, opened, attributes = '', empty, content] = token;
    if (content !== undefined) {
      if (open.at(-1) === 'failure') found.push(decode(content));
      else if (content.trim() !== '') throw new Error(`text: ${content}`);
    }
    for (const [, value] of attributes.matchAll(/ \w+="([^"]*)"/g)) found.push(decode(value!));
    if (opened !== undefined && empty === '') open.push(opened);
    if (closed !== undefined && open.pop() !== closed) throw new Error(`closed: ${closed}`);
  }
  if (open.length > 0) throw new Error(`open: ${open.join()}`);
  return found;
}

describe('whatever names and messages hold', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      '<a b="c">&amp;',
      ']]>',
      '--> <!--',
      '\r\n\t',
      '\ud800',
      '\ufffe',
      '\0',
      '...',
      '---',
      '# skip',
    ),
  );

  test('JUnit is well-formed and holds them', () => {
    fc.assert(
      fc.property(text, text, text, (suite, name, failure) => {
        const found = readXml(
          renderReport([verdict({ suite, test: name, failures: [failure] })], 'junit', () => failure),
        );
        const kept = (value: string): string =>
          value
            .replace(/\p{Surrogate}/gu, '\ufffd')
            .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '\ufffd');
        expect(found).toContain(kept(suite));
        expect(found).toContain(kept(name));
        expect(found).toContain(kept(`${failure}\n${failure}`));
      }),
    );
  });

  test.each(['text', 'tap'] as const)(
    '%s: a name cannot move the cursor or be taken for another line',
    (format) => {
      const hostile = 'x\x1b[2J\u009b\u202e\nok 2 - forged';
      const report = renderReport(
        [verdict({ suite: hostile, test: hostile, failures: [`"${hostile}" should match`] })],
        format,
        () => hostile,
      );
      expect(report).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
      expect(report.split('\n').filter((line) => line.startsWith('ok 2'))).toEqual([]);
      expect(report).toContain('x\\u001b[2J'.replace('\\', format === 'tap' ? '\\\\' : '\\'));
    },
  );

  test('TAP has one line a test, and diagnostics that are indented', () => {
    fc.assert(
      fc.property(text, text, (name, failure) => {
        const lines = renderReport([verdict({ test: name, failures: [failure] })], 'tap', () => failure)
          .trimEnd()
          .split('\n');
        expect(lines.slice(0, 2)).toEqual(['TAP version 14', '1..1']);
        expect(lines[2]).toMatch(/^not ok 1 - s\.yaml: /);
        // An unescaped hash would begin a directive.
        expect(lines[2]!.replace(/\\[\\#]/g, '')).not.toContain('#');
        for (const line of lines.slice(3)) expect(line).toMatch(/^ {2}/);
      }),
    );
  });
});
