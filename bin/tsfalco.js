#!/usr/bin/env node
import { openCompiled } from '../dist/launch/compiled.js';

openCompiled().run('main.cjs');
