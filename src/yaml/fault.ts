// What is wrong in a YAML text, in yaml-cpp's words: tools compare load results by them. A leaf.

import type { Mark } from './stream.js';

export const FAULTS = {
  yamlDirectiveArguments: 'YAML directives must have exactly one argument',
  yamlVersion: 'bad YAML version: ',
  yamlMajorVersion: 'YAML major version too large',
  repeatedYamlDirective: 'repeated YAML directive',
  tagDirectiveArguments: 'TAG directives must have exactly two arguments',
  repeatedTagDirective: 'repeated TAG directive',
  tagHandle: 'illegal character found while scanning tag handle',
  tagSuffix: 'tag handle with no suffix',
  verbatimTag: 'end of verbatim tag not found',
  endOfMap: 'end of map not found',
  endOfFlowMap: 'end of map flow not found',
  endOfSequence: 'end of sequence not found',
  endOfFlowSequence: 'end of sequence flow not found',
  multipleTags: 'cannot assign multiple tags to the same node',
  multipleAnchors: 'cannot assign multiple anchors to the same node',
  hex: 'bad character found while scanning hex number',
  unicode: 'invalid unicode: ',
  escape: 'unknown escape character: ',
  unknownToken: 'unknown token',
  documentInScalar: 'illegal document indicator in scalar',
  endInScalar: 'illegal EOF in scalar',
  unexpectedScalar: 'unexpected scalar',
  unexpectedFlow: 'plain value cannot start with flow indicator character',
  tabInIndentation: 'illegal tab when looking for indentation',
  flowEnd: 'illegal flow end',
  blockEntry: 'illegal block entry',
  mapKey: 'illegal map key',
  mapValue: 'illegal map value',
  aliasNotFound: 'alias not found after *',
  anchorNotFound: 'anchor not found after &',
  characterInAlias: 'illegal character found while scanning alias',
  characterInAnchor: 'illegal character found while scanning anchor',
  zeroIndentation: 'cannot set zero indentation for a block scalar',
  characterInBlock: 'unexpected character in block scalar',
  unknownAnchor: 'the referenced anchor is not defined: ',
  nesting: 'bad file',
} as const;

/** Ends the reading of a text; never leaves yaml.ts. */
export class YamlFault extends Error {
  override readonly name = 'YamlFault';
  readonly mark: Mark;
  readonly beyondLimit: boolean;

  constructor(mark: Mark, message: string, beyondLimit = false) {
    super(message);
    this.mark = mark;
    this.beyondLimit = beyondLimit;
  }
}

/** More than the limit; an alias counts as all that it stands for. */
export const tooManyNodes = (limit: number): string => `more than ${limit} values, aliases included`;
