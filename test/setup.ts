// Before each file of tests.

import { checkScanner } from './build.js';

checkScanner();
