// -L and -l: the loaded rules, as a table or as JSON with every detail (spec: cli-and-config.md §1.7).
// Answers to falco's format_described_rules_as_text.

import { type ByteString, toBytes } from '../../bytes.js';
import { describe, type RulesDescription } from '../../engine/rules/describe/describe.js';
import type { LoadOutcome } from '../../engine/rules/loader.js';
import type { Options } from '../arguments/options.js';
import { Failure } from '../host.js';
import type { Engine } from '../load/engine.js';

const NAME_WIDTH = 50;
const TEXT_INDENT = NAME_WIDTH + 1;
const LINE_WIDTH = 110;
/** Falco's buffer for a row. */
const ROW_BYTES = 4094;

/** @throws Failure where the rule of -l is not loaded */
export function describeRules(outcome: LoadOutcome, engine: Engine, options: Options): RulesDescription {
  const rule = options.describeRule === '' ? undefined : options.describeRule;
  const description = describe(outcome, engine.loadedPlugins, rule);
  if (description === undefined) throw new Failure(`Rule "${rule}" is not loaded`, 'runtime');
  return description;
}

export function formatDescription(description: RulesDescription, json: boolean): ByteString {
  return json ? `${toBytes(JSON.stringify(description))}\n` : descriptionTable(description);
}

export function descriptionTable(description: RulesDescription): ByteString {
  const rows = [...description.rules, ...(description.correlations ?? [])].map(({ info }) =>
    formatRow(toBytes(info.name), `${wrap(toBytes(info.description))}\n`),
  );
  return [formatRow('Rule', 'Description'), formatRow('----', '-----------'), ...rows].join('');
}

function formatRow(left: ByteString, right: ByteString): ByteString {
  return `${`${left.padEnd(NAME_WIDTH)} ${right}`.slice(0, ROW_BYTES)}\n`;
}

/** Words, each with a blank behind it, in lines that continue under the first. */
function wrap(text: ByteString): ByteString {
  let wrapped = '';
  let length = 0;
  for (const word of text.split(/[ \t\n\v\f\r]+/).filter((each) => each !== '')) {
    if (length + word.length + 1 > LINE_WIDTH - TEXT_INDENT) {
      wrapped += `\n${' '.repeat(TEXT_INDENT)}`;
      length = 0;
    }
    wrapped += `${word} `;
    length += word.length + 1;
  }
  return wrapped;
}
