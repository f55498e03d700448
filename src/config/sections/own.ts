// In: the section `tsfalco:` of the merged configuration, which is ours. Out: its values. Unlike Falco's sections it
// refuses what it does not know: an unknown key is an error that names the likely one.

import { suggest } from '../../suggest.js';
import type { OwnConfig } from '../config.js';
import type { Reader } from '../read/read.js';
import { ConfigError, keyText } from '../read/tree.js';
import { readCorrelation } from './correlation.js';

const KEYS = ['field_semantics', 'alert_on_drop', 'prefilter', 'prefilter_check', 'correlation'] as const;
const CHECK_EVERY = 10_000;
const MOST = 2 ** 32 - 1;

/** @throws ConfigError */
export function readOwn(reader: Reader): OwnConfig {
  const tree = reader.node('tsfalco');
  if (tree?.kind === 'sequence')
    throw new ConfigError('Config error at key "tsfalco": a mapping is expected');
  for (const { key } of tree?.kind === 'mapping' ? tree.entries : []) checkKey(keyText(key));
  return {
    fieldSemantics: readChoice(reader, 'tsfalco.field_semantics', ['falco', 'fixed']),
    alertOnDrop: reader.flag('tsfalco.alert_on_drop', false),
    prefilter: reader.flag('tsfalco.prefilter', true),
    prefilterCheck: reader.unsigned('tsfalco.prefilter_check', CHECK_EVERY, MOST),
    correlation: readCorrelation(reader),
  };
}

function checkKey(key: string): void {
  if (KEYS.some((known) => known === key)) return;
  const near = suggest(key, KEYS);
  const advice = near === undefined ? `known are ${KEYS.join(', ')}` : `did you mean '${near}'?`;
  throw new ConfigError(`Config error at key "tsfalco.${key}": unknown key; ${advice}`);
}

/** The first choice is the default. */
function readChoice<const T extends string>(reader: Reader, key: string, choices: readonly [T, ...T[]]): T {
  const text = reader.text(key, choices[0]);
  const choice = choices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw new ConfigError(`Config error at key "${key}": '${text}' is not one of ${choices.join(', ')}`);
}
