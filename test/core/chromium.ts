// Debian's Chromium, or the one that CHROMIUM names, without a window.

import { existsSync } from 'node:fs';
import { type Browser, launch } from 'puppeteer-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const NO_CHROMIUM =
  'skipped: there is no Chromium; install one (apt-get install chromium), or say where it is: CHROMIUM=/path';

/** Where it is; undefined: nowhere. @throws Error where the variable names no file */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named === undefined) return PATHS.find(existsSync);
  if (!existsSync(named)) throw new Error(`CHROMIUM: there is no ${named}`);
  return named;
}

export function openChromium(executablePath: string): Promise<Browser> {
  // Containers lack what its sandbox needs; it shows nothing but our own page.
  return launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}
