/** Programs that tests kill: as one file each they start in a third of the time. */
import { build } from 'esbuild';

/** @param folder gets `<name>.mjs` for each; of files in several folders, below the name of theirs */
export async function bundlePrograms(entryPoints: string[], folder: string): Promise<void> {
  await build({
    entryPoints,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    logLevel: 'error',
  });
}
