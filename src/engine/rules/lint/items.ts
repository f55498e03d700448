// Lists and macros: names that stay literal, macros that differ only in name, unknown fields in unused macros.

import type { ByteString } from '../../../bytes.js';
import { suggest } from '../../../suggest.js';
import type { Expr } from '../../condition/syntax/ast.js';
import type { CompiledMacro } from '../compile/conditions.js';
import { conditionDetails } from '../describe/details.js';
import { placeInText } from '../texts/place.js';
import { canonicalText } from './canonical.js';
import { type Finding, finding } from './finding.js';
import type { LintJob } from './job.js';

export function checkListsAndMacros(job: LintJob): readonly Finding[] {
  return [...sameMacros(job), ...unknownFields(job), ...nestedLists(job)];
}

const placeOfMacro = ({ info }: CompiledMacro) => placeInText(info.condition, 0)!;

function sameMacros(job: LintJob): readonly Finding[] {
  const first = new Map<ByteString, ByteString>();
  const known = new Map<Expr, ByteString>();
  return [...job.output.stage.macros.values()].flatMap((macro) => {
    const text = canonicalText(macro.expr, known);
    const { name } = macro.info;
    const other = first.get(text);
    if (other === undefined) {
      first.set(text, name);
      return [];
    }
    // A macro that is just another's name, and those for others to fill in, are alike on purpose.
    if (macro.parsed.expr.kind === 'identifier' || isPlaceholder(text)) return [];
    return [
      finding('duplicate-macro', `macro '${name}' is the same as '${other}'`, placeOfMacro(macro), {
        item: name,
      }),
    ];
  });
}

const isPlaceholder = (condition: ByteString): boolean =>
  /never_true|^(?:not )?evt\.num (?:=|!=|>=?) 0$/.test(condition);

function unknownFields({ options, outcome, output }: LintJob): readonly Finding[] {
  // The macro may be for rules of a source whose fields are not known here.
  if ([...outcome.definitions.collector.rules.values()].some(({ unknownSource }) => unknownSource)) return [];
  const tables = options.sources.flatMap((source) => options.load.tables(source) ?? []);
  const isKnown = (field: ByteString): boolean =>
    tables.some((table) => {
      const found = table.lookup(field);
      return !('error' in found) || !found.unknown;
    });
  const names = tables.flatMap(({ classes }) =>
    classes.flatMap(({ fields }) => fields.map(({ name }) => name)),
  );
  const unused = [...output.stage.macros.values()].filter(
    ({ info }) => !output.stage.usedMacros.has(info.name),
  );
  return unused.flatMap((macro) => {
    const { fields } = conditionDetails(macro.expr, { macros: new Map(), lists: new Map() });
    return [...fields]
      .filter((field) => !isKnown(field))
      .map((field) =>
        finding('unknown-field', `no event source has a field ${field}`, placeOfMacro(macro), {
          suggestion: suggest(field, names),
          item: macro.info.name,
        }),
      );
  });
}

function nestedLists({ output, outcome }: LintJob): readonly Finding[] {
  const { lists } = output.stage;
  // A list that holds its own name means that text.
  const own = new Set(
    lists.filter(({ info, items }) => items.includes(info.name)).map(({ info }) => info.name),
  );
  const ranks = new Map(lists.map(({ info }, index) => [info.name, index]));
  return lists.flatMap(({ info, items }, index) =>
    // Lists are put into conditions in order, so that the name of a later one is replaced in its turn.
    items
      .filter((item) => (ranks.get(item) ?? index + 1) <= index && !own.has(item))
      .map((item) => {
        const location = info.context.locations.at(-1)!;
        const content = outcome.results[0]?.contents.get(location.name) ?? '';
        const place = {
          file: location.name,
          line: location.line + 1,
          column: location.column + 1,
          offset: location.offset + (content.startsWith('\xef\xbb\xbf') ? 3 : 0),
          length: 'list'.length,
        };
        const message = `'${item}' in list '${info.name}' stays that text: lists in lists are looked up one level deep`;
        return finding('nested-list', message, place, { item: info.name });
      }),
  );
}
