import { describe, expect, test } from 'vitest';
import {
  compileCondition,
  compileOperand,
  type Predicate,
} from '../../../../src/engine/condition/compile/compile.js';
import { createScope, type Scope } from '../../../../src/engine/condition/compile/scope.js';
import { explainCondition } from '../../../../src/engine/condition/explain/explain.js';
import type { BinaryExpr, Expr } from '../../../../src/engine/condition/syntax/ast.js';
import { eventOf, parse, testTable, verdict } from '../support.js';

function compile(expr: Expr | string, scope: Scope): Predicate {
  const compiled = compileCondition(typeof expr === 'string' ? parse(expr) : expr, scope);
  if (!compiled.ok) throw new Error(compiled.fault.message);
  return compiled.value;
}

const POSITION = { offset: 0, line: 1, column: 1 };
const chain = (kind: 'and' | 'or', operands: readonly Expr[]): Expr => ({
  kind,
  operands,
  position: POSITION,
});

describe('and, or, not', () => {
  const event = { s: 'a', n: 1 };
  test.each([
    ['t.s = a and t.n = 1', true],
    ['t.s = a and t.n = 2', false],
    ['t.s = b or t.n = 1', true],
    ['t.s = b or t.n = 2', false],
    ['t.s = b or t.s = a and t.n = 1', true],
    ['(t.s = b or t.s = a) and t.n = 2', false],
    ['not t.s = b', true],
    ['not (t.s = a and t.n = 1)', false],
    ['not (t.s = b or not t.n = 1)', true],
    ['t.s = a and not (t.n = 2 or t.n = 3) and t.s exists', true],
    ['not (not (t.s = a or t.s = b) or not t.n = 1)', true],
  ])('%s: %s', (condition, expected) => {
    expect(verdict(condition, event)).toBe(expected);
  });

  test('stop as soon as the verdict is clear', () => {
    const read: string[] = [];
    const scope = createScope(testTable((name) => read.push(name)));
    const predicate = compile('t.s = a or t.r = b and t.q = c', scope);
    for (const [json, fields] of [
      [{ s: 'a' }, ['t.s']],
      [{}, ['t.s', 't.r']],
      [{ r: 'b' }, ['t.s', 't.r', 't.q']],
    ] as const) {
      read.length = 0;
      const event = eventOf(json);
      scope.begin(event);
      predicate(event);
      expect(read).toEqual(fields);
    }
  });
});

describe('what is shared', () => {
  test('a field is read once an event, by however many conditions', () => {
    const read: string[] = [];
    const scope = createScope(testTable((name) => read.push(name)));
    const predicates = [
      't.s = a',
      't.s = b or len(t.s) = 1',
      'tolower(t.s) contains a',
      't.arg[s] = a',
      't.arg[r] = a',
    ].map((condition) => compile(condition, scope));
    for (const json of [{ s: 'a' }, { s: 'A', r: 'a' }]) {
      read.length = 0;
      const event = eventOf(json);
      scope.begin(event);
      for (const predicate of predicates) predicate(event);
      expect(read).toEqual(['t.s', 't.arg[s]', 't.arg[r]']);
    }
    const third = eventOf({ s: 'b' });
    scope.begin(third);
    expect(predicates.map((predicate) => predicate(third))).toEqual([false, true, false, false, false]);
  });

  test('a sub-expression that several conditions have is decided once', () => {
    let asked = 0;
    const table = testTable();
    const counting = {
      ...table,
      lookup: (spelled: string) => {
        const found = table.lookup(spelled);
        if ('error' in found || spelled !== 't.q') return found;
        // A value whose comparison can be counted.
        const value = {
          toString: () => '',
          indexOf: () => -1,
          includes: () => {
            asked++;
            return true;
          },
        };
        return { ...found, extract: () => value as unknown as string };
      },
    };
    const scope = createScope(counting);
    const shared = '(t.s = a and t.q contains x)';
    const predicates = [
      shared,
      `t.r = b or ${shared}`,
      `not ${shared}`,
      `${shared} and t.r = c`,
      't.q contains x',
    ].map((condition) => compile(condition, scope));
    for (const expected of [1, 2]) {
      const event = eventOf({ s: 'a', r: 'z' });
      scope.begin(event);
      expect(predicates.map((predicate) => predicate(event))).toEqual([true, true, false, false, true]);
      expect(asked).toBe(expected);
    }
  });

  test('conditions that join later see the right verdicts too', () => {
    const scope = createScope(testTable());
    const first = compile('t.s = a and t.r contains b', scope);
    const event = eventOf({ s: 'a', r: 'abc' });
    scope.begin(event);
    expect(first(event)).toBe(true);
    const second = compile('not (t.s = a and t.r contains b)', scope);
    expect(second(event)).toBe(false);
    const other = eventOf({ s: 'a', r: 'c' });
    scope.begin(other);
    expect([first(other), second(other)]).toEqual([false, true]);
  });
});

describe('size', () => {
  test('chains of 100,000 operands', () => {
    const like = parse('t.n = 0') as BinaryExpr;
    const operands = Array.from(
      { length: 100_000 },
      (_, i): Expr => ({ ...like, right: { kind: 'value', value: String(i), position: POSITION } }),
    );
    const scope = createScope(testTable());
    const any = compile(chain('or', operands), scope);
    const none = compile(
      chain(
        'and',
        operands.map((operand): Expr => ({ kind: 'not', operand, position: POSITION })),
      ),
      scope,
    );
    const event = eventOf({ n: 99_999 });
    scope.begin(event);
    expect([any(event), none(event)]).toEqual([true, false]);
    const other = eventOf({ n: 100_000 });
    scope.begin(other);
    expect([any(other), none(other)]).toEqual([false, true]);
  });

  test('nesting of 100,000 levels, of which other conditions use many', () => {
    const scope = createScope(testTable());
    let expr: Expr = parse('t.s = a');
    const others = { and: parse('t.s exists'), or: parse('t.r exists') };
    const levels: Expr[] = [];
    for (let i = 0; i < 100_000; i++) {
      expr =
        i % 3 === 0
          ? { kind: 'not', operand: expr, position: POSITION }
          : chain(i % 3 === 1 ? 'and' : 'or', [expr, i % 3 === 1 ? others.and : others.or]);
      if (i % 20_000 === 2) levels.push(expr);
    }
    const predicate = compile(expr, scope);
    const parts = levels.map((level) => compile(level, scope));
    for (const json of [{ s: 'a' }, { s: 'b' }]) {
      const event = eventOf(json);
      scope.begin(event);
      const expected = explainCondition(expr, scope.table, event).verdict;
      expect(predicate(event)).toBe(expected);
      for (const [i, part] of parts.entries()) {
        expect(part(event)).toBe(explainCondition(levels[i]!, scope.table, event).verdict);
      }
    }
  });

  test('trees that are shared, not copied, stay small', () => {
    const scope = createScope(testTable());
    let expr: Expr = parse('t.s contains a');
    for (let i = 0; i < 200; i++) expr = chain(i % 2 === 0 ? 'and' : 'or', [expr, expr]);
    const predicate = compile(expr, scope);
    const event = eventOf({ s: 'ba' });
    scope.begin(event);
    expect(predicate(event)).toBe(true);
    expect(explainCondition(expr, scope.table, event).verdict).toBe(true);
  });

  test('lists of 100,000 items', () => {
    const items = Array.from({ length: 100_000 }, (_, i) => `v${i}`).join(', ');
    expect(verdict(`t.s in (${items})`, { s: 'v77777' })).toBe(true);
    expect(verdict(`t.s in (${items})`, { s: 'w' })).toBe(false);
  });
});

describe('errors', () => {
  test('come from the first wrong check, at its place', () => {
    const scope = createScope(testTable());
    for (let attempt = 0; attempt < 2; attempt++) {
      const text = 't.s = a and (t.n = x\n or t.nope = 1)';
      expect(compileCondition(parse(text), scope)).toEqual({
        ok: false,
        fault: { message: 'x is not a valid number', position: { offset: 13, line: 1, column: 14 } },
      });
    }
    expect(compileCondition(parse('t.s = a or\n not t.nope = 1'), scope)).toEqual({
      ok: false,
      fault: {
        message: 'filter_check called with nonexistent field t.nope',
        position: { offset: 16, line: 2, column: 6 },
      },
    });
  });

  test.each([
    ['t.s = "\\x00"', 'filter error: filter value cannot contain a NUL byte (\\x00)'],
    ['t.s regex "\\\\w+"', 'invalid regex pattern: invalid escape sequence: \\w'],
    ['t.s regex anyof (a, "[A")', 'invalid regex pattern: missing ]: [A'],
    ['t.b = False', 'filter error: unrecognized boolean value False'],
    ['t.s in (b, t.nope)', false],
    ['some_macro', "filter error: unexpected identifier 'some_macro'"],
    ['t.nope exists', 'filter_check called with nonexistent field t.nope'],
    ['t.must = 1', "filter 't.must': t.must requires an argument but none provided"],
  ])('%s', (condition, expected) => {
    expect(verdict(condition, { s: 'a' })).toBe(expected);
  });
});

describe('operands for templates', () => {
  const operand = (text: string, scope: Scope) => {
    const expr = parse(`${text} exists`);
    if (expr.kind !== 'exists') throw new Error(text);
    return compileOperand(expr.left, scope);
  };

  test('tell type and field, and read once an event', () => {
    const read: string[] = [];
    const scope = createScope(testTable((name) => read.push(name)));
    const event = eventOf({ s: 'AB', l: ['x'] });
    scope.begin(event);
    const cases = [
      ['t.s', 'CHARBUF', false, 't.s', false, 'AB'],
      ['tolower(t.s)', 'CHARBUF', false, 't.s', true, 'ab'],
      ['len(t.s)', 'UINT64', false, 't.s', true, 2n],
      ['toupper(t.l)', 'CHARBUF', true, 't.l', true, ['X']],
      ['concat(t.s, "c")', 'CHARBUF', false, undefined, true, 'ABc'],
      ['b64("YQBi")', 'CHARBUF', false, undefined, true, 'a'],
      ['t.none', 'CHARBUF', false, 't.none', false, undefined],
    ] as const;
    for (const [text, type, isList, field, transformed, value] of cases) {
      const compiled = operand(text, scope);
      if (!compiled.ok) throw new Error(compiled.fault.message);
      expect(compiled.value).toMatchObject({ type, isList, transformed });
      expect(compiled.value.field?.field.name).toBe(field);
      expect(compiled.value.read(event)).toEqual(value);
    }
    expect(read).toEqual(['t.s', 't.l', 't.none']);
  });

  test('give messages', () => {
    expect(operand('tolower(t.n)', createScope(testTable()))).toMatchObject({ ok: false });
  });
});
