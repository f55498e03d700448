// Correlations → how they decide, and how matches of their steps are read from events. The first error ends it.
// Falco has nothing of the kind (docs/correlation.md).

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import { copied } from '../../correlation/identity.js';
import { CORRELATION_FIELDS, type CorrelationPart } from '../alert/correlation-alert.js';
import type { Collector } from '../collect/collector.js';
import type { CorrelationDefinition, NamedNode } from '../definitions.js';
import { attempt, itemFault, LoadFault, type Recovery, type Warn } from '../fault.js';
import type { LoadOptions, OutputMatch } from '../load-options.js';
import { placeInText } from '../texts/place.js';
import { type CompilerMemory, type SourceMemory, sourceMemory } from './compile-job.js';
import type { CompiledCorrelation, CompiledStep, MatchReader } from './compiled-correlation.js';
import type { ConditionStage } from './conditions.js';
import { compileEventText, type EventText, partsOf } from './correlation-output.js';
import { checkSteps, planOf } from './correlation-plan.js';
import {
  compileField,
  compileStep,
  keyReader,
  type StepContext,
  sourcesOf,
  textOf,
} from './correlation-steps.js';

/** What all correlations are compiled with. */
export interface CorrelationsJob {
  readonly collector: Collector;
  readonly options: LoadOptions;
  readonly memory: CompilerMemory;
  readonly stage: ConditionStage;
  readonly warn: Warn;
  readonly recovery: Recovery | undefined;
}

/** Compiles all correlations that were collected so far. Errors: LoadFault. */
export function compileCorrelations(job: CorrelationsJob): readonly CompiledCorrelation[] {
  const { collector, options, memory, stage, warn, recovery } = job;
  const compiled = new Map<ByteString, CompiledCorrelation>();
  for (const definition of collector.correlations.values()) {
    if (options.tables(definition.source) === undefined) {
      warn('LOAD_UNKNOWN_SOURCE', `Unknown source ${definition.source}, skipping`, definition.context);
      continue;
    }
    const context = {
      definition,
      rules: collector.rules,
      correlations: compiled,
      stage,
      options,
      memory,
      warn,
    };
    const { name } = definition;
    const one = attempt(recovery, `correlation ${name}`, () => compileCorrelation(context));
    if (one !== undefined) compiled.set(name, one);
  }
  return [...compiled.values()];
}

function compileCorrelation(context: StepContext): CompiledCorrelation {
  const { definition, options, rules } = context;
  if (rules.has(definition.name))
    throw itemFault('a rule has the name of a correlation', rules.get(definition.name)!.context);
  const steps = definition.steps.map((info) => compileStep(info, context));
  checkSteps(definition);
  const parts = outputParts(definition, options);
  const sources = new Map(
    [...new Set([definition.source, ...steps.flatMap(sourcesOf)])].map((name) => [
      name,
      sourceOf(name, context),
    ]),
  );
  const readers = new Map(
    steps.map((step) => [
      step,
      new Map(sourcesOf(step).map((name) => [name, readerOf(step, name, sources, parts, definition)])),
    ]),
  );
  const fields = new Set(
    [...readers.values()].flatMap((by) => [...by.values()].flatMap(({ names }) => names)),
  );
  const sorted = [...fields].sort();
  return {
    definition,
    plan: planOf(definition, steps),
    steps,
    parts,
    fields: sorted,
    readers: new Map(
      [...readers].map(([step, by]) => [
        step,
        new Map([...by].map(([name, made]) => [name, { ...made, texts: made.textsOf(sorted) }])),
      ]),
    ),
  };
}

function sourceOf(name: ByteString, { options, memory }: StepContext): SourceMemory {
  return sourceMemory(memory, name, options.tables(name)!);
}

function outputParts(definition: CorrelationDefinition, options: LoadOptions): readonly CorrelationPart[] {
  const { output, outputContext } = definition;
  const extra = (options.extraOutputs ?? [])
    .filter((each) => isMeant(each, definition))
    .map(({ format }) => ` ${format}`);
  const parts = partsOf(output.text.trim() + extra.join(''));
  if (!('unknown' in parts)) return parts;
  throw new LoadFault('LOAD_ERR_COMPILE_OUTPUT', `there is no %${parts.unknown}`, outputContext, {
    suggestion: suggest(
      parts.unknown,
      CORRELATION_FIELDS.map((field) => `corr.${field}`),
    ),
    help: `there are ${CORRELATION_FIELDS.map((field) => `%corr.${field}`).join(', ')}`,
  });
}

function isMeant({ source, rule, tags }: OutputMatch, definition: CorrelationDefinition): boolean {
  if ((source ?? '') !== '' && source !== definition.source) return false;
  if ((rule ?? '') !== '' && rule !== definition.name) return false;
  return (tags ?? []).every((tag) => definition.tags.has(tag));
}

interface MadeReader extends Omit<MatchReader, 'texts'> {
  readonly names: readonly ByteString[];
  readonly textsOf: (fields: readonly ByteString[]) => MatchReader['texts'];
}

function readerOf(
  step: CompiledStep,
  name: ByteString,
  sources: ReadonlyMap<ByteString, SourceMemory>,
  parts: readonly CorrelationPart[],
  definition: CorrelationDefinition,
): MadeReader {
  const source = sources.get(name)!;
  const { aliases, groupBy, count } = definition;
  const fieldOf = (field: NamedNode): NamedNode => aliases.get(field.text)?.get(step.info.name) ?? field;
  const keys = groupBy.map((field) => compileField(fieldOf(field), source, definition.context));
  const value = count?.field && compileField(count.field, source, count.context);
  const others = [...sources.values()].filter((each) => each !== source).map(({ scope }) => scope);
  const texts = parts.flatMap((part) =>
    'text' in part ? [eventText(part.text, source, others, definition)] : [],
  );
  const jsons = new Map(texts.flatMap(({ fields }) => [...fields]));
  return {
    key: keyReader(keys),
    value: value && ((event) => textOf(value.read(event))),
    names: [...jsons.keys()],
    textsOf: (fields) => {
      const missing = (): ByteString => 'null';
      const ordered = fields.map((field) => jsons.get(field) ?? missing);
      const all = [...texts.map(({ render }) => render), ...ordered];
      return (event) => all.map((each) => copied(each(event)));
    },
  };
}

function eventText(
  text: ByteString,
  { scope, table }: SourceMemory,
  others: readonly SourceMemory['scope'][],
  { output, outputContext }: CorrelationDefinition,
): EventText {
  const compiled = compileEventText(text, scope, others);
  if (!('fault' in compiled)) return compiled;
  const { message, position } = compiled.fault;
  const field = /^%\d*([a-zA-Z][\w.]*)/.exec(text.slice(position.offset))?.[1];
  const at = output.text.indexOf(text);
  throw new LoadFault('LOAD_ERR_COMPILE_OUTPUT', message, outputContext, {
    place: at < 0 ? undefined : placeInText(output, at + position.offset),
    ...(field !== undefined && { help: `source ${table.source} has no field ${field}` }),
  });
}
