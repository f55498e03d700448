// What a thread starts (cli/session/threads.ts).

import { openCompiled } from './compiled.js';

openCompiled().run('evaluator.cjs');
