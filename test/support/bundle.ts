// The functions as the stack bundles them, made by esbuild itself instead of through CDK.
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../../infra/function.ts';

const PROJECT = `${import.meta.dirname}/../..`;

/** Folders of `functions/` that are deployed. */
export const DEPLOYED_FUNCTIONS: readonly string[] = readdirSync(`${PROJECT}/functions`, {
  withFileTypes: true,
})
  .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
  .map(({ name }) => name)
  .sort();

/** The one file of each function, by the function's name. */
export async function bundles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { format, target, mainFields, banner, minify } = BUNDLING;
  const { outputFiles } = await build({
    ...{ target, mainFields, minify, format },
    banner: { js: banner },
    entryPoints: Object.fromEntries(
      DEPLOYED_FUNCTIONS.map((name) => [name, `${PROJECT}/functions/${name}/handler.ts`]),
    ),
    absWorkingDir: PROJECT,
    bundle: true,
    platform: 'node',
    outdir: 'out',
    write: false,
    logLevel: 'error',
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path, '.js'), contents]));
}
