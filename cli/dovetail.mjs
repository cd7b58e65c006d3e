#!/usr/bin/env node
// Entry of the `dovetail` command. Sources are TypeScript; tsx lets Node 20 run them without a build step.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
