// The words of the language: operators, modifiers, transformers (spec: rules-language.md §1.2). A leaf.

export const NUMBER_OPERATORS: readonly string[] = ['<=', '<', '>=', '>'];
export const SYMBOL_OPERATORS: readonly string[] = ['==', '=', '!='];
/** These need a blank behind them. */
export const WORD_OPERATORS: readonly string[] = [
  'glob',
  'iglob',
  'contains',
  'icontains',
  'bcontains',
  'startswith',
  'bstartswith',
  'endswith',
  'regex',
];
export const LIST_OPERATORS: readonly string[] = ['intersects', 'in', 'pmatch'];
export const MODIFIERS: readonly string[] = ['oneof', 'anyof', 'allof'];
export const TRANSFORMERS: readonly string[] = [
  'tolower',
  'toupper',
  'b64',
  'basename',
  'len',
  'join',
  'concat',
  'getopt',
];

/** Every operator in the order of Falco's messages. */
export const OPERATOR_NAMES: readonly string[] = [
  'exists',
  ...NUMBER_OPERATORS,
  ...SYMBOL_OPERATORS,
  ...WORD_OPERATORS,
  ...LIST_OPERATORS,
];

/** Every transformer in the order of Falco's messages; `val` first. */
export const TRANSFORMER_NAMES: readonly string[] = ['val', ...TRANSFORMERS];
