// --list: the fields that rules can read, as text, Markdown or JSON (spec: cli-and-config.md §1.8).
// Answers to falco_engine::list_fields.

import type { ByteString } from '../../bytes.js';
import type { Field, FieldClass } from '../../fields/field.js';
import type { Options } from '../arguments/options.js';
import { Failure } from '../host.js';
import type { Tables } from '../load/tables.js';

/** A class of fields with the sources that have it. */
interface Listed {
  readonly fieldClass: FieldClass;
  readonly sources: readonly string[];
}

/** Width of the labels, and of a line. */
const LABEL = 30;
const WIDTH = 90;

/** @throws Failure for a source that is not loaded */
export function listFields(options: Options, tables: Tables): ByteString {
  const { listSource: source, namesOnly, format, verbose } = options;
  if (source !== '' && !tables.has(source)) throw new Failure('Value for --list must be a valid source type');
  const listed = collect([...tables.values()].filter((table) => source === '' || table.source === source));
  if (namesOnly) return formatNames(listed, format === 'json');
  switch (format) {
    case 'text':
      return listed.map((each) => `${formatText(each, verbose)}\n`).join('');
    case 'markdown':
      return listed.map((each) => `${formatMarkdown(each)}\n`).join('');
    case 'json':
      return `${JSON.stringify({ fieldclasses: listed.map(formatJson) }, undefined, 2)}\n`;
  }
}

/** Classes in order of their first source; one that several sources share comes once. */
function collect(tables: readonly { readonly source: string; readonly classes: readonly FieldClass[] }[]) {
  const listed = new Map<string, { fieldClass: FieldClass; sources: string[] }>();
  for (const { source, classes } of tables) {
    for (const fieldClass of classes) {
      const key = `${fieldClass.name}\n${fieldClass.description}`;
      const known = listed.get(key);
      if (known === undefined) listed.set(key, { fieldClass, sources: [source] });
      else known.sources.push(source);
    }
  }
  return [...listed.values()].map(
    ({ fieldClass, sources }): Listed => ({ fieldClass, sources: sources.sort() }),
  );
}

function formatNames(listed: readonly Listed[], json: boolean): ByteString {
  const names = listed.flatMap(({ fieldClass }) => fieldClass.fields.map(({ name }) => name));
  return json
    ? `${JSON.stringify({ fieldnames: names }, undefined, 2)}\n`
    : names.map((name) => `${name}\n`).join('');
}

/** What stands behind a class's name in brackets. */
function shortDescription({ name, plugin, fields }: FieldClass): string | undefined {
  if (plugin) return 'plugin';
  if (name === 'evt' && fields.some((field) => field.name === 'evt.num')) return 'All event types';
  return name === 'static' ? undefined : 'Syscall events only';
}

function formatText({ fieldClass, sources }: Listed, verbose: boolean): ByteString {
  const { name, description, fields } = fieldClass;
  const short = shortDescription(fieldClass);
  const lines = [
    '-------------------------------',
    `${'Field Class:'.padEnd(LABEL)}${name}${short === undefined ? '' : ` (${short})`}`,
    ...(description === '' ? [] : [`${'Description:'.padEnd(LABEL)}${wrap(description)}`]),
    `${'Event Sources:'.padEnd(LABEL)}${sources.map((source) => `${source} `).join('')}`,
    '',
    ...fields.map((field) => formatTextField(field, verbose)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function formatTextField(field: Field, verbose: boolean): ByteString {
  const tags = argumentTags(field);
  const type = verbose ? `(Type: ${field.type}) ` : '';
  const text = wrap(`${type}${tags.length > 0 ? `(${tags.join(',')}) ` : ''}${field.description}`);
  const head = field.name.length > LABEL ? `${field.name}\n${' '.repeat(LABEL)}` : field.name.padEnd(LABEL);
  return head + text;
}

function argumentTags({ isList, argument }: Field): readonly string[] {
  return [
    ...(isList ? ['EPF_IS_LIST'] : []),
    ...(argument?.index ? ['ARG_INDEX'] : []),
    ...(argument?.key ? ['ARG_KEY'] : []),
    ...(argument === null ? [] : [argument.required ? 'ARG_REQUIRED' : 'ARG_ALLOWED']),
  ];
}

/** Words, each with a blank behind it, in lines that continue under the labels' right edge. */
function wrap(text: ByteString): ByteString {
  let wrapped = '';
  let length = 0;
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    if (length + word.length + 1 > WIDTH - LABEL) {
      wrapped += `\n${' '.repeat(LABEL)}`;
      length = 0;
    }
    wrapped += `${word} `;
    length += word.length + 1;
  }
  return wrapped;
}

function formatMarkdown({ fieldClass, sources }: Listed): ByteString {
  const { name, description, fields } = fieldClass;
  const rows = fields.map(
    (field) =>
      `\`${field.name}\` | ${field.isList ? `LIST(${field.type})` : field.type} | ${field.description}\n`,
  );
  return [
    `## Field Class: ${name}\n\n`,
    description === '' ? '' : `${description}\n\n`,
    `Event Sources: ${sources.map((source) => `${source} `).join('')}\n\n`,
    'Name | Type | Description\n:----|:-----|:-----------\n',
    ...rows,
  ].join('');
}

function formatJson({ fieldClass, sources }: Listed) {
  const { name, description, fields } = fieldClass;
  return {
    ...(description !== '' && { desc: description }),
    event_sources: sources,
    fields: fields.map(({ argument, description: desc, isList, name: field, type }) => ({
      argument: argument && {
        required: argument.required,
        type: [...(argument.key ? ['KEY'] : []), ...(argument.index ? ['INDEX'] : [])],
      },
      desc,
      is_list: isList,
      name: field,
      type,
    })),
    name,
  };
}
