// docs/lint.md from the table of checks, with an example that is linted here.

import { lintFiles } from '../../src/authoring/lint.js';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { LINT_RULES } from '../../src/engine/rules/lint/finding.js';
import { renderFindings } from '../../src/engine/rules/lint/render.js';
import { createEventSources } from '../../src/plugins/event-sources.js';
import { table } from './table.js';

const EXAMPLE = `- list: trusted_users
  items: [system:admin, deployer]

- rule: Secret Read
  desc: Somebody read a secret.
  condition: ka.verb = Get and ka.target.resource = secrets and not ka.user.name in (trusted_user)
  output: Secret read (user=%ka.user.name namespace=%ka.target.namespce)
  priority: WARNING
  source: k8s_audit
`;

const INTRODUCTION = `# tsfalco lint

\`\`\`
tsfalco lint [--format text|json|sarif|markdown] [--fail-on error|warning|note|never] [--quiet] [--fix]
             [--in-order] [--fixed-fields] [--plugin PLUGIN…] [-c CONFIG] FILE|FOLDER|PATTERN…
\`\`\`

Loads rules files together and says what is wrong with them or looks like a mistake: everything that loading says (the codes
of [diagnostics.md](diagnostics.md)), all errors of all files in one run, and the checks below. It knows the fields
of all built-in plugins and of system calls, by the \`source\` of each rule; those of a plugin of your own with \`--plugin
./my-plugin.js\`, or with \`-c falco.yaml\`, which says all plugins that there are. \`--fixed-fields\` lints for \`tsfalco:
{field_semantics: fixed}\`.

- **What to lint.** Files, folders (their \`*.yaml\` and \`*.yml\` that hold rules, at any depth), patterns
  (\`'rules/**/*.yaml'\`). Rules inside of Helm values (\`customRules\`), ConfigMaps and other manifests are read where they
  stand, if they are literal blocks (\`|\`). A \`falco.yaml\` is checked as a configuration: whether a run starts with it,
  and what has no effect.
- **Order.** Each file comes behind those whose macros, lists and rules it needs. Where the order is your own, as in
  \`rules_files\`, \`--in-order\` loads as Falco does, and says where what is missing is defined later.
- **\`--fix\`** mends what is beyond doubt: \`append: true\` and a lone \`enabled\` become \`override\`, keys and
  priorities that are misspelt, \`AND\`, \`&&\` and \`[a, b]\` of other languages, a missing \`source\`.
- **Exit status:** 0 if there is nothing of the level of \`--fail-on\` (default: \`warning\`) or above, 1 if there is, 2 if a
  file or an option cannot be read. \`--quiet\` leaves notes out.

What it says of conditions (\`never-true\`, \`always-true\`, \`shadowed-rule\`, exceptions) is sure: conditions that are too
large to reason about are passed over, and of rules that demand the same values of a field the first 20,000 pairs are
compared.`;

const ONCE = `Unused macros and lists, defects of fields and what is deprecated are told once a file, with their number; editors mark each place.`;

const SUPPRESSIONS = `## On other people's rules

\`tsfalco lint .\` in clones of falcosecurity's \`rules\`, \`plugins\` and \`charts\` (as of July and August 2026), each finding judged:

| | findings |
|---|---|
| worth acting on: rules that never alert since an earlier one does, keys of a \`falco.yaml\` that Falco has dropped, \`evt.dir\`, a field defect | 8 |
| right, and on purpose: test data, macros for others to use or override | 12 |
| about what another machine or plugin has: files of \`/etc/falco\`, fields of a plugin that is not there (\`--plugin\`, \`-c\`) | 11 |
| noise: two files of one repository that are never loaded together; lint them apart | 1 |

Five more with rules for \`k8s_audit\`, their folders of rules alone, gave 29: three lists that do not exist, an item that Falco refuses, a
rule that never alerts, two kinds of deprecated parts, three that need a plugin or a setting of theirs, and 19 notes (field defects, switch
macros, what is unused).

## Switching checks off

By a comment, with the reason, for what begins in the next line (an item, or a key with its value), or for the file:

\`\`\`yaml
# tsfalco-disable-file LOAD_UNUSED_MACRO: a base for others

# tsfalco-disable-next-line never-true, never-true-check: switched on by the overlay
- rule: Anything
\`\`\`

Or for many files, in \`.tsfalco.yaml\` where lint is run; the last part that fits a path counts:

\`\`\`yaml
lint:
  levels: {undefined-list: warning}
  files:
    - paths: [rules/upstream/**]
      levels: {LOAD_UNUSED_MACRO: off, shadowed-rule: note}
\`\`\`

Levels are \`error\`, \`warning\`, \`note\` and \`off\`. Errors of loading stay errors: no run starts with them. A comment
that switches nothing off, or gives no reason, is a finding itself.`;

const PULL_REQUESTS = `## In pull requests

GitHub shows SARIF in the lines that a pull request changes. Run it in the repository's root, so that the paths fit.

\`\`\`yaml
jobs:
  rules:
    runs-on: ubuntu-latest
    permissions: {contents: read, security-events: write}
    steps:
      - uses: actions/checkout@v4
      - run: npx tsfalco lint --format sarif rules > rules.sarif
      - if: always()
        uses: github/codeql-action/upload-sarif@v3
        with: {sarif_file: rules.sarif}
\`\`\`

\`--format json\` gives \`{"findings": [{"id", "level", "message", "file", "line", "column", "offset", "length", "item",
"suggestion"}]}\`: lines and columns from 1, columns, offsets and lengths in bytes, the last two keys only where there is such
a thing. \`--format markdown\` gives a table for comments and job summaries.`;

/** Markdown page of the lint command. */
export function lintPage(): string {
  const checks = Object.entries(LINT_RULES).map(([id, { level, text }]) => [`\`${id}\``, level, text]);
  return [
    INTRODUCTION,
    example(),
    `## Checks\n\n${table(['id', 'level', 'what it finds'], checks)}\n\n${ONCE}`,
    SUPPRESSIONS,
    PULL_REQUESTS,
  ]
    .join('\n\n')
    .concat('\n');
}

function example(): string {
  const file = { name: 'secret.yaml', content: toBytes(EXAMPLE) };
  const text = renderFindings(
    lintFiles([file], { sources: createEventSources(), semantics: 'falco' }),
    new Map([[file.name, file.content]]),
    'text',
  );
  return `\`\`\`yaml\n${EXAMPLE}\`\`\`\n\n\`\`\`\n$ tsfalco lint secret.yaml\n${fromBytes(text)}\`\`\``;
}
