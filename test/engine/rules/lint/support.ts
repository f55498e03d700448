// Lint for tests: texts in, what is found and where out.

import { lintFiles } from '../../../../src/authoring/lint.js';
import { fromBytes, toBytes } from '../../../../src/bytes.js';
import type { Finding } from '../../../../src/engine/rules/lint/finding.js';
import { createEventSources } from '../../../../src/plugins/event-sources.js';

/** What lint knows of plugins where nothing is said. */
export const LINT = { sources: createEventSources(), semantics: 'falco' } as const;

export const fileOf = (text: string, name = 'a.yaml') => ({ name, content: toBytes(text) });

/** Findings of files a.yaml, b.yaml, …, every place of each. */
export const lintTexts = (...texts: readonly string[]): readonly Finding[] =>
  lintFiles(
    texts.map((text, index) => fileOf(text, `${'abcdef'[index]}.yaml`)),
    LINT,
    true,
  );

/** `a.yaml:line:column id message` */
export const told = (findings: readonly Finding[]): readonly string[] =>
  findings.map(
    ({ id, message, place }) => `${place.file}:${place.line}:${place.column} ${id} ${fromBytes(message)}`,
  );
