// Before each file of tests.

import '../src/runtime/from-sources.js';
import { checkScanner } from './build.js';

checkScanner();
