// One row a transformer: which values it takes, and what it makes of them.
// Answers to Falco's filter transformers (spec: rules-language.md §2.12). A new transformer is a row here (and a name
// in the lexer). All of them work on bytes as Falco holds them (operand.ts says where a NUL at their end counts).

import type { ByteString } from '../../../bytes.js';
import { decodeBase64 } from './base64.js';
import { getoptList, getoptValue } from './getopt.js';
import type { ValueType } from './operand-type.js';
import { basename, cutAtNul, lowerAscii, upperAscii } from './text.js';

/** A transformer of one argument that maps strings, each element of a list by itself. */
export type StringMap = (bytes: ByteString) => ByteString | undefined;

/** `undefined` from a map makes the whole value missing. */
export const STRING_MAPS: ReadonlyMap<string, StringMap> = new Map<string, StringMap>([
  ['tolower', lowerAscii],
  ['toupper', upperAscii],
  ['b64', decodeBase64],
  ['basename', basename],
]);

/** A transformer of several arguments. Its result is a string or a list of strings. */
export interface MultiTransformer {
  /** Falco's message if it cannot be applied so; it looks at the arguments as they are before one-argument transformers. */
  readonly fault: (args: readonly ValueType[], argument: ByteString | undefined) => ByteString | undefined;
  readonly isList: (argument: ByteString | undefined) => boolean;
  /**
   * @param args the values of each argument, a single one as a list of one, with the NULs that Falco holds
   */
  readonly apply: (
    args: readonly (readonly ByteString[])[],
    argument: ByteString | undefined,
  ) => ByteString | readonly ByteString[] | undefined;
}

const isPlainString = ({ type, isList }: ValueType): boolean => type === 'CHARBUF' && !isList;

const noArgument = (name: string, argument: ByteString | undefined): ByteString | undefined =>
  argument === undefined ? undefined : `transformer '${name}' does not support field arguments`;

const join: MultiTransformer = {
  fault: (args, argument) => {
    if (args.length !== 2) return 'join() requires exactly 2 arguments: separator and list';
    if (args[0]!.isList) return 'join() first argument (separator) must be a single value, not a list';
    if (!args[1]!.isList) return 'join() second argument must be a list';
    return noArgument('join', argument);
  },
  isList: () => false,
  apply: ([separator, list]) =>
    separator![0] === undefined ? undefined : list!.map(cutAtNul).join(separator![0]),
};

const concat: MultiTransformer = {
  fault: (args, argument) =>
    args.every(isPlainString) ? noArgument('concat', argument) : 'concat() arguments must be strings',
  isList: () => false,
  apply: (args) =>
    args.some((values) => values[0] === undefined)
      ? undefined
      : args.map((values) => cutAtNul(values[0]!)).join(''),
};

const getopt: MultiTransformer = {
  fault: (args, argument) => {
    if (args.length !== 2) return 'getopt() requires exactly 2 arguments: args list and optstring';
    if (!args[0]!.isList) return 'getopt() first argument must be a list';
    if (args[1]!.isList) return 'getopt() second argument (optstring) must be a single value';
    if (args.some(({ type }) => type !== 'CHARBUF')) return 'getopt() arguments must be strings';
    if (argument !== undefined && argument.length !== 1) {
      return 'getopt() field argument must be a single option character';
    }
    return undefined;
  },
  isList: (argument) => argument === undefined,
  apply: ([args, optstring], argument) => {
    if (optstring![0] === undefined) return undefined;
    return argument === undefined
      ? getoptList(args!, optstring![0])
      : getoptValue(args!, optstring![0], argument);
  },
};

export const MULTI_TRANSFORMERS: ReadonlyMap<string, MultiTransformer> = new Map([
  ['join', join],
  ['concat', concat],
  ['getopt', getopt],
]);
