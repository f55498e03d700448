// tsfalco/core in a browser: the bundle in a page that reaches nothing else. Rules in, events in, alerts out.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventGenerator } from '../../demo/endpoint/events.js';
import { loadRules } from '../../src/index.js';
import { builtCommand } from '../build.js';
import { findChromium, NO_CHROMIUM, openChromium } from './chromium.js';

type Core = typeof import('../../src/core.js');
declare const tsfalco: Core;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RULES = `
- rule: By a person
  desc: d
  condition: ka.user.name regex "^[a-z]+lory|Zoë.*" and not ka.verb in (watch)
  output: Seen (user=%ka.user.name verb=%ka.verb)
  priority: WARNING
  source: k8s_audit
- rule: Secrets
  desc: d
  condition: ka.target.resource = secrets
  output: Secret %ka.target.name of %ka.target.namespace
  priority: NOTICE
  source: k8s_audit
`;
const EVENT = {
  kind: 'Event',
  auditID: 'a',
  verb: 'get',
  user: { username: 'Zoë of the 7th — 你好' },
  stageTimestamp: '2024-05-01T12:00:00Z',
};

const executable = findChromium();
if (executable === undefined) console.warn(`test/core/chromium.test.ts ${NO_CHROMIUM}`);

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from 'tsfalco/core'`, resolveDir: ROOT },
    tsconfigRaw: '{}',
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'tsfalco',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

describe.skipIf(executable === undefined)(
  `in Chromium${executable === undefined ? ` (${NO_CHROMIUM})` : ''}`,
  () => {
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      builtCommand();
      browser = await openChromium(executable!);
      page = await browser.newPage();
      await page.addScriptTag({ content: await bundle() });
    });
    afterAll(() => browser?.close());

    it('a rule and an event give an alert, whatever letters they hold', async () => {
      const alerts = await page.evaluate(
        (rules, event) => tsfalco.loadRules(rules, { hostname: 'page' }).ruleset!.evaluate(event).alerts,
        RULES,
        EVENT,
      );
      expect(alerts).toEqual(loadRules(RULES, { hostname: 'page' }).ruleset!.evaluate(EVENT).alerts);
      expect(alerts.map(({ message }) => message)).toEqual(['Seen (user=Zoë of the 7th — 你好 verb=get)']);
    });

    it('thousands of events give the alerts that they give in Node', async () => {
      const next = createEventGenerator({ seed: 5 });
      const events = Array.from({ length: 5000 }, (_, i) => next(1_714_564_800_000 + i).message).join('\n');
      const found = await page.evaluate(
        (rules, text) => {
          const { ruleset } = tsfalco.loadRules(rules, { hostname: 'page' });
          const lines = text.split('\n');
          const alerts = lines.flatMap((line) => ruleset!.evaluate(line).alerts.map((alert) => alert.line));
          const times = Array.from({ length: 5 }, () => {
            const start = performance.now();
            for (const line of lines) ruleset!.evaluate(line);
            return performance.now() - start;
          });
          return { alerts, best: Math.min(...times) };
        },
        RULES,
        events,
      );
      const here = loadRules(RULES, { hostname: 'page' }).ruleset!;
      const expected = events
        .split('\n')
        .flatMap((line) => here.evaluate(line).alerts.map((alert) => alert.line));
      expect(expected.length).toBeGreaterThan(10);
      // Local time is that of the machine in both.
      expect(found.alerts).toEqual(expected);
      console.info(`5,000 events in Chromium: ${Math.round(found.best)} ms`);
    });

    it('a mistake in a rule is shown where it stands', async () => {
      const report = await page.evaluate(
        () =>
          tsfalco.loadRules(
            '- rule: x\n  desc: d\n  condition: ka.verbb = get\n  output: o\n  priority: INFO\n  source: k8s_audit\n',
          ).report,
      );
      expect(report).toContain('ka.verbb');
      expect(report).toContain('^');
    });
  },
);
