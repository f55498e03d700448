import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { pathBeside } from '../../src/authoring/path-beside.js';

const PATHS = [
  'suite.yaml',
  './suite.yaml',
  'a/b/suite.yaml',
  '/a/suite.yaml',
  '../x/suite.yaml',
  '/suite.yaml',
];
const FILES = ['f.json', './f.json', '../f.json', '../../../f.json', 'd//f.json', '/abs/f.json', '..', '.'];

it.each(PATHS.flatMap((path) => FILES.map((file) => [path, file] as const)))(
  'beside %s: %s',
  (path, file) => {
    const expected = posix.isAbsolute(file) ? file : posix.join(posix.dirname(path), file);
    expect(pathBeside(path, file)).toBe(expected);
  },
);
