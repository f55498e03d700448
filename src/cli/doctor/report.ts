// The check list as people read it: a line for each thing, 80 columns, what to do below it; at the end how many failed.

import { toBytes } from '../../bytes.js';
import { printableText } from '../../printable.js';
import type { Host } from '../host.js';
import type { Grade, Line } from './checks.js';

const WIDTH = 80;
const MARKS: Readonly<Record<Grade, string>> = { ok: 'ok', warning: 'warn', failure: 'FAIL' };
const MARK_WIDTH = 6;
const NAME_WIDTH = 15;
const INDENT = MARK_WIDTH + NAME_WIDTH;

export interface Report {
  add(line: Line): Promise<void>;
  /** Prints the sum. @returns the exit code: 0 all is well, 1 there are warnings, 2 something fails */
  end(): Promise<number>;
}

export function createReport(host: Host): Report {
  const count = { ok: 0, warning: 0, failure: 0 };
  return {
    async add(line) {
      count[line.grade]++;
      await host.stdout.write(toBytes(lineText(line)));
    },
    async end() {
      await host.stdout.write(toBytes(`\n${sumText(count)}\n`));
      return count.failure > 0 ? 2 : count.warning > 0 ? 1 : 0;
    },
  };
}

export function lineText({ name, grade, text, advice }: Line): string {
  const lines = [...wrap(text, ''), ...(advice === undefined ? [] : wrap(advice, '-> '))];
  const head = `${MARKS[grade].padEnd(MARK_WIDTH)}${name.padEnd(NAME_WIDTH - 1)} `;
  return lines.map((line, i) => `${i === 0 ? head : ' '.repeat(INDENT)}${line}\n`).join('');
}

function wrap(text: string, lead: string): readonly string[] {
  const lines: string[] = [];
  let line = lead;
  for (const word of printableText(text).split(' ')) {
    const fits = INDENT + line.length + word.length < WIDTH;
    if (line.trimEnd() === lead.trimEnd() || fits) line += line === lead ? word : ` ${word}`;
    else {
      lines.push(line);
      line = `${' '.repeat(lead.length)}${word}`;
    }
  }
  return [...lines, line];
}

function sumText({ warning, failure }: Readonly<Record<Grade, number>>): string {
  const failures = failure === 0 ? '' : `${failure} failed`;
  const warnings = warning === 0 ? '' : `${warning} ${warning === 1 ? 'warning' : 'warnings'}`;
  const parts = [failures, warnings].filter((part) => part !== '');
  return parts.length === 0 ? 'All is well.' : `${parts.join(', ')}.`;
}
