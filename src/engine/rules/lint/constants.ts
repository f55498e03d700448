// Constants that no value can match, or that match less than they seem to: regular expressions, which Falco holds
// against the whole value, and letters of the wrong case behind tolower and toupper.

import type { ByteString } from '../../../bytes.js';
import { printExpr } from '../../condition/syntax/printer.js';
import type { Advice } from './advice.js';
import type { Check } from './values.js';

export function constantAdvice(check: Check): readonly Advice[] {
  if (check.kind !== 'binary') return [];
  const { right } = check;
  if (right.kind !== 'value' && right.kind !== 'list') return [];
  const constants = right.kind === 'list' ? right.items : [right.value];
  const advice = /^regex\b/.test(check.operator)
    ? constants.flatMap(regexAdvice)
    : constants.flatMap((constant) => caseAdvice(check, constant));
  return advice.map((one) => ({ ...one, position: right.position }));
}

function regexAdvice(pattern: ByteString): readonly Advice[] {
  if (hasMisplacedAnchor(pattern))
    return [
      {
        id: 'regex-never-matches',
        message: `'${pattern}' matches no value: an anchor stands in the middle of it`,
      },
    ];
  const missing = missingEnd(pattern);
  if (missing === undefined) return [];
  const meant = missing === 'end' ? `${pattern}.*` : `.*${pattern}`;
  const message = `'${pattern}' has to match the whole value`;
  return [{ id: 'whole-value-regex', message, suggestion: meant }];
}

/** Where a pattern that is anchored at one end stops with a plain character at the other. */
function missingEnd(pattern: ByteString): 'begin' | 'end' | undefined {
  const tokens = tokensOf(pattern);
  const [first, last] = [tokens[0], tokens.at(-1)];
  if (first === undefined || last === undefined || tokens.length < 2) return undefined;
  if (first === '^' && isPlain(last)) return 'end';
  return last === '$' && isPlain(first) && !QUANTIFIERS.has(tokens[1]!) ? 'begin' : undefined;
}

const isPlain = (token: string): boolean => !/^[.*+?{}()[\]|^$]$/.test(token);

const tokensOf = (pattern: ByteString): readonly string[] => pattern.match(/\\[\s\S]|[\s\S]/g) ?? [];

const QUANTIFIERS = new Set('*?{+');

/** An anchor with a character before `^` or behind `$` that has to be there. Patterns with choices are passed over. */
export function hasMisplacedAnchor(pattern: ByteString): boolean {
  if (/[|([]/.test(pattern)) return false;
  const tokens = tokensOf(pattern);
  const isFixed = (index: number): boolean => {
    const token = tokens[index];
    if (token === undefined || QUANTIFIERS.has(token) || '^$).'.includes(token)) return false;
    if (token === '\n' || token === '\\n') return false;
    const next = tokens[index + 1] ?? '';
    return next === '' || !'*?{'.includes(next);
  };
  return tokens.some(
    (token, index) => (token === '^' && isFixed(index - 1)) || (token === '$' && isFixed(index + 1)),
  );
}

/** Letters that no value has behind a transformer. */
const WRONG_CASE: ReadonlyMap<string, RegExp> = new Map([
  ['tolower', /[A-Z]/],
  ['toupper', /[a-z]/],
]);
/** Operators for which a constant with such a letter is never right. */
const LITERAL = /^(?:==?|in|intersects|contains|startswith|endswith)(?: (?:oneof|anyof|allof))?$/;

function caseAdvice(check: Check, constant: ByteString): readonly Advice[] {
  if (check.kind !== 'binary' || check.left.kind !== 'transformer' || !LITERAL.test(check.operator))
    return [];
  const { name } = check.left;
  if (WRONG_CASE.get(name)?.test(constant) !== true) return [];
  const other = (letter: string): string =>
    name === 'tolower' ? letter.toLowerCase() : letter.toUpperCase();
  const suggestion = constant.replace(/[a-zA-Z]/g, other);
  const message = `'${constant}' is never found by '${printExpr(check)}': ${name} leaves no such letters`;
  return [{ id: 'never-true-check', message, suggestion }];
}
