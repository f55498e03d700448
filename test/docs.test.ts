// The generated pages are what the code says. To write them anew: npm run docs

import { expect, test } from 'vitest';
import { coveragePage } from '../scripts/docs/coverage.js';
import { diagnosticsPage } from '../scripts/docs/diagnostics.js';
import { fieldsPage } from '../scripts/docs/fields.js';
import { lintPage } from '../scripts/docs/lint.js';
import { operatorsPage, transformersPage } from '../scripts/docs/reference.js';
import { rulesPage } from '../scripts/docs/rules.js';

test.each([
  ['fields.md', fieldsPage],
  ['operators.md', operatorsPage],
  ['transformers.md', transformersPage],
  ['diagnostics.md', diagnosticsPage],
  ['lint.md', lintPage],
  ['rules.md', rulesPage],
  ['rules-coverage.md', coveragePage],
])('docs/%s', async (file, page) => {
  await expect(page()).toMatchFileSnapshot(`../docs/${file}`);
});
