// docs/lint.md from the table of checks, with an example that is linted here.

import { lintFiles } from '../../src/authoring/lint.js';
import { fromBytes, toBytes } from '../../src/bytes.js';
import { LINT_RULES } from '../../src/engine/rules/lint/finding.js';
import { renderFindings } from '../../src/engine/rules/lint/render.js';
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
tsfalco lint [--format text|json|sarif] [--fail-on error|warning|note|never] [--fixed-fields] FILE…
\`\`\`

Loads rules files together, in the order given, and says what is wrong with them or looks like a mistake: everything that
loading says (the codes of [diagnostics.md](diagnostics.md)), and the checks below. It knows the sources \`k8s_audit\` and
\`syscall\`. \`--fixed-fields\` lints for \`tsfalco: {field_semantics: fixed}\`.

A \`falco.yaml\` among the files is checked as a configuration: whether a run starts with it, and what has no effect.

Exit status: 0 if there is nothing of the level of \`--fail-on\` (default: \`warning\`) or above, 1 if there is, 2 if a file or
an option cannot be read.

What it says of conditions (\`never-true\`, \`always-true\`, \`shadowed-rule\`, exceptions) is sure: conditions that are too
large to reason about are passed over, and of rules that demand the same values of a field the first 20,000 pairs are
compared.`;

const PULL_REQUESTS = `## In pull requests

GitHub shows SARIF in the lines that a pull request changes. Run it in the repository's root, so that the paths fit.

\`\`\`yaml
jobs:
  rules:
    runs-on: ubuntu-latest
    permissions: {contents: read, security-events: write}
    steps:
      - uses: actions/checkout@v4
      - run: npx tsfalco lint --format sarif rules/*.yaml > rules.sarif
      - if: always()
        uses: github/codeql-action/upload-sarif@v3
        with: {sarif_file: rules.sarif}
\`\`\`

\`--format json\` gives \`{"findings": [{"id", "level", "message", "file", "line", "column", "offset", "length", "item",
"suggestion"}]}\`: lines and columns from 1, columns, offsets and lengths in bytes, the last two keys only where there is such
a thing.`;

/** Markdown page of the lint command. */
export function lintPage(): string {
  const checks = Object.entries(LINT_RULES).map(([id, { level, text }]) => [`\`${id}\``, level, text]);
  return [
    INTRODUCTION,
    example(),
    `## Checks\n\n${table(['id', 'level', 'what it finds'], checks)}`,
    PULL_REQUESTS,
  ]
    .join('\n\n')
    .concat('\n');
}

function example(): string {
  const file = { name: 'secret.yaml', content: toBytes(EXAMPLE) };
  const text = renderFindings(lintFiles([file], 'falco'), new Map([[file.name, file.content]]), 'text');
  return `\`\`\`yaml\n${EXAMPLE}\`\`\`\n\n\`\`\`\n$ tsfalco lint secret.yaml\n${fromBytes(text)}\`\`\``;
}
