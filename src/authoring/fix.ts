// Mends files: what lint finds and is safe to put right, again and again until nothing is left, since one fault may hide
// another.

import type { ByteString } from '../bytes.js';
import type { Finding } from '../engine/rules/lint/finding.js';
import { applyFixes, fixesOf } from '../engine/rules/lint/fixes.js';
import type { RulesFile } from '../engine/rules/loader.js';
import { type LintContext, lintable, lintInOrder } from './lint.js';

export interface Mended {
  readonly files: readonly RulesFile[];
  /** Fixes by file. */
  readonly counts: ReadonlyMap<ByteString, number>;
}

const MOST_ROUNDS = 10;

/** @param wanted takes findings away that are not to be mended */
export function fixFiles(
  files: readonly RulesFile[],
  context: LintContext,
  wanted: (findings: readonly Finding[]) => readonly Finding[],
): Mended {
  const counts = new Map<ByteString, number>();
  let current = files;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const findings = wanted(lintInOrder(current.map(lintable), { ...context, inOrder: false }, true));
    let applied = 0;
    current = current.map((file) => {
      const own = findings.filter(({ place }) => place.file === file.name);
      const safe = fixesOf(own, lintable(file).rules.content).filter((fix) => fix.safe);
      const mended = applyFixes(file.content, safe);
      applied += mended.applied.length;
      counts.set(file.name, (counts.get(file.name) ?? 0) + mended.applied.length);
      return { name: file.name, content: mended.content };
    });
    if (applied === 0) break;
  }
  return { files: current, counts };
}
