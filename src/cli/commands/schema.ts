// tsfalco schema: the JSON schemas of the files that people write, for editors.

import { RULES_EDITOR_SCHEMA } from '../../authoring/rules-schema.js';
import { SUITE_SCHEMA } from '../../authoring/suite-schema.js';
import { toBytes } from '../../bytes.js';
import { COMMAND_OPTIONS } from '../arguments/command-options.js';
import { answering, misuse, readArguments } from '../arguments/usage.js';
import type { Host } from '../host.js';
import { configEditorSchema } from '../info/config-schema.js';

const USAGE = `Usage: tsfalco schema rules|tests|config

Prints the JSON schema (2020-12) of rules files, of suites for tsfalco test, or
of falco.yaml, for editors: descriptions, completion and checks while typing.
They are in the package, too: dist/schemas/rules.json, tests.json, config.json.

Exit status: 0, or 2 if there is no such schema.
`;

const SCHEMAS: Readonly<Record<string, () => unknown>> = {
  rules: () => RULES_EDITOR_SCHEMA,
  tests: () => SUITE_SCHEMA,
  config: configEditorSchema,
};

/** The text of a schema, with a line break at its end. */
export const schemaText = async (name: string): Promise<string | undefined> => {
  const schema = await SCHEMAS[name]?.();
  return schema === undefined ? undefined : `${JSON.stringify(schema, undefined, 2)}\n`;
};

/** @returns 0. @throws Failure with exit code 2 */
export const schema = (argv: readonly string[], host: Host): Promise<number> =>
  answering(async () => {
    const { values, positionals } = readArguments({
      args: [...argv],
      allowPositionals: true,
      options: COMMAND_OPTIONS.schema,
    });
    if (values.help === true) {
      await host.stdout.write(toBytes(USAGE));
      return 0;
    }
    const [name = ''] = positionals;
    const text = positionals.length === 1 ? await schemaText(name) : undefined;
    if (text === undefined) throw misuse(`schema needs one of ${Object.keys(SCHEMAS).join(', ')}`);
    await host.stdout.write(toBytes(text));
    return 0;
  });
