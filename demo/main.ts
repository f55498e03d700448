// The command as it is built: src/cli, and the demo, which is loaded only when it is called.

import { runCommandLine } from '../src/cli/main.js';

runCommandLine({ demo: async () => (await import('./demo.js')).demo });
