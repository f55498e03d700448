// YAML text → nodes with places. js-yaml reads; scalars keep their source text, so no type is ever guessed, and keys
// their order. Input and output are byte strings. Size, nesting and alias expansion are limited; a fault is returned, never
// thrown. Answers to yaml-cpp as Falco uses it.

import { type YamlAdvice, yamlAdvice } from './yaml/advice.js';
import { decode, markLength } from './yaml/decode.js';
import { YamlFault } from './yaml/fault.js';
import { createMarks } from './yaml/marks.js';
import type { Mark, YamlNode } from './yaml/node.js';
import { readDocuments } from './yaml/reader.js';

export type { Mark, YamlMapping, YamlNode, YamlScalar } from './yaml/node.js';
export { isNull, keyText, valueAt } from './yaml/node.js';
export { originOf } from './yaml/origin.js';
export { typedValue } from './yaml/value.js';
export { createMarks };

export interface YamlError {
  /** js-yaml's text without the place. */
  readonly text: string;
  /** Place (from 1) and text, as Falco frames yaml-cpp's. */
  readonly message: string;
  readonly mark: Mark;
  /** The mistake that people make most, where one is found. */
  readonly advice?: YamlAdvice;
}

export interface YamlDocuments {
  /** Documents read before the error, if there is one. */
  readonly documents: readonly YamlNode[];
  readonly error?: YamlError;
  /** The text that offsets count in: without a byte order mark, as UTF-8. */
  readonly text: string;
  /** Bytes before the text (byte order mark) that marks do not count. */
  readonly skipped: number;
}

export interface YamlOptions {
  /** Stop after so many documents, as those who read one document do. */
  readonly documents?: number;
}

/** Largest text, bytes. The rules of the Falco project together have 0.2 MB. */
export const MAX_YAML_BYTES = 4 * 1024 * 1024;

/** @param bytes of the file. */
export function parseYaml(bytes: string, options: YamlOptions = {}): YamlDocuments {
  const skipped = markLength(bytes);
  const text = bytes.length > MAX_YAML_BYTES ? '' : decode(bytes);
  const documents: YamlNode[] = [];
  const read = { documents, text, skipped };
  try {
    if (bytes.length > MAX_YAML_BYTES)
      throw new YamlFault(0, `text has more than ${MAX_YAML_BYTES} bytes`, true);
    const nul = text.indexOf('\0');
    if (nul >= 0) throw new YamlFault(nul, 'NUL bytes are not allowed');
    readDocuments(text, documents, options.documents ?? Number.POSITIVE_INFINITY);
    return read;
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    return { ...read, error: describe(error, text) };
  }
}

function describe({ message, offset, beyondLimit }: YamlFault, text: string): YamlError {
  const mark = createMarks(text)(Math.min(offset, text.length));
  const advice = beyondLimit ? undefined : yamlAdvice(text, mark.line);
  const framed = `yaml-cpp: ${yamlPlace(mark)}: ${message}`;
  return { text: message, message: framed, mark, ...(advice && { advice }) };
}

/** The place in yaml-cpp's messages. */
export function yamlPlace(mark: Mark): string {
  return `error at line ${mark.line + 1}, column ${mark.column + 1}`;
}
