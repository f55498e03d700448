// The output of a correlation: text with fields of the event that completes it, and with what is known of all (`%corr.count`).
// In: the output, and the fields of all sources that its steps have. Out: its parts, and for one source how the parts that
// are the event's are read. A field that another source has is `<NA>` in this one.

import type { ByteString } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { Scope } from '../../condition/compile/scope.js';
import type { Fault } from '../../condition/syntax/result.js';
import { CORRELATION_FIELDS, type CorrelationPart } from '../alert/correlation-alert.js';
import { compileTemplate, placeholderEnd, type Template } from '../alert/template.js';

const PLACEHOLDER = /%corr\.([a-z_]*)/g;

/** The parts of an output. @returns the word that is no field */
export function partsOf(output: ByteString): readonly CorrelationPart[] | { readonly unknown: ByteString } {
  const parts: CorrelationPart[] = [];
  let at = 0;
  for (const { 0: whole, 1: word, index } of output.matchAll(PLACEHOLDER)) {
    const field = CORRELATION_FIELDS.find((each) => each === word);
    if (field === undefined) return { unknown: `corr.${word}` };
    if (index > at) parts.push({ text: output.slice(at, index) });
    parts.push({ field });
    at = index + whole.length;
  }
  if (at < output.length) parts.push({ text: output.slice(at) });
  return parts;
}

/** How one source's events fill in a text. */
export interface EventText {
  readonly render: (event: Event) => ByteString;
  /** JSON of the fields in it, by name. */
  readonly fields: ReadonlyMap<ByteString, (event: Event) => ByteString>;
}

const MISSING = '<NA>';

/** @param others where fields that this source does not have are looked for */
export function compileEventText(
  text: ByteString,
  scope: Scope,
  others: readonly Scope[],
): EventText | { readonly fault: Fault } {
  const templates: Template[] = [];
  let rest = text;
  for (;;) {
    const whole = compileTemplate(rest, scope);
    if (whole.ok) {
      templates.push(whole.value);
      break;
    }
    const { offset } = whole.fault.position;
    const end = others
      .map((other) => placeholderEnd(rest, offset, other))
      .find((found) => found !== undefined);
    if (end === undefined) return { fault: whole.fault };
    const before = compileTemplate(`${rest.slice(0, offset)}${MISSING}`, scope);
    if (!before.ok) return { fault: before.fault };
    templates.push(before.value);
    rest = rest.slice(end);
    if (rest === '') break;
  }
  const [only] = templates;
  return {
    render:
      templates.length === 1
        ? only!.render
        : (event) => templates.map(({ render }) => render(event)).join(''),
    fields: new Map(templates.flatMap(({ fields }) => fields.map(({ name, json }) => [name, json]))),
  };
}
