import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  // Examples import the package by its name.
  resolve: {
    alias: [
      { find: /^tsfalco$/, replacement: source('index.ts') },
      { find: /^tsfalco\/core$/, replacement: source('core.ts') },
      { find: /^tsfalco\/cloudwatch$/, replacement: source('cloudwatch.ts') },
      { find: /^tsfalco\/plugin$/, replacement: source('plugin.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // Tests wait for what happens, however busy the machine is; these end what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 110_000, interval: 50 } },
    // One of two cores is the default, and would take twice as long.
    maxWorkers: '100%',
    // Recorded verdicts hold local times.
    env: { TZ: 'UTC' },
  },
});
