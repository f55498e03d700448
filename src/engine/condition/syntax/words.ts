// The words of the language: operators and transformers (spec: rules-language.md §1.2), from the tables that say what they
// do.

import { operatorNames } from '../operators/operators.js';
import { MULTI_TRANSFORMERS, STRING_MAPS } from '../operators/transformers.js';

const isWord = (name: string): boolean => /\w/.test(name);

export const NUMBER_OPERATORS = operatorNames('number');
export const SYMBOL_OPERATORS = operatorNames('text').filter((name) => !isWord(name));
/** These need a blank behind them. */
export const WORD_OPERATORS = operatorNames('text').filter(isWord);
export const LIST_OPERATORS = operatorNames('list');
export const TRANSFORMERS: readonly string[] = [...STRING_MAPS.keys(), 'len', ...MULTI_TRANSFORMERS.keys()];

/** Every operator in the order of Falco's messages. */
export const OPERATOR_NAMES: readonly string[] = [
  ...operatorNames('nothing'),
  ...NUMBER_OPERATORS,
  ...SYMBOL_OPERATORS,
  ...WORD_OPERATORS,
  ...LIST_OPERATORS,
];

/** Every transformer in the order of Falco's messages; `val` first. */
export const TRANSFORMER_NAMES: readonly string[] = ['val', ...TRANSFORMERS];
