/**
 * How long each function's bundle takes to load on Node 24 of this machine: what a cold start adds to the first call. The
 * processors are not Lambda's, so the figures compare functions with each other and releases with releases.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MiniStackTools } from './ministack.ts';
import { run } from './processes.ts';

export interface ColdStart {
  /** Where its construct is, such as `Functions/Poller`. */
  readonly name: string;
  readonly bundleBytes: number;
  /** Processor time, the least of the runs: what else the machine does only adds to it. */
  readonly importCpuMs: number;
}

const RUNS = 5;
const MEASURE =
  'const a = performance.now(); await import(process.argv[1]); console.log(performance.now() - a);';

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Metadata?: Readonly<Record<string, string>> }>
  >;
}

/** `app`: the folder that `cdk deploy` wrote; largest first. */
export async function coldStarts(tools: MiniStackTools, app: string): Promise<ColdStart[]> {
  const templates = (await readdir(app)).filter((file) => file.endsWith('.template.json'));
  const found: ColdStart[] = [];
  for (const file of templates) {
    const { Resources } = JSON.parse(await readFile(join(app, file), 'utf8')) as Template;
    for (const { Type, Metadata = {} } of Object.values(Resources)) {
      const asset = Metadata['aws:asset:path'];
      if (Type !== 'AWS::Lambda::Function' || asset === undefined) continue;
      const name = Metadata['aws:cdk:path']?.split('/').slice(2, -2).join('/') ?? asset;
      found.push(await measured(tools, name, join(app, asset, 'index.mjs')));
    }
  }
  return found.sort((a, b) => b.bundleBytes - a.bundleBytes || (a.name < b.name ? -1 : 1));
}

async function measured({ nodeFolder }: MiniStackTools, name: string, bundle: string): Promise<ColdStart> {
  const times: number[] = [];
  for (let n = 0; n < RUNS; n += 1) {
    const args = ['--no-warnings', '--input-type=module', '-e', MEASURE, bundle];
    const { output } = await run(join(nodeFolder, 'node'), args, {
      environment: { AWS_REGION: 'us-east-1' },
    });
    times.push(Number(output));
  }
  return { name, bundleBytes: (await stat(bundle)).size, importCpuMs: Math.round(Math.min(...times)) };
}
