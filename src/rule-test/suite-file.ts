// A suite's text, its values and its places. Faults name the line, so that an editor can go there.

import { toBytes } from '../bytes.js';
import { keyText, parseYaml, typedValue, type YamlNode } from '../yaml.js';

/** A fault in a suite: one line, with the file and the line inside it. */
export class SuiteError extends Error {
  override readonly name = 'SuiteError';
}

/** Keys and indexes that lead to a value. */
export type Path = readonly (string | number)[];

/** A value of a suite file. */
export interface Item {
  readonly value: unknown;
  readonly path: Path;
  /** What messages call it: `test "a": with`. */
  readonly where: string;
}

export type Mapping = Readonly<Record<string, unknown>>;

export interface SuiteFile {
  readonly file: string;
  readonly root: Item;
  /** Line of a value, from 1. */
  line(path: Path): number;
  /** @throws SuiteError at the item */
  fail(item: Item, message: string): never;
  mapping(item: Item): Mapping;
  items(item: Item): readonly Item[];
  texts(item: Item): readonly string[];
  /** The value of a key; `fallback` if it is not there. */
  at(item: Item, key: string, fallback?: unknown): Item;
  /** Only these keys. */
  known(item: Item, keys: readonly string[]): void;
}

/** @throws SuiteError */
export function openSuiteFile(file: string, text: string): SuiteFile {
  const node = parse(file, text);
  const lines = createLines(node);
  const self: SuiteFile = {
    file,
    root: { value: node && typedValue(node, failAt(file)), path: [], where: '' },
    line: lines,
    fail({ path, where }, message) {
      throw new SuiteError(`${file}:${lines(path)}: ${where === '' ? '' : `${where}: `}${message}`);
    },
    mapping(item) {
      const { value } = item;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping;
      return self.fail(item, 'must be a mapping');
    },
    items(item) {
      const { value, path, where } = item;
      if (!Array.isArray(value)) return self.fail(item, 'must be a list');
      return value.map((each: unknown, index) => ({ value: each, path: [...path, index], where }));
    },
    texts: (item) =>
      self
        .items(item)
        .map((each) =>
          typeof each.value === 'string' ? each.value : self.fail(each, 'must be a list of texts'),
        ),
    at(item, key, fallback) {
      const { [key]: value = fallback } = self.mapping(item);
      return { value, path: [...item.path, key], where: item.where === '' ? key : `${item.where}: ${key}` };
    },
    known(item, keys) {
      const unknown = Object.keys(self.mapping(item)).find((key) => !keys.includes(key));
      if (unknown !== undefined)
        self.fail(
          { ...item, path: [...item.path, unknown] },
          `unknown key "${unknown}"; known: ${keys.join(', ')}`,
        );
    },
  };
  return self;
}

/** The one document of a suite, within the limits of rules files. */
function parse(file: string, text: string): YamlNode | undefined {
  const { documents, error } = parseYaml(toBytes(text), { documents: 2 });
  if (error !== undefined) throw new SuiteError(`${file}:${error.mark.line + 1}: ${error.text}`);
  const [first, second] = documents;
  if (second !== undefined) failAt(file)(second, 'a suite is one document');
  return first;
}

const failAt =
  (file: string) =>
  ({ mark }: YamlNode, message: string): never => {
    throw new SuiteError(`${file}:${mark.line + 1}: ${message}`);
  };

/** Lines by path. */
function createLines(root: YamlNode | undefined): (path: Path) => number {
  return (path) => {
    let line = root?.mark.line ?? 0;
    let node = root;
    for (const part of path) {
      if (node?.kind === 'sequence') {
        node = node.items[Number(part)];
        line = node?.mark.line ?? line;
      } else if (node?.kind === 'mapping') {
        const entry = node.entries.find(({ key }) => keyText(key) === toBytes(String(part)));
        node = entry?.value;
        line = entry?.key.mark.line ?? line;
      }
    }
    return line + 1;
  };
}
