// In: plugins with marks. Out: whose payload an object of a log is, told by what it holds; for tools that are given logs
// without a word on whose they are.

import { fromBytes, toBytes } from '../bytes.js';
import { isObject, nodeEnd, nodeStart } from '../json/read.js';
import { testOf } from '../sources/envelope.js';
import type { ReadMarks } from '../sources/forms/record.js';
import type { Plugin } from './plugin.js';

/** @param plugins the first whose marks fit counts */
export function createMarks(plugins: readonly Pick<Plugin, 'name' | 'marks'>[]): ReadMarks {
  const all = plugins.flatMap(({ name, marks = [] }) =>
    marks.map(({ holds, payload }) => ({ name, tests: holds.map(testOf), payload })),
  );
  return (document, node) => {
    if (!isObject(document, node)) return undefined;
    const found = all.find(({ tests }) => tests.every((test) => test(document, node)));
    if (found === undefined) return undefined;
    const text = document.text.slice(nodeStart(document, node), nodeEnd(document, node));
    const { name: plugin, payload } = found;
    if (payload === undefined) return { plugin, payload: text };
    try {
      return { plugin, payload: toBytes(payload(fromBytes(text))) };
    } catch {
      // What its plugin cannot make a payload of, is none of its.
      return undefined;
    }
  };
}
