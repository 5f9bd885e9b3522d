/** Of package.json a program has the version, and not the rest of it. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** @param file path of package.json */
export const versionOnly = (file: string): Plugin => ({
  name: 'version-only',
  setup(build) {
    build.onLoad({ filter: /[/\\]package\.json$/ }, async ({ path }) => {
      if (path !== file) return undefined;
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { readonly version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
});
