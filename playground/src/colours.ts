// Colours of a rules file, by lines, since what somebody types is mostly no YAML yet: keys and comments, and inside of
// conditions and outputs what the engine knows: fields, operators, transformers.

import { StreamLanguage, type StringStream } from '@codemirror/language';
import { createKnowledge, WORDS } from '../../src/language/knowledge.js';
import { SOURCES } from './sources.js';

const { fieldNamed } = createKnowledge(SOURCES);

interface State {
  /** The key whose value goes on, and the column in which it stands. */
  readonly key: string;
  readonly column: number;
}

const KEY = /^(?:- +)?["']?[\w-]+["']?(?=[ \t]*:(?:[ \t]|$))/;
const KINDS = new Map(WORDS.map(({ name, kind }) => [name, kind]));
const NAMES: ReadonlySet<string> = new Set(['rule', 'macro', 'list', 'correlation', 'test']);
const WORD = /^[A-Za-z_][\w.]*(?:\[[^\]]*\])?/;
const SIGN = /^[!<>=]+/;

export const ruleColours = StreamLanguage.define<{ at: State }>({
  name: 'rules',
  startState: () => ({ at: { key: '', column: -1 } }),
  copyState: ({ at }) => ({ at }),
  languageData: { commentTokens: { line: '#' } },
  token(stream, state) {
    if (stream.sol() && stream.eatSpace() && stream.eol()) return null;
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return 'comment';
    const first = stream.column() === stream.indentation();
    if (first && stream.column() <= state.at.column + 1) state.at = { key: '', column: -1 };
    if (first && stream.match(/^- +(?=["']?[\w-]+["']?[ \t]*:)/)) return 'punctuation';
    const key = isInText(state.at, stream) ? undefined : stream.match(KEY);
    if (key && typeof key === 'object') {
      const name = key[0].replace(/["']/g, '');
      state.at = { key: name, column: stream.column() - 1 };
      return 'propertyName';
    }
    return valueToken(stream, state.at.key);
  },
});

/** Whether a line goes on with a text that began above it. */
function isInText({ key, column }: State, stream: StringStream): boolean {
  return (key === 'condition' || key === 'output' || key === 'desc') && stream.column() > column + 1;
}

function valueToken(stream: StringStream, key: string): string | null {
  if (key === 'condition') return conditionToken(stream);
  if (key === 'output' && stream.match(/^%[A-Za-z][\w.]*(?:\[[^\]]*\])?/)) return 'variableName';
  if (NAMES.has(key) && stream.match(/^[^:#\s][^#]*/)) return 'heading';
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) && key !== 'output') return 'string';
  if (stream.match(/^(?:true|false|null)\b/)) return 'bool';
  stream.match(/^[:>|{}[\],]/) || stream.match(/^[^\s#%:>|{}[\],]+/) || stream.next();
  return null;
}

function conditionToken(stream: StringStream): string | null {
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'[^']*'?/)) return 'string';
  if (stream.match(SIGN)) return 'operator';
  if (stream.match(/^\d+(?![\w.])/)) return 'number';
  const word = stream.match(WORD);
  if (word === null || typeof word === 'boolean') {
    stream.next();
    return null;
  }
  const [text] = word;
  if (text === 'and' || text === 'or' || text === 'not') return 'keyword';
  if (fieldNamed(text.replace(/\[.*$/, '')) !== undefined) return 'variableName';
  return KINDS.has(text) ? 'operator' : null;
}
