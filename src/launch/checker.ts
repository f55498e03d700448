// What the language server starts to check rules (cli/lsp/checks.ts).

import { openCompiled } from './compiled.js';

openCompiled().run('checker.cjs');
