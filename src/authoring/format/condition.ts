// In: a condition as it was written. Out: the same words in one layout: a blank around operators and behind commas, one
// line where it fits, else a line for each part of its outermost `and` and `or`. Words are never changed, and where the
// result would be read as anything else the condition stays as it is.

import type { ByteString } from '../../bytes.js';
import type { Expr } from '../../engine/condition/syntax/ast.js';
import { parseCondition } from '../../engine/condition/syntax/parser.js';

/** Lines of a condition, none longer than the width where there is a place to break. */
export function formatCondition(text: ByteString, width: number): readonly ByteString[] {
  const plain = text.replace(/[\s]+/g, ' ').trim();
  // Blanks in quotes are part of a value: these stay whatever stands around them.
  const words = wordsOf(text);
  const line = words.map(({ text: word, glued }, at) => (at === 0 || glued ? word : ` ${word}`)).join('');
  if (!isSame(text, line)) return isSame(text, plain) ? [plain] : [text];
  return line.length <= width ? [line] : broken(words, width);
}

interface Word {
  readonly text: ByteString;
  /** Brackets that are open before it. */
  readonly depth: number;
  /** No blank stands before it. */
  readonly glued: boolean;
}

const WORD =
  /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[A-Za-z][\w.]*\[(?:"[^"]*"|'[^']*'|[^\]"'])*\]|[(),]|(?:[^\s(),"'\\]|\\[\s\S])+|["'\\]/g;
const COMPARISON = /^([A-Za-z][\w]*(?:\.[\w]+)+)(==|!=|<=|>=|=|<|>)(.*)$/s;
const OPERATOR = /^(==|!=|<=|>=|=|<|>)(.+)$/s;
/** Words that open brackets do not belong to, as they do to a transformer. */
const SPACED =
  /^(?:and|or|not|in|intersects|pmatch|oneof|anyof|allof|contains|icontains|startswith|endswith|[=<>!]+)$/;

function wordsOf(text: ByteString): readonly Word[] {
  const words: Word[] = [];
  let depth = 0;
  let end = 0;
  const add = (word: ByteString, glued: boolean): void => {
    if (word === ')') depth--;
    words.push({ text: word, depth, glued });
    if (word === '(') depth++;
  };
  for (const { 0: found, index } of text.matchAll(WORD)) {
    const adjacent = index === end;
    end = index + found.length;
    const before = words.at(-1)?.text ?? '';
    const [, field, operator = '', value = ''] = COMPARISON.exec(found) ?? [];
    if (field !== undefined) {
      add(field, isGlued(field, before, adjacent));
      add(operator, false);
      if (value !== '') add(value, false);
      continue;
    }
    const split = adjacent && /[\])]$/.test(before) ? OPERATOR.exec(found) : null;
    if (split === null) add(found, isGlued(found, before, adjacent));
    else {
      add(split[1]!, false);
      add(split[2]!, false);
    }
  }
  return words;
}

function isGlued(word: ByteString, before: ByteString, adjacent: boolean): boolean {
  if (before === '(' || word === ')' || word === ',') return true;
  if (word === '(') return adjacent && before !== ',' && !SPACED.test(before);
  // What stands together without a bracket or comma is one value.
  return adjacent && before !== ',' && before !== ')' && !SPACED.test(before);
}

/** A line for each part of the outermost `and` and `or`; parts that are too long break further inside. */
function broken(words: readonly Word[], width: number): readonly ByteString[] {
  const parts: Word[][] = [[]];
  for (const word of words) {
    const starts = word.depth === 0 && isJoint(word) && parts.at(-1)!.length > 0;
    if (starts) parts.push([word]);
    else parts.at(-1)!.push(word);
  }
  return parts.flatMap((part) => wrapped(part, width));
}

const isJoint = ({ text }: Word): boolean => text === 'and' || text === 'or';

function wrapped(words: readonly Word[], width: number): readonly ByteString[] {
  const chunks: ByteString[] = [];
  for (const [at, word] of words.entries()) {
    // A line may begin with a connective, and with a value behind a comma.
    const breakable = at === 0 || (isJoint(word) && at > 0) || words[at - 1]!.text === ',';
    if (breakable) chunks.push(word.text);
    else chunks[chunks.length - 1] += word.glued ? word.text : ` ${word.text}`;
  }
  const lines: ByteString[] = [];
  for (const chunk of chunks) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + chunk.length <= width)
      lines[lines.length - 1] = `${last} ${chunk}`;
    else lines.push(chunk);
  }
  return lines;
}

/** Whether both are read alike: the same tree, or, as parts of a condition that are appended, the same words. */
export function isSame(a: ByteString, b: ByteString): boolean {
  if (a === b) return true;
  const [first, second] = [treeOf(a), treeOf(b)];
  if (first !== undefined || second !== undefined) return first === second;
  // An appended part is read behind what it is appended to.
  const left = treeOf(`x ${a}`);
  return left !== undefined && left === treeOf(`x ${b}`);
}

const treeAsText = (expr: Expr): string =>
  JSON.stringify(expr, (key, value: unknown) => (key === 'position' ? undefined : value));

/** A condition is asked for twice, by itself and within its file, and of a file that is typed in most are as they were. */
const trees = new Map<ByteString, string | undefined>();
const MOST_TREES = 4000;

/** What a condition is read as; undefined: it is none. Blanks around it are no part of it. */
function treeOf(text: ByteString): string | undefined {
  const key = text.trim();
  if (trees.has(key)) return trees.get(key);
  const parsed = parseCondition(key);
  const tree = parsed.ok ? treeAsText(parsed.value) : undefined;
  if (trees.size >= MOST_TREES) trees.clear();
  trees.set(key, tree);
  return tree;
}
