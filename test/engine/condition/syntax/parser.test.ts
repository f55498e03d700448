import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBytes } from '../../../../src/bytes.js';
import type { Expr } from '../../../../src/engine/condition/syntax/ast.js';
import { ConditionParser } from '../../../../src/engine/condition/syntax/grammar.js';
import { parseCondition, parseOperandPrefix } from '../../../../src/engine/condition/syntax/parser.js';
import { printExpr } from '../../../../src/engine/condition/syntax/printer.js';

const TRANSFORMERS = "'val', 'tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'";
const OPERATORS =
  "'exists', '<=', '<', '>=', '>', '==', '=', '!=', 'glob', 'iglob', 'contains', 'icontains', 'bcontains', " +
  "'startswith', 'bstartswith', 'endswith', 'regex', 'intersects', 'in', 'pmatch'";
const NO_OPERATOR = `expected a valid check operator: one of ${OPERATORS}`;
const NO_NUMBER = `expected a number value or a field with a valid transformer: ${TRANSFORMERS}`;
const NO_TEXT = `expected a string value or a field with a valid transformer: ${TRANSFORMERS}`;
const NO_LIST = `expected a list, an identifier, or a field with a valid transformer: ${TRANSFORMERS}`;
const NO_OPERAND = "expected a '(' token, a field check, or an identifier";
const NO_ARGUMENT = 'expected a valid field argument: a quoted string or a bare string';
const unexpected = (token: string): string => `unexpected token after '${token}', expecting 'or', 'and'`;

function tree(text: string): Expr {
  const result = parseCondition(text);
  if (!result.ok) throw new Error(`${text}: ${result.fault.message}`);
  return result.value;
}

/** Message and offset of what is wrong. */
function fault(text: string): readonly [string, number] | undefined {
  const result = parseCondition(text);
  return result.ok ? undefined : [result.fault.message, result.fault.position.offset];
}

it('has a grammar that chevrotain finds nothing wrong with', () => {
  expect(() => new ConditionParser(true)).not.toThrow();
});

describe('texts that parse, in their printed form', () => {
  it.each([
    ['ka.verb increate', 'ka.verb in create'],
    ['ka.verb existsand ka.verb=create', '(ka.verb exists and ka.verb = create)'],
    ['ka.verb = "create"and ka.verb exists', '(ka.verb = create and ka.verb exists)'],
    ['evt.num>0and ka.verb exists', '(evt.num > 0 and ka.verb exists)'],
    ['a.b=1 or (c.d=1) and e.f exists', '(a.b = 1 or (c.d = 1 and e.f exists))'],
    ['a.b=1 and(c.d=1) or e.f exists', '((a.b = 1 and c.d = 1) or e.f exists)'],
    ['a.b=1 or(c.d=1) or e.f exists', '(a.b = 1 or c.d = 1 or e.f exists)'],
    ['a and notb', '(a and notb)'],
    ['not not ka.verb=create', 'ka.verb = create'],
    ['not(not(ka.verb=create))', 'not not ka.verb = create'],
    ['not not not a', 'not a'],
    ['not not(a)', 'a'],
    ['not ka.verb = x and ka.verb=create', '(not ka.verb = x and ka.verb = create)'],
    ['not\v\f a', 'not a'],
    ['and', 'and'],
    ['ka.verb = and', 'ka.verb = and'],
    ['ka.verb = or or ka.verb=create', '(ka.verb = or or ka.verb = create)'],
    ['ka.verb in ()', 'ka.verb in ()'],
    ['ka.verb in (  )', 'ka.verb in ()'],
    ['ka.verb in(a,"b c" , d)', 'ka.verb in (a, "b c", d)'],
    ['ka.verb in ("\\q")', 'ka.verb in ()'],
    ['ka.verb = >5', 'ka.verb = >5'],
    ['ka.verb = [x]', 'ka.verb = [x]'],
    ['ka.verb = {x}', 'ka.verb = {x}'],
    ['ka.verb = *.log', 'ka.verb = *.log'],
    ['ka.verb = ka.user.name', 'ka.verb = ka.user.name'],
    ['ka.verb == oneof', 'ka.verb == oneof'],
    ['ka.verb == oneof and ka.verb exists', '(ka.verb == oneof and ka.verb exists)'],
    ['ka.verb == oneof create', 'ka.verb == oneof create'],
    ['ka.verb startswith oneof (a, b)', 'ka.verb startswith oneof (a, b)'],
    ['ka.verb != allof\n(a)', 'ka.verb != allof (a)'],
    ['ka.uri.param[(] exists', 'ka.uri.param[(] exists'],
    ['ka.uri.param[=,] = x', 'ka.uri.param["=,"] = x'],
    ['jevt.value[/a/b] = x', 'jevt.value[/a/b] = x'],
    ['ka.uri.param[""] = x', 'ka.uri.param[""] = x'],
    ['ka.verb = val( ka.uri.param[a] )', 'ka.verb = val(ka.uri.param[a])'],
    ['ka.verb = tolower(ka.stage)and m', '(ka.verb = tolower(ka.stage) and m)'],
    ['len(ka.verb) >= 0x1F', 'len(ka.verb) >= 0x1F'],
    ['evt.num > 1.5e+3', 'evt.num > 1.5e+3'],
    ['join( "," , ( a.b , len(c.d),"x y", 1 ) )=x', 'join(,,(a.b,len(c.d),"x y",1)) = x'],
    ['getopt((), "a b")[a] in (z)', 'getopt((),"a b")[a] in (z)'],
    ['(((a)))', 'a'],
    ['\t a\b or\r\n b ', '(a or b)'],
  ])('%s', (text, printed) => {
    expect(printExpr(tree(text))).toBe(printed);
  });

  it('keeps what a value says', () => {
    const value = (text: string): unknown => {
      const expr = tree(`a.b = ${text}`);
      return expr.kind === 'binary' && expr.right.kind === 'value' ? expr.right.value : undefined;
    };
    expect(value('\\x00')).toBe('\\x00');
    expect(value('a\\.b')).toBe('a\\.b');
    expect(value('"cre\\ ate"')).toBe('cre\\ate');
    expect(value('"a\\x5c"')).toBe('a\\');
    expect(value('"\\b\\f\\n\\r\\t\\/\\"\'"')).toBe('\b\f\n\r\t/"\'');
    expect(value("'\\''")).toBe("'");
    expect(value('""')).toBe('');
    expect(value('"line\nbreak"')).toBe('line\nbreak');
    expect(value(toBytes('école'))).toBe(toBytes('école'));
    expect(value('1\b2')).toBe('1\b2');
  });

  it('tells an absent argument from an empty one', () => {
    expect(tree('a.b exists')).toMatchObject({ left: { name: 'a.b', argument: undefined } });
    expect(tree('a.b[""] exists')).toMatchObject({ left: { name: 'a.b', argument: '' } });
  });
});

describe('places of nodes', () => {
  it('counts \\r and \\n as a line each', () => {
    expect(tree('a\r\nand b.c = x')).toMatchObject({
      position: { offset: 0, line: 1, column: 1 },
      operands: [{}, { position: { offset: 7, line: 3, column: 5 }, right: { position: { column: 11 } } }],
    });
  });

  it('puts a connective where its first operand starts, the topmost before leading blanks', () => {
    expect(tree('  a or b')).toMatchObject({ kind: 'or', position: { offset: 0 } });
    expect(tree('  a and b')).toMatchObject({ kind: 'and', position: { offset: 2 } });
    expect(tree('( (a and b) or c)')).toMatchObject({ position: { offset: 2 } });
    expect(tree('a and not b')).toMatchObject({ operands: [{}, { kind: 'not', position: { offset: 6 } }] });
  });
});

describe('texts that do not parse', () => {
  it.each([
    ['', 'filter input string is empty', 0],
    ['  ', NO_OPERAND, 2],
    ['a.b=1 or(c.d=1) and e.f exists', unexpected(')'), 16],
    ['a andb', "expected blank or '(' after 'and'", 5],
    ['a and', "expected blank or '(' after 'and'", 5],
    ['a or', "expected blank or '(' after 'or'", 4],
    ['a orb', "expected blank or '(' after 'or'", 4],
    ['aand b', unexpected('aand'), 5],
    ['a andnot b', "expected blank or '(' after 'and'", 5],
    ['NOT x', unexpected('NOT'), 4],
    ['x AND y', unexpected('x'), 2],
    ['ka.verb IN (a)', NO_OPERATOR, 8],
    ['ka.verb = (create)', NO_TEXT, 10],
    ['ka.verb in create, get', unexpected('create'), 17],
    ['ka.verb in "create"', NO_LIST, 11],
    ['ka.uri in /x', NO_LIST, 10],
    ['ka.verb in (a,)', 'expected a string value', 14],
    ['ka.verb in (,a)', "expected a ')' token", 12],
    ['ka.verb in ("abc)', "expected a ')' token", 12],
    ['ka.verb in ("\\q" )', "expected a ')' token", 16],
    ['ka.verb in (a b)', "expected a ')' token", 14],
    ['ka.verb in ((a,b),c)', "expected a ')' token", 12],
    ['x.y in (b64(z.w))', "expected a ')' token", 11],
    ["ka.verb = it's", unexpected('it'), 12],
    ['ka.verb = create# note', unexpected('create#'), 18],
    ['ka.verb === create', NO_TEXT, 10],
    ['ka.verb => x', unexpected('>'), 11],
    ['ka.verb containsx', NO_OPERATOR, 8],
    ['ka.verb invalidop x', unexpected('validop'), 18],
    ['len (ka.verb) = 6', unexpected('len'), 4],
    ['val(ka.verb) = x', unexpected('val'), 3],
    ['ka.verb = val(tolower(ka.verb))', "expected a field within 'val' transformer", 14],
    ['ka.verb ==oneof (a)', unexpected('oneof'), 16],
    ['ka.verb == oneof(a)', unexpected('oneof'), 16],
    ['ka.verb == ONEOF (a)', unexpected('ONEOF'), 17],
    ['ka.verb in oneof (a)', unexpected('oneof'), 17],
    ['ka.verb > oneof (1)', NO_NUMBER, 10],
    ['ka.verb == oneof and_x', "expected blank or '(' after 'and'", 20],
    ['getopt((), "a")[ a] in (z)', NO_ARGUMENT, 16],
    ['ka.verb > d', NO_NUMBER, 10],
    ['ka.verb > "1"', NO_NUMBER, 10],
    ['evt.num > 1e5', unexpected('1'), 11],
    ['ka.verb = "a\\\\"', NO_TEXT, 10],
    ['ka.verb = "a\\.b"', 'unsupported string escape sequence: \\.', 16],
    ['ka.verb = \'say \\"x\\"\'', 'invalid \\" escape in \'-quoted string', 21],
    ['ka.verb = "it\\\'s"', 'invalid \\\' escape in "-quoted string', 17],
    ['ka.verb = "\\x4"', 'truncated hex char escape sequence', 15],
    ['ka.verb = "\\x4g"', 'invalid hex char escape sequence: 4g', 16],
    ['ka.uri.param[ x ] exists', NO_ARGUMENT, 13],
    ['ka.uri.param[] exists', NO_ARGUMENT, 13],
    ['ka.uri.param[a b] exists', "expected a ']' token", 14],
    ['a\fand b', unexpected('a'), 1],
    ['a \fand b', unexpected('a'), 2],
    ['(a', "expected a ')' token", 2],
    ['a)', unexpected('a'), 1],
    ['tolower(a.b = x', "expected a ')' token closing the transformer", 12],
    [
      'tolower() = x',
      'expected field transformer argument: field, transformer, quoted string, number, or transformer list',
      8,
    ],
    [
      'join("x",(a.b,)) = x',
      'expected transformer list argument: field, transformer, quoted string, or number',
      14,
    ],
    ['join("x",(a.b c)) = x', "expected ')'", 14],
    ['a.b exists x', unexpected('exists'), 11],
    ['test-macro', unexpected('test'), 4],
    ['a.b = "x y" z', unexpected('x y'), 12],
    ['a.b', NO_OPERATOR, 3],
    ['a.b = \xe9', NO_TEXT, 6],
    ['a.b = "x\0y"', NO_TEXT, 6],
  ])('%s', (text, message, offset) => {
    expect(fault(text)).toEqual([message, offset]);
  });

  it('counts lines in the place it reports', () => {
    const result = parseCondition('a\r\nand\n  ?');
    expect(result).toEqual({
      ok: false,
      fault: { message: NO_OPERAND, position: { offset: 9, line: 4, column: 3 } },
    });
  });
});

describe('depth', () => {
  const TOO_DEEP = 'exceeded max depth limit of 1000';
  const nested = (open: string, levels: number, inner: string, rest = ''): string =>
    `${open.repeat(levels)}${inner}${')'.repeat(levels)}${rest}`;

  it.each([
    ['(', 198, 'a.b = x', ''],
    ['not(', 248, 'a.b = x', ''],
    ['tolower(', 497, 'a.b', ' = x'],
  ])('accepts %s up to %i levels', (open, levels, inner, rest) => {
    expect(fault(nested(open, levels, inner, rest))).toBeUndefined();
    expect(fault(nested(open, levels + 1, inner, rest))?.[0]).toBe(TOO_DEEP);
    expect(fault(nested(open, 100_000, inner, rest))?.[0]).toBe(TOO_DEEP);
  });

  it('says too deep instead of running out of stack', () => {
    const text = nested('(', 190, 'a');
    const atTheEdge = (levels: number): string | undefined => {
      if (levels === 0) return fault(text)?.[0];
      return atTheEdge(levels - 1);
    };
    let levels = 500;
    let message: string | undefined;
    for (; message === undefined && levels < 20_000; levels += 100) {
      try {
        message = atTheEdge(levels);
      } catch {
        break;
      }
    }
    expect(message).toBe(TOO_DEEP);
  });

  it('takes flat chains and lists of any length in linear time', () => {
    const chain = Array<string>(50_000).fill('a.b = x').join(' and ');
    expect(tree(chain)).toMatchObject({ kind: 'and', operands: { length: 50_000 } });
    const list = `a.b in (${Array<string>(100_000).fill('x').join(',')})`;
    expect(tree(list)).toMatchObject({ right: { items: { length: 100_000 } } });
    expect(tree(`${'not '.repeat(100_001)}a`)).toMatchObject({ kind: 'not' });
  });
});

describe('parseOperandPrefix', () => {
  const prefix = (text: string): unknown => {
    const result = parseOperandPrefix(text);
    return result.ok
      ? [
          printExpr({ kind: 'exists', left: result.value.operand, position: result.value.operand.position }),
          result.value.end,
        ]
      : result.fault.message;
  };

  it.each([
    ['ka.verb and more', ['ka.verb exists', 7]],
    ['ka.uri.param[a]]', ['ka.uri.param[a] exists', 15]],
    ['tolower( ka.verb ).x', ['tolower(ka.verb) exists', 18]],
    ['getopt((),"x y")[c]d', ['getopt((),"x y")[c] exists', 19]],
    ['ka.uri.param[a b]', "expected a ']' token"],
  ])('%s', (text, expected) => {
    expect(prefix(text)).toEqual(expected);
  });

  it('refuses what is no field or transformer', () => {
    for (const text of ['', ' ka.verb', 'verb', '(ka.verb)', 'val(ka.verb)', '%']) {
      expect(parseOperandPrefix(text).ok).toBe(false);
    }
  });

  it('counts depth to 100', () => {
    const nested = (levels: number): string => `${'len('.repeat(levels)}a.b${')'.repeat(levels)}`;
    expect(parseOperandPrefix(nested(48)).ok).toBe(true);
    expect(parseOperandPrefix(nested(49))).toMatchObject({
      fault: { message: 'exceeded max depth limit of 100' },
    });
  });
});

describe('any text', () => {
  const words = fc.constantFrom(
    ...[
      'a.b',
      'a',
      'and',
      'or',
      'not',
      '(',
      ')',
      '[',
      ']',
      ',',
      ' ',
      '\n',
      '"',
      "'",
      '\\',
      '=',
      '!=',
      '<',
      'in',
    ],
    ...[
      'oneof',
      'exists',
      'val(',
      'tolower(',
      'join(',
      'contains ',
      '0x1',
      '-1.5e+3',
      '%',
      '\xe9',
      '\0',
      '\f',
    ],
  );

  it('gives a tree or a message inside the text, never an exception', () => {
    const text = fc.oneof(
      fc.array(words).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }).map(toBytes),
    );
    fc.assert(
      fc.property(text, (condition) => {
        for (const result of [parseCondition(condition), parseOperandPrefix(condition)]) {
          if (result.ok) continue;
          expect(result.fault.message).not.toBe('');
          expect(result.fault.position.offset).toBeLessThanOrEqual(condition.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
