// Node with the engine's sources, as tests and benchmarks run them: the scanner in WebAssembly is read from the file
// that the build makes of assembly/. What the build makes of the engine has it inside.

import './node.js';
import { existsSync, readFileSync } from 'node:fs';
import { useRuntime } from './runtime.js';

const file = new URL('../../dist/json/scan.wasm', import.meta.url);

useRuntime({ wasm: () => (existsSync(file) ? readFileSync(file) : undefined) });
