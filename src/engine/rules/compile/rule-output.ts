// A rule's output: what the configuration appends, and its templates.
// Answers to the first half of Falco's compile_rule_infos (spec: rules-language.md §3.5, §4.6).

import type { ByteString } from '../../../bytes.js';
import type { Fault, Result } from '../../condition/syntax/result.js';
import { DEPRECATED_FIELDS } from '../../diagnostic/codes.js';
import { compileTemplate, type Template } from '../alert/template.js';
import type { RuleDefinition } from '../definitions.js';
import { type Hint, LoadFault, untilNul } from '../fault.js';
import { fieldHint } from '../hints/field-hints.js';
import type { ExtraField, OutputMatch } from '../load-options.js';
import { placeInText } from '../texts/place.js';
import { type Job, type SourceMemory, UNKNOWN } from './compile-job.js';

export interface CompiledExtraField {
  readonly field: ExtraField;
  readonly template: Template;
}

export interface CompiledOutput {
  /** With what the configuration appends. */
  readonly output: ByteString;
  readonly template: Template;
  /** In order of keys. */
  readonly extraFields: readonly CompiledExtraField[];
}

/** undefined: unknown fields, and the rule asks to be left out then. Errors: LoadFault. */
export function compileOutput(job: Job): CompiledOutput | undefined {
  const output = buildOutput(job);
  const template = compileText(job, output, true);
  if (template === undefined) return undefined;
  warnOfDeprecated(job, output);
  return { output, template, extraFields: compileExtraFields(job) };
}

function matches({ source, rule, tags }: OutputMatch, definition: RuleDefinition): boolean {
  if ((source ?? '') !== '' && source !== definition.source) return false;
  if ((rule ?? '') !== '' && rule !== definition.name) return false;
  return (tags ?? []).every((tag) => definition.tags.has(tag));
}

const CONTAINER_INFO = '%container.info';
const CONTAINER_INFO_DEPRECATED =
  '%container.info is deprecated and no more useful, and will be dropped by Falco 1.0.0. The container plugin will automatically add required fields to the output message.';

function buildOutput({ definition, options, warn }: Job): ByteString {
  let output = definition.output.text;
  for (const extra of options.extraOutputs ?? [])
    if (matches(extra, definition)) output += ` ${extra.format}`;
  if (!output.includes(CONTAINER_INFO)) return output;
  warn('LOAD_DEPRECATED_ITEM', CONTAINER_INFO_DEPRECATED, definition.context);
  return output.replaceAll(CONTAINER_INFO, '');
}

function templateOf(source: SourceMemory, text: ByteString): Result<Template> {
  const known = source.templates.get(text);
  if (known !== undefined) return known;
  const made = compileTemplate(text, source.scope);
  source.templates.set(text, made);
  return made;
}

/** undefined: unknown fields, and the rule asks to be left out then. */
function compileText(job: Job, text: ByteString, isOutput: boolean): Template | undefined {
  const { definition, source, warn } = job;
  const result = templateOf(source, text);
  if (result.ok) return result.value;
  const message = untilNul(result.fault.message);
  const hint = isOutput ? hintOf(job, text, result.fault) : { appended: text };
  if (isOutput && definition.skipIfUnknownFilter && UNKNOWN.test(message)) {
    warn('LOAD_UNKNOWN_FILTER', message, definition.outputContext, hint);
    return undefined;
  }
  throw new LoadFault('LOAD_ERR_COMPILE_OUTPUT', message, definition.outputContext, hint);
}

const FIELD = /%[0-9]*([a-zA-Z][a-zA-Z0-9_.]*)/y;

/** The place of the field in the rule's own text, and what may have been meant; or that it is not in that text. */
function hintOf({ definition, source }: Job, text: ByteString, { message, position }: Fault): Hint {
  const own = definition.output.text;
  if (!text.startsWith(own)) return {};
  if (position.offset >= own.length) return { appended: text.slice(own.length).trim() };
  FIELD.lastIndex = position.offset;
  const name = FIELD.exec(text)?.[1];
  const place = placeInText(definition.output, position.offset);
  if (name === undefined || !UNKNOWN.test(message)) return { place };
  // Falco's message does not even name the field.
  return {
    place,
    help: `source ${source.table.source} has no field ${name}`,
    ...fieldHint(source.table, name),
  };
}

function warnOfDeprecated({ definition, warn }: Job, text: ByteString): void {
  for (const field of DEPRECATED_FIELDS.keys()) {
    if (!text.includes(field)) continue;
    const message = `usage of deprecated field '${field}' has been detected in the rule output`;
    warn('LOAD_DEPRECATED_ITEM', message, definition.outputContext, { deprecatedField: field });
  }
}

function compileExtraFields(job: Job): readonly CompiledExtraField[] {
  const { definition, options } = job;
  const byKey = new Map<ByteString, ExtraField>();
  for (const field of options.extraFields ?? []) if (matches(field, definition)) byKey.set(field.key, field);
  const sorted = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return sorted.map((field) => {
    const template = compileText(job, field.format, false)!;
    warnOfDeprecated(job, field.format);
    return { field, template };
  });
}
