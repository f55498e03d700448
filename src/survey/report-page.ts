// A report's data → one HTML page that needs nothing else: data packed inside, style and script named by their hashes in a policy
// that lets nothing else run and nothing be fetched.

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ReportData } from './report-model.js';

/** The parts of the page, as they are shipped. */
export interface PageParts {
  readonly html: string;
  readonly css: string;
  readonly js: string;
}

/** @returns the page, UTF-8 text */
export function reportPage(data: ReportData, { html, css, js }: PageParts): string {
  const packed = gzipSync(JSON.stringify(data), { level: 6 }).toString('base64');
  const policy = `default-src 'none'; style-src ${hash(css)}; script-src ${hash(js)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const values: Readonly<Record<string, string>> = {
    policy,
    title: escaped(data.title),
    css,
    js,
    data: packed,
  };
  return html.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => values[name] ?? '');
}

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
