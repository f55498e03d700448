// The pages' transcripts are what the commands print. To write them anew: npm run docs

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { renderTranscripts } from '../scripts/docs/transcript.js';

const project = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-transcript-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('docs/authoring.md', { timeout: 120_000 }, async () => {
  const page = readFileSync(join(project, 'docs/authoring.md'), 'utf8');
  await expect(await renderTranscripts(page, { folder, project })).toMatchFileSnapshot(
    '../docs/authoring.md',
  );
});
