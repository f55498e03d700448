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
  const { info, template } = output;
  const { enabled } = options.json;
  const prefix = prefixOf(output, options);
  const line = enabled ? jsonLine(output, prefix, options) : textLine(output, prefix);
  const pieces = enabled
    ? jsonParts(output, prefix, options)
    : escaped(joined([prefix.parts, template.parts]));
  const parts = pieces && merged(pieces);
  return Object.assign((event: Event): Alert => ({ rule: info, line: line(event) }), { parts });
}

type Pieces = readonly LinePart[] | undefined;

function joined(pieces: readonly Pieces[]): Pieces {
  return pieces.every((each) => each !== undefined) ? pieces.flatMap((each) => each ?? []) : undefined;
}

// Neighbouring texts as one. A part of a text can be escaped alone unless it may hold a part of a character.
function merged(pieces: readonly LinePart[]): Pieces {
  const parts: LinePart[] = [];
  for (const piece of pieces) {
    const last = parts.at(-1);
    if ('text' in piece && !isAscii(piece.text)) return undefined;
    if (last !== undefined && 'text' in last && 'text' in piece)
      parts[parts.length - 1] = { text: last.text + piece.text };
    else parts.push(piece);
  }
  return parts;
}

const escaped = (pieces: Pieces): Pieces =>
  pieces?.map((piece) => ('text' in piece ? { text: escapeLine(piece.text) } : piece));

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

// The same as pieces: what is in `jsonLine`, in its order.
function jsonParts(output: RuleOutput, prefix: Template, options: AlertOptions): Pieces {
  const { json } = options;
  const { head, tail } = jsonFrame(output.info, options);
  const text = (text: ByteString): Pieces => [{ text }];
  const message = escaped(output.template.parts);
  const pieces = [text(head)];
  if (json.message) pieces.push(text(',"message":"'), message, text('"'));
  if (json.output) pieces.push(text(',"output":"'), escaped(prefix.parts), message, text('"'));
  if (json.outputFields) pieces.push(text(',"output_fields":{'), fieldsParts(output, prefix), text('}'));
  pieces.push(text(tail), [{ time: 'iso' }], text('Z"}'));
  return joined(pieces);
}

/** The fields of a line: those of the template, of the time, and the extra ones, sorted by bytes. */
function entriesOf({ template, extraFields }: RuleOutput, prefix: Template): readonly FieldEntry[] {
  const byName = new Map<ByteString, Omit<FieldEntry, 'key'>>();
  for (const field of [...template.fields, ...prefix.fields]) byName.set(field.name, field);
  for (const { field, template } of extraFields) byName.set(field.key, extraField(field, template));
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, { json, parts }], index) => ({
      key: `${index === 0 ? '' : ','}${jsonString(name)}:`,
      json,
      parts,
    }));
}

interface FieldEntry {
  /** What stands before its value. */
  readonly key: ByteString;
  readonly json: EventText;
  readonly parts: Pieces;
}

function fieldsObject(output: RuleOutput, prefix: Template): EventText {
  const entries = entriesOf(output, prefix);
  return (event) => {
    let text = '{';
    for (const { key, json } of entries) text += key + json(event);
    return `${text}}`;
  };
}

function fieldsParts(output: RuleOutput, prefix: Template): Pieces {
  return joined(entriesOf(output, prefix).map(({ key, parts }) => parts && [{ text: key }, ...parts]));
}

function extraField({ key, raw }: ExtraField, template: Template): Omit<FieldEntry, 'key'> {
  if (!raw) {
    const parts = escaped(template.parts);
    return {
      json: (event) => jsonString(template.render(event)),
      parts: parts && [{ text: '"' }, ...parts, { text: '"' }],
    };
  }
  // Under its own name a field has its value; what is spelled otherwise, transformers among it, has none.
  return (
    template.fields.find(({ name }) => name === key) ?? { json: () => 'null', parts: [{ text: 'null' }] }
  );
}
