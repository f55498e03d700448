// Fields of outputs that are not there. Falco says nothing: it takes the longest field that the name begins with, so
// that `%ka.target.namespce` prints the target's name and `spce` (spec: rules-language.md §3.1).

import type { FieldTable } from '../../../fields/field.js';
import { suggest } from '../../../suggest.js';
import type { CompiledDefinition } from '../compile/compiler.js';
import { isKernelRule } from '../definitions.js';
import { placeInText } from '../texts/place.js';
import { crashText } from './checks.js';
import { type Finding, finding } from './finding.js';
import type { LintJob } from './job.js';

const FIELD = /%[0-9]*([a-zA-Z]\w*(?:\.[a-zA-Z]\w*)+)(\[[^\]]*\])?/g;

export function checkOutputs({ output, options }: LintJob): readonly Finding[] {
  return output.rules.flatMap((rule) =>
    isKernelRule(rule.definition)
      ? []
      : [
          ...checkOutput(rule, options.load.tables(rule.definition.source)!),
          ...crashingFields(rule, options.crashOf),
        ],
  );
}

function checkOutput({ definition }: CompiledDefinition, table: FieldTable): readonly Finding[] {
  const { output, name: item } = definition;
  return [...output.text.matchAll(FIELD)].flatMap(({ 0: whole, 1: name, 2: argument, index }) => {
    if (!('error' in table.lookup(name! + (argument ?? '')))) return [];
    const cut = longestField(name!, table);
    if (cut === undefined) return [];
    const names = table.classes.flatMap(({ fields }) => fields.map((field) => field.name));
    const rest = name!.slice(cut.length) + (argument ?? '');
    const message = `'${whole}' prints ${cut} and then the text '${rest}': there is no such field`;
    const place = placeInText(output, index)!;
    return [finding('cut-field', message, place, { suggestion: suggest(name!, names), item })];
  });
}

function crashingFields(
  { definition }: CompiledDefinition,
  crashOf: LintJob['options']['crashOf'],
): readonly Finding[] {
  const { output, name: item } = definition;
  return [...output.text.matchAll(FIELD)].flatMap(({ 1: name, 2: argument, index }) => {
    const field = name! + (argument ?? '');
    const when = crashOf(field);
    return when === undefined
      ? []
      : [finding('falco-crash', crashText(field, when), placeInText(output, index)!, { item })];
  });
}

function longestField(name: string, table: FieldTable): string | undefined {
  for (let end = name.length; end > 0; end--)
    if (!('error' in table.lookup(name.slice(0, end)))) return name.slice(0, end);
  return undefined;
}
