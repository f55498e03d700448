// Small helpers for tests of outputs: messages, temporary folders, logs that are kept.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createLosses, type Losses } from '../../src/outputs/losses.js';
import type { Message, OutputsLog } from '../../src/outputs/output.js';

export function message(line: string, priority = 4): Message {
  return { line, priority, rule: 'Rule' };
}

export function messages(count: number, text = 'alert'): Message[] {
  return Array.from({ length: count }, (_, n) => message(`${text} ${n}`));
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsfalco-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Losses whose lines go to a kept log. */
export function keptLosses(log: OutputsLog): Losses {
  return createLosses((line) => log('error', line));
}

export function keptLog(): { readonly lines: string[]; readonly log: OutputsLog } {
  const lines: string[] = [];
  return { lines, log: (level, text) => lines.push(`${level} ${text}`) };
}

export async function until(condition: () => boolean, limitMs = 5000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
