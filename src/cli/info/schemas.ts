// --config-schema and --rule-schema: the JSON schemas, 2 blanks an indent, keys sorted, no newline at the end.

/** A schema as it is printed. */
export function schemaJson(schema: object): string {
  return JSON.stringify(sortKeys(schema), undefined, 2);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sortKeys(each)]));
}
