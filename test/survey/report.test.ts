// The report in a real browser: what people see, that nothing is fetched, and that what a log holds stays text.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../src/authoring/workspace.js';
import { createAlertReader } from '../../src/survey/alerts.js';
import { createReading } from '../../src/survey/reading.js';
import { createReportModel } from '../../src/survey/report-model.js';
import { reportPage } from '../../src/survey/report-page.js';
import { findChromium, NO_CHROMIUM, openChromium } from '../core/chromium.js';

const root = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const RULES = [
  'rules/k8s_audit_rules.yaml',
  'rules/eks_audit_rules.yaml',
  'rules/k8s_correlation_rules.yaml',
];
const ATTACKS = gunzipSync(
  readFileSync(new URL('../rules/recorded/attacks.jsonl.gz', import.meta.url)),
).toString();

function dataOf(lines: readonly string[], title = 'A report') {
  const { workspace } = openWorkspace(
    RULES.map((name) => ({ name, content: Buffer.from(root(name)).toString('latin1') })),
  );
  const { sources } = workspace!;
  const json = { enabled: false, output: false, tags: false, message: false, outputFields: false };
  const { rules, correlations } = workspace!;
  const alerting = { rules, correlations, counting: rules };
  const { alertsOf, settle, finish } = createAlertReader(alerting, sources, {
    json,
    isoTime: true,
    hostname: 'h',
  });
  const model = createReportModel(workspace!);
  let events = 0;
  const reading = createReading({
    sources,
    report: (fault) => expect.fail(fault),
    use(event, state) {
      events++;
      model.add(event, alertsOf(event, state));
    },
  });
  for (const line of lines) {
    reading.read({ payload: Buffer.from(line).toString('latin1'), plugin: undefined });
    model.addCorrelated(settle());
  }
  model.addCorrelated(finish());
  return model.data(title, events, '');
}

function pageOf(lines: readonly string[], title?: string): string {
  return reportPage(dataOf(lines, title), {
    html: root('report/page.html'),
    css: root('report/page.css'),
    js: root('report/page.js'),
  });
}

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  'right\u202eleft\u0007',
  'n'.repeat(1_000_000),
  '{{css}}',
];

const hostileEvent = (username: string, n: number): string =>
  JSON.stringify({
    kind: 'Event',
    auditID: `a${n}`,
    stage: 'ResponseStarted',
    stageTimestamp: `2026-08-01T12:00:0${n}.000000Z`,
    verb: 'create',
    user: { username },
    sourceIPs: ['10.0.0.1'],
    objectRef: {
      resource: 'pods',
      subresource: 'exec',
      namespace: 'kube-system',
      name: username.slice(0, 1000),
    },
    responseStatus: { code: 101 },
  });

describe('a report', () => {
  it('runs nothing and fetches nothing but its own: a policy with hashes', () => {
    const page = pageOf([hostileEvent('alice', 1)], '<b>&"');
    expect(page).toMatch(
      /content="default-src 'none'; style-src 'sha256-[\w+/=]+'; script-src 'sha256-[\w+/=]+'; img-src data:;/,
    );
    expect(page).toContain('<title>&#60;b&#62;&#38;&#34;</title>');
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  });

  it('tells what several events come to together, and which they were', () => {
    const { rules, alerts } = dataOf(ATTACKS.trim().split('\n'));
    const rule = rules.findIndex(({ name }) => name === 'Kubelet Reached Then Secrets');
    expect(rules[rule]?.condition).toMatch(/^temporal of 2 within 1800 s\nkubelet: /);
    const [alert, ...others] = alerts.filter((each) => each.rule === rule);
    expect(others).toEqual([]);
    expect(alert?.event).toBe(-1);
    expect(alert?.why).toMatch(/^of mallory@example\.com.*\nevents: [0-9a-f-]{36}\n {8}[0-9a-f-]{36}$/);
  });

  it('holds the events of a long log in little room', () => {
    const page = pageOf(Array.from({ length: 20_000 }, (_, n) => hostileEvent(`user-${n % 50}`, n % 10)));
    expect(page.length).toBeLessThan(1_000_000);
  });
});

const chromium = findChromium();

describe.skipIf(chromium === undefined)(
  `a report in Chromium${chromium === undefined ? ` (${NO_CHROMIUM})` : ''}`,
  () => {
    let browser: Browser;
    let folder: string;
    const said: string[] = [];

    beforeAll(async () => {
      browser = await openChromium(chromium!);
      folder = await mkdtemp(join(tmpdir(), 'tsfalco-report-'));
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await rm(folder, { recursive: true });
    });

    async function open(html: string, width = 1280, scheme = 'light'): Promise<Page> {
      const path = join(folder, `report-${Math.random()}.html`);
      await writeFile(path, html);
      const page = await browser.newPage();
      page.on('pageerror', (error) => said.push(String(error)));
      page.on('dialog', (dialog) => {
        said.push('a dialog');
        void dialog.dismiss();
      });
      page.on('request', (request) => {
        if (!/^(?:file|data):/.test(request.url())) said.push(request.url());
      });
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.goto(`file://${path}`);
      await page.waitForSelector('#main:not([hidden])');
      return page;
    }

    const textOf = (page: Page, selector: string): Promise<string> =>
      page.$eval(selector, (element) => element.textContent ?? '');

    const attacks = pageOf(ATTACKS.trim().split('\n'));

    it('shows what was found, who did what, and each alert with its event and reason', async () => {
      const page = await open(attacks);
      expect(await textOf(page, '#facts')).toMatch(
        /^431 events from 2026-\S+ \S+ to \S+ \S+, \d+ alerts of \d+ rules\./,
      );
      expect(await textOf(page, '#rules tbody tr')).toMatch(/^Critical/);
      expect(await textOf(page, '#matrix')).toContain('create pods');
      expect(await textOf(page, '#denied')).toContain('403');
      await page.click('#list details summary');
      await page.waitForSelector('#list details pre');
      const alert = await textOf(page, '#list details');
      expect(alert).toContain('Why it matches');
      expect(alert).toContain('"kind": "Event"');
      await page.close();
    }, 60_000);

    it('follows a user, a span and a priority', async () => {
      const page = await open(attacks);
      const scope = (): Promise<string> => textOf(page, '#scope');
      const whole = await scope();
      await page.click('#talkers button.link');
      expect(await textOf(page, '#path')).toMatch(/^mallory@example\.com: \d+ events, \d+ with alerts/);
      expect(await page.$$('#path tr.alerted')).not.toEqual([]);
      expect(await scope()).not.toBe(whole);
      await page.click('#reset');
      expect(await scope()).toBe(whole);
      // By the keyboard alone.
      await page.focus('#from');
      await page.keyboard.press('End');
      expect(await scope()).not.toBe(whole);
      await page.click('#reset');
      const box = (await (await page.$('#timeline svg'))!.boundingBox())!;
      await page.mouse.move(box.x + 10, box.y + 20);
      await page.mouse.down();
      await page.mouse.move(box.x + 100, box.y + 20);
      await page.mouse.up();
      expect(await scope()).not.toBe(whole);
      await page.click('#reset');
      await page.click('#priorities input');
      expect(await textOf(page, '#rules tbody tr')).not.toMatch(/^Critical/);
      await page.close();
    }, 60_000);

    it('leaves what a log holds text, and says what is invisible', async () => {
      const page = await open(pageOf(HOSTILE.map(hostileEvent)));
      expect(await page.$$('img')).toEqual([]);
      expect(await page.$$('script')).toHaveLength(2);
      const text = await textOf(page, '#talkers');
      expect(text).toContain('<img src=x onerror=alert(1)>');
      expect(text).toContain('right\\u202eleft\\u0007');
      expect(text).toContain('{{css}}');
      expect(text.length).toBeLessThan(5000);
      await page.close();
    }, 60_000);

    it.each([
      [1280, 'light'],
      [1280, 'dark'],
      [400, 'light'],
      [400, 'dark'],
    ])(
      'has no fault that axe-core knows, and fits, at %i in %s',
      async (width, scheme) => {
        const page = await open(attacks, width, scheme);
        await page.click('#talkers button.link');
        await page.click('#list details summary');
        await page.evaluate(axe.source);
        const faults = await page.evaluate(
          'axe.run().then((found) => found.violations.map(({ id, nodes }) => [id, nodes[0].html]))',
        );
        expect(faults).toEqual([]);
        expect(
          await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
        ).toBe(0);
        await page.close();
      },
      120_000,
    );

    it('has asked for nothing and thrown nothing', () => {
      expect(said).toEqual([]);
    });
  },
);
