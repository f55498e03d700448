import { describe, expect, it } from 'vitest';
import { resultJson } from '../../../src/engine/diagnostic/json.js';
import { schemaSummary, summaryText, verboseText } from '../../../src/engine/diagnostic/text.js';
import { load, rule } from '../rules/support.js';

const result = (text: string) => load(text).results[0]!;

describe('texts of a load result', () => {
  it('is one line for a clean file', () => {
    const clean = result(rule('ka.verb = get'));
    expect(verboseText(clean)).toBe('a.yaml: Ok');
    expect(summaryText(clean)).toBe('a.yaml: Ok');
    expect(schemaSummary(clean)).toBe('ok');
    expect(schemaSummary(result(''))).toBe('none');
  });

  it('lists schema warnings, errors and warnings', () => {
    const bad = result('- macro: a-b\n  condition: ka.verb in (a b)\n  extra: 1\n');
    expect(verboseText(bad)).toBe(`a.yaml: Invalid
2 Schema warnings:
------
failed for <root>[0]: Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints: 'extra'.
------
failed for <root>: Failed to validate item #0 in array.
------

1 Errors:
In rules content: (a.yaml:0:0)
    macro 'a-b': (a.yaml:0:2)
    macro condition: (a.yaml:1:13)
    condition expression: ("ka.verb in (a b)":2:28)
------
ka.verb in (a b)
               ^
------
LOAD_ERR_COMPILE_CONDITION (Error compiling condition): expected a ')' token

2 Warnings:
In rules content: (a.yaml:0:0)
    macro 'a-b': (a.yaml:0:2)
------
- macro: a-b
  ^
------
LOAD_INVALID_MACRO_NAME (Invalid macro name): Macro has an invalid name. Macro names should match a regular expression: ([a-zA-Z]+[a-zA-Z0-9_]*)
In rules content: (a.yaml:0:0)
    macro 'a-b': (a.yaml:0:2)
------
- macro: a-b
  ^
------
LOAD_UNKNOWN_KEY (Unknown key in item definition): Unknown key 'extra'. The key will be ignored.
`);
    expect(summaryText(bad)).toBe(`a.yaml: Invalid
 2 schema warnings: [failed for <root>[0]: Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints: 'extra'. failed for <root>: Failed to validate item #0 in array.]
 1 errors: [LOAD_ERR_COMPILE_CONDITION (Error compiling condition)]
 2 warnings: [LOAD_INVALID_MACRO_NAME (Invalid macro name) LOAD_UNKNOWN_KEY (Unknown key in item definition)]`);
  });

  it('cannot be forged by a name with a line break', () => {
    const text = verboseText(result('- macro: "a\\nb.yaml: Ok"\n  condition: ka.verb in (a b)\n'));
    expect(text).toContain("macro 'a\\nb.yaml: Ok': (a.yaml:0:2)");
    expect(text.split('\n')).not.toContain("b.yaml: Ok': (a.yaml:0:2)");
  });

  it('names deprecated fields', () => {
    const text = rule('ka.verb = get').replace('output: o', 'output: has evt.dir in it');
    const [warning] = result(text).warnings;
    expect(warning).toMatchObject({ code: 'LOAD_DEPRECATED_ITEM', deprecatedField: 'evt.dir' });
    expect(verboseText(result(text))).toContain(
      "LOAD_DEPRECATED_ITEM (Used deprecated item: field 'evt.dir'): ",
    );
    expect(resultJson(result(text))).toMatchObject({ warnings: [{ deprecated_field: 'evt.dir' }] });
  });
});
