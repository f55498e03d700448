// Plugins that rules files need (required_plugin_versions), and do not get. Falco does not start then.

import { parseYaml } from '../../../yaml.js';
import { isKernelRule } from '../definitions.js';
import type { LoadOutcome, RulesFile } from '../loader.js';
import { placeOfContext, sourceFile } from '../texts/place.js';
import { checkPluginRequirements } from '../versions.js';
import { type Finding, finding } from './finding.js';
import type { LintOptions } from './job.js';

export function checkRequirements(
  { definitions: { collector } }: LoadOutcome,
  files: readonly RulesFile[],
  { plugins, complete }: LintOptions,
): readonly Finding[] {
  const rules = [...collector.rules.values()];
  return collector.requiredPlugins.flatMap(({ alternatives, context }) => {
    const message = checkPluginRequirements([alternatives], plugins);
    const name = context.locations[0]!.name;
    const own = rules.filter((rule) => rule.context.locations[0]?.name === name);
    // What Falco's own plugins are for is not read here, nor are their rules.
    if (message === undefined || (own.length > 0 && own.every(isKernelRule))) return [];
    const contents = files.filter((file) => file.name === name);
    const sources = new Map(contents.map((file) => [name, sourceFile(name, parseYaml(file.content))]));
    const isKnown =
      complete || alternatives.some((one) => plugins.some((plugin) => plugin.name === one.name));
    return [
      finding(
        'unmet-requirement',
        isKnown ? message : `${message}; --plugin or -c give lint plugins that are not built in`,
        placeOfContext(context, sources),
        { level: isKnown ? 'error' : 'note' },
      ),
    ];
  });
}
