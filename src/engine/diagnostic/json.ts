// Load results as the JSON that `-V` prints, keys in Falco's (sorted) order (spec: rules-language.md §5.6).
// Byte strings become text here: the values are for JSON.stringify, which escapes as Falco's JSON library does.

import { fromBytes } from '../../bytes.js';
import type { Diagnostic, LoadResult, Location } from '../diagnostic.js';
import { ERRORS, type ErrorCode, WARNINGS, type WarningCode } from './codes.js';
import { snippet } from './snippet.js';
import { hasSchemaWarnings } from './text.js';

/** What JSON.stringify takes, key order as written. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One element of `falco_load_results`. */
export function resultJson(result: LoadResult): Json {
  const failed = hasSchemaWarnings(result);
  const schema = {
    schema_valid: !failed,
    schema_warnings: failed ? result.schemaStatus.map(fromBytes) : [],
  };
  const item = (diagnostic: Diagnostic): Json => diagnosticJson(diagnostic, result);
  return {
    errors: result.errors.map(item),
    name: fromBytes(result.name),
    ...(result.schemaStatus.length === 0 ? {} : schema),
    successful: result.successful,
    warnings: result.warnings.map(item),
  };
}

function diagnosticJson(diagnostic: Diagnostic, { contents }: LoadResult): Json {
  const { code, context, message, deprecatedField } = diagnostic;
  // Of errors upstream gives the short text, of warnings the description.
  const codedesc =
    diagnostic.severity === 'error' ? ERRORS[code as ErrorCode] : WARNINGS[code as WarningCode].description;
  return {
    code,
    codedesc,
    context: {
      locations: context.locations.map(locationJson),
      snippet: fromBytes(snippet(context, contents)),
    },
    ...(deprecatedField === undefined ? {} : { deprecated_field: deprecatedField }),
    message: fromBytes(message),
  };
}

function locationJson({ itemName, itemType, name, line, column, offset }: Location): Json {
  return {
    item_name: fromBytes(itemName),
    item_type: itemType,
    position: { column, line, name: fromBytes(name), offset },
  };
}
