// The colours of conditions in VS Code know the words that the engine knows.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MODIFIERS, OPERATORS } from '../../src/engine/condition/operators/operators.js';
import { TRANSFORMER_NAMES } from '../../src/engine/condition/syntax/words.js';

const grammar = JSON.parse(readFileSync('editors/vscode/syntaxes/falco-condition.tmLanguage.json', 'utf8'));
const patterns: readonly { readonly name?: string; readonly match?: string }[] =
  grammar.repository.condition.patterns;
const fits = (scope: string, text: string): boolean =>
  patterns.some(
    ({ name, match }) =>
      name?.startsWith(scope) && new RegExp(match!).exec(text)?.[0] === text.replace(/\($/, ''),
  );

it('every operator, modifier and transformer has its colour', () => {
  for (const { name } of OPERATORS) expect([name, fits('keyword.operator', name)]).toEqual([name, true]);
  for (const name of MODIFIERS) expect([name, fits('keyword.operator', name)]).toEqual([name, true]);
  for (const name of TRANSFORMER_NAMES)
    expect([name, fits('support.function', `${name}(`)]).toEqual([name, true]);
});

it('the manifest names files that are there', () => {
  const manifest = JSON.parse(readFileSync('editors/vscode/package.json', 'utf8'));
  for (const { path } of manifest.contributes.grammars)
    expect(JSON.parse(readFileSync(`editors/vscode/${path}`, 'utf8')).scopeName).toBe(
      'falco.condition.injection',
    );
});
