// The playground as a browser opens it from a folder: what people type and see, that nothing is fetched, and that events
// and rules stay text.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkScanner } from '../build.js';
import { findChromium, NO_CHROMIUM, openChromium } from '../core/chromium.js';

const chromium = findChromium();
if (chromium === undefined) console.warn(`test/playground/page.test.ts ${NO_CHROMIUM}`);

const RULE = `- rule: Configmap Read
  desc: d
  condition: ka.verb = get and ka.target.resource = configmaps
  output: "%ka.user.name read %ka.target.name"
  priority: WARNING
  source: k8s_audit
`;
const eventOf = (username: string, name = 'settings'): string =>
  JSON.stringify({
    kind: 'Event',
    auditID: 'a1',
    stage: 'ResponseComplete',
    verb: 'get',
    user: { username },
    objectRef: { resource: 'configmaps', namespace: 'shop', name },
    stageTimestamp: '2026-11-23T09:00:00.123456Z',
  });

let folder: string;
let page: string;

beforeAll(async () => {
  checkScanner();
  folder = await mkdtemp(join(tmpdir(), 'tsfalco-playground-'));
  await build({
    configFile: fileURLToPath(new URL('../../playground/vite.config.ts', import.meta.url)),
    logLevel: 'error',
    build: { outDir: folder },
  });
  page = pathToFileURL(join(folder, 'index.html')).href;
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('what the build makes', () => {
  it('is a page, a style and a classic script of less than 450 kB packed, with no address of anywhere else', async () => {
    expect((await readdir(folder)).sort()).toEqual(['index.html', 'playground.css', 'playground.js']);
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    const packed = files.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0);
    console.info(`the playground: ${Math.round(packed / 1000)} kB packed`);
    expect(packed).toBeLessThan(450_000);
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    expect(html).toContain('<script defer src="./playground.js"></script>');
    expect(html).toContain("connect-src 'none'");
    expect(html).not.toMatch(/https?:|type="module"|unsafe-inline|<script>|<style>/);
  });
});

describe.skipIf(chromium === undefined)(
  `the playground in Chromium${chromium === undefined ? ` (${NO_CHROMIUM})` : ''}`,
  () => {
    let browser: Browser;
    const said: string[] = [];

    beforeAll(async () => {
      browser = await openChromium(chromium!);
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
    });

    async function open(fragment = '', width = 1280, scheme = 'light'): Promise<Page> {
      const opened = await browser.newPage();
      opened.on('pageerror', (error) => said.push(String(error)));
      opened.on('dialog', (dialog) => {
        said.push('a dialog');
        void dialog.dismiss();
      });
      opened.on('request', (request) => {
        if (!request.url().startsWith(page.replace('index.html', ''))) said.push(request.url());
      });
      opened.on('console', (message) => said.push(message.text()));
      await opened.setViewport({ width, height: 900 });
      await opened.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await opened.goto(page + fragment);
      await rested(opened);
      return opened;
    }

    const rested = async (opened: Page): Promise<void> => {
      await opened.waitForSelector('#results[aria-busy="false"]', { timeout: 60_000 });
    };

    const textOf = (opened: Page, selector: string): Promise<string> =>
      opened.$eval(selector, (element) => element.textContent ?? '');

    const editor = async (opened: Page, name: string): Promise<ElementHandle> =>
      (await opened.waitForSelector(`#${name} >>> .cm-content`))!;

    /** Types over all that is there; the editor keeps the indentation of the line before. */
    async function write(opened: Page, name: string, text: string): Promise<void> {
      const content = await editor(opened, name);
      await content.focus();
      await opened.keyboard.down('Control');
      await opened.keyboard.press('a');
      await opened.keyboard.up('Control');
      await opened.keyboard.press('Backspace');
      await opened.keyboard.sendCharacter(text);
      await rested(opened);
    }

    it('shows a rule with its alerts at once', async () => {
      const opened = await open();
      expect(await textOf(opened, '#summary')).toMatch(/^3 alerts from 5 events by 2 rules, in \d+ ms$/);
      expect(await textOf(opened, '#alerts')).toContain('user=mallory@example.com secret=shop/db code=200');
      expect(await textOf(opened, '#tab-verdicts')).toBe('Tests 2');
      await opened.close();
    }, 90_000);

    it('gives an alert for the rule that somebody types, with the reasons and the event', async () => {
      const opened = await open();
      await write(opened, 'events', eventOf('zoë'));
      await write(opened, 'rules', RULE);
      expect(await textOf(opened, '#summary')).toMatch(/^1 alert from 1 event by 1 rule/);
      expect(await textOf(opened, '#alerts .alert .message')).toBe('zoë read settings');
      await opened.click('#alerts .alert summary');
      await opened.waitForSelector('#alerts .alert pre');
      const alert = await textOf(opened, '#alerts .alert');
      expect(alert).toContain('✓ ka.verb = get   ka.verb is "get"');
      expect(alert).toContain('"username": "zoë"');
      await opened.close();
    }, 90_000);

    it('says why no event meets the rule at the cursor, and which one comes nearest', async () => {
      const opened = await open();
      await write(opened, 'events', `${eventOf('a').replace('configmaps', 'pods')}\n`);
      await write(opened, 'rules', RULE);
      const closer = await textOf(opened, '.at-cursor');
      expect(closer).toContain('met by no event. Event 1 comes nearest');
      expect(closer).toContain('✗ ka.target.resource = configmaps   ka.target.resource is "pods"');
      await opened.close();
    }, 90_000);

    it('tells a mistake, and puts it right when asked to', async () => {
      const opened = await open();
      await write(opened, 'events', eventOf('a'));
      await write(opened, 'rules', RULE.replace('ka.verb', 'ka.verbb'));
      expect(await textOf(opened, '#summary')).toBe('The rules do not load.');
      await opened.click('#tab-problems');
      expect(await textOf(opened, '#problems')).toContain("did you mean 'ka.verb'?");
      expect(await opened.$$('#rules >>> .cm-lintRange-error')).toHaveLength(1);
      await opened.click('#problems button:not(.link)');
      await rested(opened);
      expect(await textOf(opened, '#summary')).toMatch(/^1 alert from 1 event/);
      expect(await textOf(opened, '#problems')).toContain('Nothing to say');
      await opened.close();
    }, 90_000);

    it('proposes what fits while somebody types, and describes a word', async () => {
      const opened = await open();
      await write(opened, 'rules', RULE.slice(0, RULE.indexOf('ka.verb')));
      await opened.keyboard.type('ka.target.sub');
      await opened.waitForFunction(
        "document.querySelector('#rules').shadowRoot.querySelector('.cm-completionLabel')?.textContent === 'ka.target.subresource'",
      );
      const about = await opened.waitForSelector('#rules >>> .cm-completionInfo');
      expect(await about!.evaluate((element) => element.textContent)).toContain('subresource');
      await opened.keyboard.press('Enter');
      const content = await editor(opened, 'rules');
      expect(await content.evaluate((element) => element.textContent)).toContain(
        'condition: ka.target.subresource',
      );
      await opened.close();
    }, 90_000);

    it('leaves what events, rules and links hold text, and shows what is invisible', async () => {
      const opened = await open();
      const name = '<img src=x onerror=alert(1)>\u202egnp\u0007';
      await write(opened, 'rules', RULE.replace('Configmap Read', '"<b>\u2066x</b>"'));
      await write(opened, 'events', eventOf('</script><script>alert(1)</script>', name));
      expect(await textOf(opened, '#alerts .alert')).toContain(
        '</script><script>alert(1)</script> read <img src=x onerror=alert(1)>\\u202egnp',
      );
      expect(await textOf(opened, '#alerts .alert strong')).toBe('<b>\\u2066x</b>');
      await opened.click('#alerts .alert summary');
      await opened.waitForSelector('#alerts .alert pre');
      expect(await opened.$$('#results img, #results b:not(.by-rule b), #results script')).toEqual([]);
      expect((await opened.$$('#rules >>> .cm-specialChar')).length).toBeGreaterThan(0);
      expect(await textOf(opened, '#results')).not.toMatch(/[\u0007\u202e\u2066]/);
      await opened.close();
    }, 90_000);

    it('puts everything into a link that opens to the same, and says so of a damaged one', async () => {
      const opened = await open();
      await write(opened, 'rules', RULE);
      await write(opened, 'events', eventOf('zoë — 你好'));
      await opened.click('#all');
      await opened.click('#share');
      await opened.waitForSelector('#shared:not(:empty)');
      expect(await textOf(opened, '#shared')).toMatch(/^The link is (?:copied|in the address bar)\.$/);
      const { hash } = new URL(opened.url());
      await opened.close();

      const again = await open(hash);
      expect(await textOf(again, '#alerts .message')).toBe('zoë — 你好 read settings');
      expect(await again.$eval('#all', (box) => (box as unknown as { checked: boolean }).checked)).toBe(true);
      await again.close();

      const damaged = await open(hash.slice(0, -20));
      expect(await textOf(damaged, '#shared')).toContain('damaged');
      expect(await textOf(damaged, '#summary')).toMatch(/^3 alerts/);
      await damaged.close();
    }, 90_000);

    it('takes files of other services, packed or not, beside audit events, each for the rules of its source', async () => {
      const opened = await open();
      await write(opened, 'events', eventOf('zoë'));
      const other = `- rule: Trail Stopped
  desc: d
  condition: ct.name = StopLogging
  output: "%ct.user stopped the trail in %ct.region"
  priority: ERROR
  source: aws_cloudtrail
`;
      await write(opened, 'rules', `${RULE}\n${other}`);
      const record = {
        eventVersion: '1.08',
        eventTime: '2026-11-23T09:00:00Z',
        eventType: 'AwsApiCall',
        eventSource: 'cloudtrail.amazonaws.com',
        eventName: 'StopLogging',
        awsRegion: 'eu-west-1',
        eventID: 'e1',
        userIdentity: { type: 'IAMUser', userName: 'mallory' },
      };
      const trail = join(tmpdir(), `tsfalco-playground-${process.pid}-trail.json.gz`);
      await writeFile(
        trail,
        gzipSync(JSON.stringify({ Records: [record, { ...record, eventName: 'GetTrail' }] })),
      );
      const input = (await opened.$('#file')) as ElementHandle<never> & {
        uploadFile(path: string): Promise<void>;
      };
      await input.uploadFile(trail);
      await opened.waitForFunction("document.querySelector('#summary').textContent.startsWith('2 alerts')");
      await rested(opened);
      await rm(trail);
      expect(await textOf(opened, '#summary')).toMatch(/^2 alerts from 3 events by 2 rules/);
      expect(await textOf(opened, '#alerts')).toContain('mallory stopped the trail in eu-west-1');
      const [, second] = await opened.$$('#alerts .alert summary');
      await second!.click();
      await opened.waitForSelector('#alerts .alert pre');
      expect(await textOf(opened, '#alerts')).toContain('✓ ct.name = StopLogging');
      expect(await textOf(opened, '#tab-problems')).toBe('Problems');
      await opened.close();
    }, 90_000);

    it('reads files of any form, and counts what is no audit event', async () => {
      const opened = await open();
      await write(opened, 'rules', RULE);
      await write(opened, 'events', '');
      const exported = join(folder, '..', `events-${process.pid}.json.gz`);
      const entries = [eventOf('a'), eventOf('b'), 'started'].map((message, id) => ({
        logStreamName: 's',
        id: String(id),
        timestamp: 1,
        message,
      }));
      await writeFile(exported, gzipSync(JSON.stringify({ events: entries }, null, 2)));
      const input = (await opened.$('#file')) as ElementHandle<never> & {
        uploadFile(path: string): Promise<void>;
      };
      await input.uploadFile(exported);
      await opened.waitForFunction("document.querySelector('#summary').textContent.startsWith('2 alerts')");
      await rm(exported);
      await opened.click('#many');
      await opened.waitForSelector('#files li');
      await rested(opened);
      expect(await textOf(opened, '#summary')).toMatch(/from 5,002 events/);
      console.info(`in the playground: ${await textOf(opened, '#summary')}`);
      await write(opened, 'events', 'no JSON at all');
      expect(await textOf(opened, '#events-note')).toContain('No events: 1 lines without JSON');
      await opened.close();
    }, 90_000);

    it('makes a test of an alert, which passes until the rule changes', async () => {
      const opened = await open();
      await write(opened, 'rules', RULE);
      await write(opened, 'events', eventOf('a'));
      await opened.click('#tab-suite');
      await write(opened, 'suite', '');
      await opened.click('#alerts .alert summary');
      await (await opened.waitForSelector('#alerts .alert button'))!.click();
      await rested(opened);
      expect(await textOf(opened, '#tab-verdicts')).toBe('Tests 1');
      await opened.click('#tab-rules');
      await write(opened, 'rules', RULE.replace('= get', '= list'));
      expect(await textOf(opened, '#tab-verdicts')).toBe('Tests 1 failed');
      await opened.click('#tab-verdicts');
      expect(await textOf(opened, '#verdicts')).toContain('✗ ka.verb = list   ka.verb is "get"');
      await opened.close();
    }, 90_000);

    it('draws what correlations saw', async () => {
      const opened = await open();
      await opened.select('#example', '2');
      await rested(opened);
      expect(await textOf(opened, '#tab-timeline')).toBe('Correlations 4');
      await opened.click('#tab-timeline');
      const picture = await opened.$eval('#timeline svg', (element) => element.getAttribute('aria-label'));
      expect(picture).toContain('Many Requests Forbidden, mallory, <NA>: 20 events');
      expect(await textOf(opened, '#timeline')).toContain('Refused 20 times');
      expect(await textOf(opened, '#tab-verdicts')).toMatch(/^Tests \d+$/);
      await opened.close();
    }, 90_000);

    it.each([1, 3])(
      'has an example %i whose rules load and find something',
      async (example) => {
        const opened = await open();
        await opened.select('#example', String(example));
        await rested(opened);
        expect(await textOf(opened, '#summary')).toMatch(/^\d+ alerts from \d+ events by 10\d rules/);
        await opened.close();
      },
      90_000,
    );

    it('goes by the keyboard alone: tabs with arrows, and Tab leaves an editor', async () => {
      const opened = await open();
      await opened.focus('#tab-alerts');
      await opened.keyboard.press('ArrowRight');
      expect(
        await opened.$eval('#problems', (panel) => (panel as unknown as { hidden: boolean }).hidden),
      ).toBe(false);
      await opened.keyboard.press('ArrowLeft');
      await (await editor(opened, 'rules')).focus();
      await opened.keyboard.press('Tab');
      expect(await opened.evaluate('document.activeElement.id')).toBe('open');
      await opened.close();
    }, 90_000);

    it.each([
      [1280, 'light'],
      [1280, 'dark'],
      [400, 'light'],
      [400, 'dark'],
    ])(
      'has no fault that axe-core knows, and fits, at %i in %s',
      async (width, scheme) => {
        const opened = await open('', width, scheme);
        await opened.click('#alerts .alert summary');
        await opened.waitForSelector('#alerts .alert pre');
        // axe reads the style sheets once more, which the policy forbids it.
        const { length } = said;
        await opened.evaluate(axe.source);
        for (const panel of ['alerts', 'problems', 'verdicts', 'timeline']) {
          await opened.click(`#tab-${panel}`);
          const { violations } = (await opened.evaluate('axe.run({ preload: false })')) as axe.AxeResults;
          expect(violations.map(({ id, nodes }) => [panel, id, nodes[0]?.html])).toEqual([]);
        }
        said.length = length;
        expect(await opened.evaluate('document.documentElement.scrollWidth')).toBe(width);
        await opened.close();
      },
      120_000,
    );

    it('fetched nothing, asked nothing and had no error in all of this', () => {
      expect(said).toEqual([]);
    });
  },
);
