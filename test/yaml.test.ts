import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBytes } from '../src/bytes.js';
import {
  createMarks,
  isNull,
  MAX_YAML_BYTES,
  originOf,
  parseYaml,
  valueAt,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../src/yaml.js';

/** Values without places: texts, null, arrays, and arrays of pairs for mappings. */
function plain(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.isNull ? null : node.text;
    case 'sequence':
      return node.items.map(plain);
    case 'mapping':
      return { map: node.entries.map(({ key, value }) => [plain(key), plain(value)]) };
  }
}

const read = (text: string): unknown => {
  const { documents, error } = parseYaml(toBytes(text));
  return error?.message ?? documents.map(plain);
};
const one = (text: string): unknown => (read(text) as unknown[])[0];
const scalar = (text: string): YamlScalar => parseYaml(toBytes(text)).documents[0] as YamlScalar;

describe('values', () => {
  it.each([
    ['0x10', '0x10'],
    ['1.50', '1.50'],
    ['true', 'true'],
    ['"a\\tb\\x41\\u00e9\\U0001F600"', toBytes('a\tbAé😀')],
    ["'it''s'", "it's"],
    ['"a\\\n   b"', 'ab'],
    ['"a\n\n  b\n  c"', 'a\nb c'],
    ['a b\n c\n\n d', 'a b c\nd'],
    ['|\n a\n  b\n\n', 'a\n b\n'],
    ['>\n a\n b\n\n c\n  d\n e\n', 'a b\nc\n d\ne\n'],
    ['|-\n a\n\n', 'a'],
    ['|+\n a\n\n', 'a\n\n'],
    ['a: |2\n   b\n', { map: [['a', ' b\n']] }],
    ['"\\N\\_"', toBytes('\x85\xa0')],
    ['!!str ~', '~'],
    ['! ~', '~'],
    ['"~"', '~'],
    ['<<', '<<'],
    ['a#b', 'a#b'],
    ['a #b', 'a'],
    ['"a" # b', 'a'],
  ])('%j is %j', (text, value) => {
    expect(one(text)).toEqual(value);
  });

  it.each(['~', 'null', 'Null', 'NULL', '---\n'])('%j is null', (text) => {
    expect(one(text)).toBeNull();
  });

  it.each([
    ['[a, b,]', ['a', 'b']],
    ['[a: b]', [{ map: [['a', 'b']] }]],
    ['[: b]', [{ map: [[null, 'b']] }]],
    [
      '{a, "b":c, d: }',
      {
        map: [
          ['a', null],
          ['b', 'c'],
          ['d', null],
        ],
      },
    ],
    ['- a\n-\n- - b\n  - c', ['a', null, ['b', 'c']]],
    [
      '- a: 1\n  b: 2\n- - c: 3\n    d: 4',
      [
        {
          map: [
            ['a', '1'],
            ['b', '2'],
          ],
        },
        [
          {
            map: [
              ['c', '3'],
              ['d', '4'],
            ],
          },
        ],
      ],
    ],
    ['[a: 1, b: 2]', [{ map: [['a', '1']] }, { map: [['b', '2']] }]],
    [
      'a:\n- b\n- c\nd: e',
      {
        map: [
          ['a', ['b', 'c']],
          ['d', 'e'],
        ],
      },
    ],
    ['? a\n: b', { map: [['a', 'b']] }],
    [
      'a: 1\na: 2',
      {
        map: [
          ['a', '1'],
          ['a', '2'],
        ],
      },
    ],
    ['- &x a\n- *x', ['a', 'a']],
    ['- &x {k: v}\n- <<: *x', [{ map: [['k', 'v']] }, { map: [['<<', { map: [['k', 'v']] }]] }]],
  ])('%j', (text, value) => {
    expect(one(text)).toEqual(value);
  });

  it('takes the first of duplicate keys, and no null key for one', () => {
    const map = parseYaml('a: 1\na: 2\n~: 3').documents[0] as YamlMapping;
    expect((valueAt(map, 'a') as YamlScalar).text).toBe('1');
    expect(valueAt(map, 'null')).toBeUndefined();
    expect(valueAt(map, '')).toBeUndefined();
  });

  it('reads several documents, null ones included', () => {
    expect(read('a\n---\n---\nb\n...\n---\nc')).toEqual(['a', null, 'b', 'c']);
    expect(read('')).toEqual([]);
    expect(read('# only a comment\n')).toEqual([]);
    expect(parseYaml('a\n--- [', { documents: 1 })).toMatchObject({ documents: [{ text: 'a' }] });
  });

  it('knows CR, CRLF and byte order marks', () => {
    expect(one('a: 1\r\nb: 2\r\n')).toEqual({
      map: [
        ['a', '1'],
        ['b', '2'],
      ],
    });
    expect(one('a: 1\rb: 2\r')).toEqual({
      map: [
        ['a', '1'],
        ['b', '2'],
      ],
    });
    expect(parseYaml('\xef\xbb\xbfa').documents.map(plain)).toEqual(['a']);
    const utf16 = Buffer.from('a: é', 'utf16le').toString('latin1');
    expect(parseYaml(`\xff\xfe${utf16}`).documents.map(plain)).toEqual([{ map: [['a', toBytes('é')]] }]);
    expect(parseYaml(utf16).documents.map(plain)).toEqual([{ map: [['a', toBytes('é')]] }]);
  });

  it('lets an alias name what it stands in', () => {
    const node = parseYaml('&a [*a]').documents[0]!;
    expect(node.kind === 'sequence' && node.items[0]).toBe(node);
  });
});

describe('faults', () => {
  it.each([
    ['[a', 'error at line 1, column 3: unexpected end of the stream within a flow collection'],
    ['{a: b', 'error at line 1, column 6: unexpected end of the stream within a flow collection'],
    ['- a\n]', 'error at line 2, column 1: end of the stream or a document separator is expected'],
    ['[a}', 'error at line 1, column 3: missed comma between flow collection entries'],
    ['a: b: c', 'error at line 1, column 5: bad indentation of a mapping entry'],
    ['a: - b', 'error at line 1, column 4: bad indentation of a mapping entry'],
    ['a:\n\tb', 'error at line 2, column 1: tab characters must not be used in indentation'],
    ['a:\n  b\n\tc', 'error at line 3, column 1: tab characters must not be used in indentation'],
    ['"a', 'error at line 1, column 3: unexpected end of the stream within a double quoted scalar'],
    [
      '"a\n---\nb"',
      'error at line 2, column 1: unexpected end of the document within a double quoted scalar',
    ],
    ['"\\q"', 'error at line 1, column 3: unknown escape sequence'],
    ['"\\xzz"', 'error at line 1, column 4: expected hexadecimal character'],
    ['"\\ud83d"', 'error at line 1, column 1: an escape stands for no character'],
    ['*a', 'error at line 1, column 3: unidentified alias "a"'],
    ['* a', 'error at line 1, column 2: name of an alias node must contain at least one character'],
    ['& a', 'error at line 1, column 2: name of an anchor node must contain at least one character'],
    ['&a[ b', 'error at line 1, column 6: unexpected end of the stream within a flow collection'],
    ['&a &b c', 'error at line 1, column 4: duplication of an anchor property'],
    ['!a !b c', 'error at line 1, column 4: duplication of a tag property'],
    ['!<a b', 'error at line 1, column 6: unexpected end of the stream within a verbatim tag'],
    ['!a! b', 'error at line 1, column 4: undeclared tag handle "!a!"'],
    ['[a,, b]', "error at line 1, column 4: expected the node content, but found ','"],
    ['|x\n a', 'error at line 1, column 2: a line break is expected'],
    [
      '|0\n a',
      'error at line 1, column 2: bad explicit indentation width of a block scalar; it cannot be less than one',
    ],
    ['"a" "b"', 'error at line 1, column 5: end of the stream or a document separator is expected'],
    ['"a",', 'error at line 1, column 4: end of the stream or a document separator is expected'],
    [',a', 'error at line 1, column 1: end of the stream or a document separator is expected'],
    ['@a', 'error at line 1, column 1: end of the stream or a document separator is expected'],
    [
      'a: b\nc',
      'error at line 2, column 2: can not read a block mapping entry; a multiline key may not be an implicit key',
    ],
    [
      'a: b\nc\nd: e',
      'error at line 3, column 2: can not read a block mapping entry; a multiline key may not be an implicit key',
    ],
    ['- a\nb', 'error at line 2, column 1: end of the stream or a document separator is expected'],
    ['%YAML\n---\na', 'error at line 2, column 1: YAML directive accepts exactly one argument'],
    ['%YAML 2.0\n---\na', 'error at line 2, column 1: unacceptable YAML version of the document'],
    ['%YAML x\n---\na', 'error at line 2, column 1: ill-formed argument of the YAML directive'],
    ['%TAG a\n---\na', 'error at line 2, column 1: TAG directive accepts exactly two arguments'],
    [
      '%TAG a b\n%TAG a c\n---\na',
      'error at line 2, column 1: ill-formed tag handle (first argument) of the TAG directive',
    ],
    [`${'x'.repeat(1025)}: a`, 'error at line 1, column 1026: a key of more than 1024 bytes'],
    [`${'x'.repeat(1024)}: a`, undefined],
  ])('%j', (text, message) => {
    const { error } = parseYaml(text);
    expect(error?.message).toBe(message === undefined ? undefined : `yaml-cpp: ${message}`);
  });
});

describe('limits', () => {
  // A text that took quadratic time would run into the runner's own limit.
  const faultOf = (text: string): string | undefined => parseYaml(text).error?.text;
  const bomb = (levels: number, width: number): string => {
    const name = (level: number): string => `a${level}`;
    const line = (level: number): string =>
      `- &${name(level)} [${Array(width)
        .fill(level === 0 ? 'x' : `*${name(level - 1)}`)
        .join(',')}]\n`;
    return Array.from({ length: levels }, (_, level) => line(level)).join('');
  };

  it('refuses what is too much', () => {
    expect(faultOf('x'.repeat(10_000_000))).toBe(`text has more than ${MAX_YAML_BYTES} bytes`);
    expect(faultOf('['.repeat(1_000_000))).toBe('nested too deeply');
    expect(faultOf('- '.repeat(1_000_000))).toBe('nested too deeply');
    expect(faultOf(bomb(30, 10))).toBe('more than 400000 values, aliases included');
    expect(faultOf('a: b\n'.repeat(800_000))).toBe('more than 400000 values, aliases included');
    expect(faultOf('---\n'.repeat(400_002))).toBe('more than 400000 values, aliases included');
    expect(faultOf(`${bomb(4, 10)}---\n`.repeat(50))).toBe('more than 400000 values, aliases included');
    expect(faultOf(`[${'x,'.repeat(1_000_000)}]`)).toBe('more than 400000 values, aliases included');
  });

  it('takes linear time for blanks, breaks and escapes', () => {
    const size = 1_000_000;
    for (const text of [
      `a${' '.repeat(size)}b`,
      `"${'\\n'.repeat(size)}"`,
      `"a${' \n'.repeat(size)}"`,
      `|\n${' \n'.repeat(size)}`,
    ])
      expect(faultOf(text)).toBeUndefined();
  });

  it('nests 498 deep, as yaml-cpp does', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseYaml(nested(498)).error).toBeUndefined();
    expect(parseYaml(nested(500)).error?.text).toBe('nested too deeply');
  });
});

describe('places', () => {
  it('marks every node where it begins, from 0', () => {
    const map = parseYaml('k: v\nl:\n  - &x "q"\n  -\n  - |\n    t\nm:\n').documents[0] as YamlMapping;
    const list = valueAt(map, 'l')!;
    expect(map.mark).toEqual({ offset: 0, line: 0, column: 0 });
    expect(valueAt(map, 'k')!.mark).toEqual({ offset: 3, line: 0, column: 3 });
    expect(list.mark).toEqual({ offset: 10, line: 2, column: 2 });
    const marks = list.kind === 'sequence' ? list.items.map(({ mark }) => mark) : [];
    expect(marks).toEqual([
      { offset: 12, line: 2, column: 4 },
      // An empty value begins where the next token does.
      { offset: 25, line: 4, column: 2 },
      { offset: 27, line: 4, column: 4 },
    ]);
    expect(isNull(valueAt(map, 'm')!)).toBe(true);
  });

  it.each(['k: |-\n  ab  \nnext: x\n', 'k: |\n  ab\n\n\nnext: x\n', 'k: "ab  "\n'])(
    'leads from the end of a text to where it ends, not to what comes behind it: %j',
    (yaml) => {
      const node = valueAt(parseYaml(yaml).documents[0] as YamlMapping, 'k') as YamlScalar;
      expect(originOf(node, 2)).toBe(yaml.indexOf('ab') + 2);
      const end = originOf(node, node.text.length);
      expect(end).toBeGreaterThanOrEqual(yaml.indexOf('ab') + 2);
      expect(yaml.slice(0, end)).not.toContain('next');
      expect(end).toBeLessThanOrEqual(yaml.indexOf('ab') + node.text.length);
    },
  );

  it('leads from a text back to the file, through folding, escapes and indentation', () => {
    const at = (yaml: string, word: string): string => {
      const bytes = toBytes(yaml);
      const node = scalar(yaml);
      const offset = originOf(node, node.text.indexOf(word));
      return bytes.slice(offset, offset + word.length);
    };
    expect(at('>\n   one\n   two\n\n   three\n', 'three')).toBe('three');
    expect(at('|\n  one\n    two\n', 'two')).toBe('two');
    expect(at('"a\\tb \\x41 word"', 'word')).toBe('word');
    expect(at("'it''s a word'", 'word')).toBe('word');
    expect(at('plain text\n  over lines\n\n  word', 'word')).toBe('word');
    expect(at('"a\\\n    word"', 'word')).toBe('word');
  });

  it('does so for any text in any style', () => {
    const line = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,3}$/);
    const style = fc.constantFrom('plain', 'single', 'double', 'literal', 'folded');
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), style, (lines, how) => {
        const body = lines.join('\n    ');
        const yaml = {
          plain: `    ${body}`,
          single: `'${body}'`,
          double: `"${body}"`,
          literal: `|\n    ${body}\n`,
          folded: `>\n    ${body}\n`,
        }[how];
        const node = scalar(yaml);
        for (let index = 0; index < node.text.length; index++) {
          const char = node.text[index]!;
          if (char !== ' ' && char !== '\n') expect(yaml[originOf(node, index)]).toBe(char);
        }
      }),
    );
  });

  it('gives the mark of an offset', () => {
    expect(createMarks('ab\ncd\n')(4)).toEqual({ offset: 4, line: 1, column: 1 });
    expect(createMarks('ab\r\ncd')(4)).toEqual({ offset: 4, line: 1, column: 0 });
    expect(createMarks('ab\rcd')(3)).toEqual({ offset: 3, line: 1, column: 0 });
  });
});

describe('totality', () => {
  it('never throws, and gives each fault a place inside the text', () => {
    const piece = fc.constantFrom(
      ...[
        '- ',
        'a: ',
        '\n',
        '  ',
        '[',
        ']',
        '{',
        '}',
        ',',
        '"',
        "'",
        '|',
        '>',
        '&x ',
        '*x',
        '!t ',
        '#c',
        '?',
        ':',
        '---',
        '...',
        '%TAG',
        '\t',
        '\r',
        '\\',
        'word',
        '\0',
        '\x04',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        // Offsets count in the text that was read: in UTF-16 it may be longer than the bytes.
        const { error, text } = parseYaml(pieces.join(''));
        if (error === undefined) return;
        expect(error.mark.offset).toBeGreaterThanOrEqual(0);
        expect(error.mark.offset).toBeLessThanOrEqual(text.length + 1);
      }),
      { numRuns: 2000 },
    );
  });
});
