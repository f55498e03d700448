// In: a rules file whose YAML may be broken. Out: the file with the broken items blanked, so that all others are read
// and stay where they are, and a finding for each. Falco stops at the first one.

import type { ByteString } from '../../../bytes.js';
import { parseYaml, type YamlError } from '../../../yaml.js';
import { fileContext } from '../fault.js';
import type { RulesFile } from '../loader.js';
import { placeOfMark, sourceFile } from '../texts/place.js';
import type { Finding } from './finding.js';

export interface Readable {
  readonly file: RulesFile;
  readonly findings: readonly Finding[];
  /** Names of what was blanked, as `macro m`. */
  readonly broken: readonly ByteString[];
}

/** Broken items that are told; each costs another reading of the file. */
const MOST = 20;

const ITEM = /^[ \t]*-[ \t]+["']?(?:rule|macro|list|correlation|required_\w+)["']?[ \t]*:/gm;
const NAMED = /^[ \t]*-[ \t]+["']?(rule|macro|list)["']?[ \t]*:[ \t]*["']?(.*?)["']?[ \t]*\r?$/m;

export function readable(file: RulesFile): Readable {
  const first = parseYaml(file.content);
  if (first.error === undefined || first.text.length + first.skipped !== file.content.length)
    return { file, findings: [], broken: [] };
  const head = file.content.slice(0, first.skipped);
  const starts = [...first.text.matchAll(ITEM)].map(({ index }) => index);
  const blanked = new Set<number>();
  const findings: Finding[] = [];
  let text = first.text;
  let error: YamlError | undefined = first.error;
  while (error !== undefined && findings.length < MOST) {
    const offset: number = (error.advice?.mark ?? error.mark).offset;
    const at = starts.findLastIndex((start) => start <= offset);
    if (!blanked.has(at)) findings.push(findingOf(error, file));
    const culprit = nearest(blanked, at);
    // Where no item is at fault, the loader says what is wrong with the whole file.
    if (culprit < 0) return findings.length > 1 ? told() : { file, findings: [], broken: [] };
    blanked.add(culprit);
    text = withBlank(text, starts[culprit]!, starts[culprit + 1] ?? text.length);
    error = parseYaml(head + text).error;
  }
  return told();

  function told(): Readable {
    const broken = [...blanked].flatMap((index) => {
      const [, kind, name] = NAMED.exec(first.text.slice(starts[index]!, starts[index + 1])) ?? [];
      return kind === undefined ? [] : [`${kind} ${name}`];
    });
    return { file: { name: file.name, content: head + text }, findings, broken };
  }
}

/** The item, or the last one before it that is still there: what does not close may end far behind it. */
function nearest(blanked: ReadonlySet<number>, at: number): number {
  let index = at;
  while (blanked.has(index)) index--;
  return index;
}

const withBlank = (text: ByteString, from: number, to: number): ByteString =>
  text.slice(0, from) + text.slice(from, to).replace(/[^\r\n]/g, ' ') + text.slice(to);

function findingOf({ message, mark, advice }: YamlError, file: RulesFile): Finding {
  const context = fileContext(file.name);
  const files = new Map([[file.name, sourceFile(file.name, parseYaml(file.content))]]);
  return {
    id: 'LOAD_ERR_YAML_PARSE',
    level: 'error',
    message: advice === undefined ? message : `${message}; ${advice.help}`,
    place: placeOfMark(advice?.mark ?? mark, context, files),
  };
}
