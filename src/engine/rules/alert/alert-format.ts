// A rule and its template → the alert for an event: one line of text or JSON.
// Answers to Falco's formats.cpp (spec: rules-language.md §3.3–3.5; cli-and-config.md §3.1, 3.2).

import { type ByteString, isAscii } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { LinePart } from '../../../prefilter/prefilter.js';
import { isoText } from '../../../time.js';
import type { Scope } from '../../condition/compile/scope.js';
import type { ExtraField } from '../load-options.js';
import { type Alert, PRIORITIES, type RuleInfo } from './alert.js';
import { escapeLine, jsonArray, jsonString } from './json-text.js';
import { compileTemplate, type Template } from './template.js';

/** How alerts look; the same for all rules. */
export interface AlertOptions {
  readonly json: {
    /** JSON instead of text. */
    readonly enabled: boolean;
    /** Which optional properties the JSON has. */
    readonly output: boolean;
    readonly tags: boolean;
    readonly message: boolean;
    readonly outputFields: boolean;
  };
  /** Time in ISO 8601, UTC, instead of the local time of day. */
  readonly isoTime: boolean;
  readonly hostname: ByteString;
}

/** What a rule prints. */
export interface RuleOutput {
  readonly info: RuleInfo;
  readonly scope: Scope;
  readonly template: Template;
  /** Only in JSON; they replace fields of the same name. */
  readonly extraFields: readonly { readonly field: ExtraField; readonly template: Template }[];
}

/** Makes the alert of an event that met the rule; after `scope.begin(event)`. Total. */
export interface AlertFormat {
  (event: Event): Alert;
  /** What the line is put together from, if that is literals, values that need no escape, and the time of day. */
  readonly parts?: readonly LinePart[] | undefined;
}

type EventText = (event: Event) => ByteString;

/** Compiles how a rule's alerts are written. */
export function createAlertFormat(output: RuleOutput, options: AlertOptions): AlertFormat {
  const { info } = output;
  const { enabled } = options.json;
  const prefix = prefixOf(output, options);
  const line = enabled ? jsonLine(output, prefix, options) : textLine(output, prefix);
  const parts = enabled ? undefined : partsOf(output, prefix);
  return Object.assign((event: Event): Alert => ({ rule: info, line: line(event) }), { parts });
}

function partsOf({ template }: RuleOutput, prefix: Template): readonly LinePart[] | undefined {
  const parts = prefix.parts && template.parts && [...prefix.parts, ...template.parts];
  // A part of a text can be escaped alone unless it may hold a part of a character.
  return parts?.every((part) => !('text' in part) || isAscii(part.text))
    ? parts.map((part) => ('text' in part ? { text: escapeLine(part.text) } : part))
    : undefined;
}

function prefixOf({ info, scope }: RuleOutput, { isoTime }: AlertOptions): Template {
  const text = `%${isoTime ? 'evt.time.iso8601' : 'evt.time'}: ${PRIORITIES[info.priority]} `;
  const prefix = compileTemplate(text, scope);
  if (!prefix.ok) throw new Error(`every source must have evt.* fields: ${prefix.fault.message}`);
  return prefix.value;
}

function textLine({ template }: RuleOutput, prefix: Template): EventText {
  return (event) => escapeLine(prefix.render(event) + template.render(event));
}

function jsonLine(output: RuleOutput, prefix: Template, options: AlertOptions): EventText {
  const { info, template } = output;
  const { json } = options;
  const fields = fieldsObject(output, prefix);
  const { head, tail } = jsonFrame(info, options);
  const needsMessage = json.message || json.output;
  return (event) => {
    let line = head;
    const message = needsMessage ? template.render(event) : '';
    if (json.message) line += `,"message":${jsonString(message)}`;
    if (json.output) line += `,"output":${jsonString(prefix.render(event) + message)}`;
    if (json.outputFields) line += `,"output_fields":${fields(event)}`;
    return `${line}${tail}${isoText(event)}Z"}`;
  };
}

/** What all alerts of a rule have before and behind what differs. */
export function jsonFrame(
  { name, priority, source, tags }: RuleInfo,
  { json, hostname }: AlertOptions,
): { readonly head: ByteString; readonly tail: ByteString } {
  const tagged = json.tags ? `,"tags":${jsonArray(tags)}` : '';
  return {
    head: `{"hostname":${jsonString(hostname)}`,
    tail:
      `,"priority":"${PRIORITIES[priority]}","rule":${jsonString(name)}` +
      `,"source":${jsonString(source)}${tagged},"time":"`,
  };
}

/** The object of fields: those of the template, of the time, and the extra ones, sorted by bytes. */
function fieldsObject({ template, extraFields }: RuleOutput, prefix: Template): EventText {
  const byName = new Map<ByteString, EventText>();
  for (const { name, json } of template.fields) byName.set(name, json);
  for (const { name, json } of prefix.fields) byName.set(name, json);
  for (const { field, template } of extraFields) byName.set(field.key, extraField(field, template));
  const entries = [...byName]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, json], index) => ({ key: `${index === 0 ? '' : ','}${jsonString(name)}:`, json }));
  return (event) => {
    let text = '{';
    for (const { key, json } of entries) text += key + json(event);
    return `${text}}`;
  };
}

function extraField({ key, raw }: ExtraField, template: Template): EventText {
  if (!raw) return (event) => jsonString(template.render(event));
  // Under its own name a field has its value; what is spelled otherwise, transformers among it, has none.
  return template.fields.find(({ name }) => name === key)?.json ?? (() => 'null');
}
