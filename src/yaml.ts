// YAML text → nodes with places, as yaml-cpp reads it: what loads in Falco loads here, with the same values, and
// what does not gives yaml-cpp's message. Scalars keep their source text, so no type is ever guessed.
// Hand-written, since YAML libraries differ in which texts they accept and hide the marks (ARCHITECTURE.md).
// Input and output are byte strings. Size, nesting and alias expansion are limited; a fault is returned, never thrown.

import { type YamlAdvice, yamlAdvice } from './yaml/advice.js';
import { FAULTS, YamlFault } from './yaml/fault.js';
import { MAX_DEPTH, MAX_NODES } from './yaml/limits.js';
import { createMarks } from './yaml/marks.js';
import type { YamlNode } from './yaml/node.js';
import { createParser, parseDocument } from './yaml/parser.js';
import { peekToken, popToken } from './yaml/scanner.js';
import { createScanner, type ScannerState } from './yaml/scanner-state.js';
import { type Mark, markLength } from './yaml/stream.js';
import type { Token } from './yaml/token.js';

export type { YamlMapping, YamlNode, YamlScalar } from './yaml/node.js';
export { isNull, keyText, originOf, valueAt } from './yaml/node.js';
export type { Mark } from './yaml/stream.js';
export { createMarks };

export interface YamlError {
  /** yaml-cpp's text without the place. */
  readonly text: string;
  /** yaml-cpp's whole message: place (from 1) and text. */
  readonly message: string;
  readonly mark: Mark;
  /** The text is too large, deep or full of aliases to be read at all. */
  readonly beyondLimit: boolean;
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

/** @param text bytes of the file. */
export function parseYaml(text: string, options: YamlOptions = {}): YamlDocuments {
  const skipped = markLength(text);
  if (text.length > MAX_YAML_BYTES) {
    const fault = new YamlFault(START, `text has more than ${MAX_YAML_BYTES} bytes`, true);
    return { documents: [], text: '', skipped, error: describe(fault) };
  }
  const scanner = createScanner(text);
  const documents: YamlNode[] = [];
  const read = { documents, text: scanner.stream.text, skipped };
  try {
    readDocuments(scanner, documents, options.documents ?? Number.POSITIVE_INFINITY);
    refuseNul(read.text);
    return read;
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    const advice = yamlAdvice(read.text, error.mark.line);
    return { ...read, error: { ...describe(error), ...(advice && { advice }) } };
  }
}

/** In a plain text it stands for nothing that was meant. */
function refuseNul(text: string): void {
  const offset = text.indexOf('\0');
  if (offset >= 0) throw new YamlFault(createMarks(text)(offset), 'NUL bytes are not allowed');
}

const START: Mark = { offset: 0, line: 0, column: 0 };

function describe({ message, mark, beyondLimit }: YamlFault): YamlError {
  return { text: message, beyondLimit, message: `yaml-cpp: ${yamlPlace(mark)}: ${message}`, mark };
}

/** The place in yaml-cpp's messages. */
export function yamlPlace(mark: Mark): string {
  return `error at line ${mark.line + 1}, column ${mark.column + 1}`;
}

function readDocuments(scanner: ScannerState, documents: YamlNode[], most: number): void {
  const limits = { depth: MAX_DEPTH, nodes: MAX_NODES };
  const directives: Directives = { version: false, tags: new Set() };
  let nodes = 0;
  while (documents.length < most) {
    readDirectives(scanner, directives);
    const before = peekToken(scanner);
    if (before === undefined) return;
    const parser = createParser(scanner, limits, nodes);
    documents.push(parseDocument(parser));
    nodes = parser.nodes;
    // A token that no document can begin with, such as a stray closing one: nothing will ever take it.
    if (peekToken(scanner) === before) return;
  }
}

/** Directives stay in force until a document has its own. */
interface Directives {
  version: boolean;
  readonly tags: Set<string>;
}

function readDirectives(scanner: ScannerState, directives: Directives): void {
  let first = true;
  for (let token = peekToken(scanner); token?.type === 'directive'; token = peekToken(scanner)) {
    if (first) {
      directives.version = false;
      directives.tags.clear();
    }
    first = false;
    if (token.text === 'YAML') readVersion(token, directives);
    else if (token.text === 'TAG') readTagDirective(token, directives);
    popToken(scanner);
  }
}

function readVersion(token: Token, directives: Directives): void {
  const [version] = token.arguments;
  if (version === undefined || token.arguments.length !== 1)
    throw new YamlFault(token.mark, FAULTS.yamlDirectiveArguments);
  if (directives.version) throw new YamlFault(token.mark, FAULTS.repeatedYamlDirective);
  const parts = /^[+-]?(\d+).[+-]?\d+$/.exec(version);
  if (parts === null) throw new YamlFault(token.mark, FAULTS.yamlVersion + version);
  if (Number(parts[1]) > 1 && !version.startsWith('-'))
    throw new YamlFault(token.mark, FAULTS.yamlMajorVersion);
  directives.version = true;
}

function readTagDirective(token: Token, directives: Directives): void {
  const [handle] = token.arguments;
  if (handle === undefined || token.arguments.length !== 2)
    throw new YamlFault(token.mark, FAULTS.tagDirectiveArguments);
  if (directives.tags.has(handle)) throw new YamlFault(token.mark, FAULTS.repeatedTagDirective);
  directives.tags.add(handle);
}
