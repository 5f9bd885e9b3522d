/**
 * `npm run bundle`: what ships. dist/ is an npm package, one .js per program, the verbs of the command (towline-HASH.js)
 * and what they read, which a bare Node 24 runs and npm installs from dist/towline-VERSION.tgz. ssh2's native addon lies
 * beside the programs under the platform's name; on any other platform they run without it and say so.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { makeHelperImage } from '../lab/machine/helper-image.ts';
import { licences } from './bundle/licences.ts';
import { localTime } from './bundle/local-time.ts';
import { copyAddon, nativeAddon } from './bundle/native-addon.ts';
import { olderNode, olderNodeFile } from './bundle/older-node.ts';
import { copyOpenpgp, openpgpInput, separateOpenpgp } from './bundle/openpgp.ts';
import { pack, writePackage } from './bundle/package.ts';
import { buildWholePage } from './bundle/page.ts';
import { unusedParts } from './bundle/unused-parts.ts';
import { versionOnly } from './bundle/version-only.ts';
import { ensureNativeAddon } from './native-addon.ts';

const root = path.dirname(import.meta.dirname);

/**
 * Program → where it starts. The command is short-lived and has its verbs as files beside it. Agent and gateway are one
 * file each: what runs for months must not look for a part that an upgrade has replaced, a tunnel's for instance.
 */
const programs: Record<string, string> = {
  agent: 'agent/main.ts',
  gateway: 'gateway/main.ts',
  towline: 'cli/main.ts',
};

/** CommonJS dependencies ask for these; an ES module has neither. */
const commonJsNames = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;`;

async function bundleProgram(name: string, entry: string, folder: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [name]: entry },
    outdir: folder,
    bundle: true,
    // A verb of the command is a part of its own, read when it is asked for.
    splitting: name === 'towline',
    chunkNames: `${name}-[hash]`,
    platform: 'node',
    // Debian's Node, where none ships.
    target: 'node20',
    format: 'esm',
    // The engine keeps the source as long as the program runs: less of it is less memory on a device.
    minify: true,
    legalComments: 'none',
    banner: { js: `${name === 'towline' ? `import './${olderNodeFile}';` : olderNode}\n${commonJsNames}` },
    plugins: [
      nativeAddon,
      separateOpenpgp,
      unusedParts,
      localTime,
      versionOnly(path.join(root, 'package.json')),
    ],
    metafile: true,
    logLevel: 'warning',
  });
  for (const file of Object.keys(metafile.outputs)) narrow(path.join(root, file));
  return metafile;
}

/** One letter beyond Latin-1 (esbuild leaves them in regular expressions) makes the engine keep two bytes for each. */
function narrow(file: string): void {
  const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, escaped));
}

/** The page of the portal, as browsers get it. @returns the paths that went in */
async function writePage(folder: string): Promise<readonly string[]> {
  const { files, inputs } = await buildWholePage();
  mkdirSync(folder);
  for (const [name, bytes] of files) writeFileSync(path.join(folder, name), bytes);
  return inputs;
}

/** Packages of which ajv wrote parts into the validators, ahead of time. */
function copiedByAjv(): string[] {
  const files = ['schemas/validate', 'portal/api/bodies', 'portal/api/queries'];
  const sources = files.map(file => readFileSync(path.join(root, `${file}.generated.js`), 'utf8'));
  return [...sources.join('\n').matchAll(/^\/\/ (node_modules\/\S+)$/gm)].map(([, file = '']) => file);
}

/**
 * Bundles the programs, and puts beside them what makes a package of them.
 * @param onInputs takes the paths of all that went in
 * @returns the files of the programs, by name.
 */
export async function bundle(
  folder = path.join(root, 'dist'),
  onInputs: (inputs: ReadonlySet<string>) => void = () => undefined,
): Promise<Record<string, string>> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const written: Record<string, string> = {};
  const inputs = new Set([openpgpInput, ...copiedByAjv()]);
  for (const [name, entry] of Object.entries(programs)) {
    const metafile = await bundleProgram(name, entry, folder);
    for (const input of Object.keys(metafile.inputs)) inputs.add(input);
    written[name] = path.join(folder, `${name}.js`);
  }
  for (const input of await writePage(path.join(folder, 'portal'))) inputs.add(input);
  copyAddon(folder);
  copyOpenpgp(folder);
  writeFileSync(path.join(folder, olderNodeFile), olderNode);
  writePackage(root, folder, licences(root, inputs));
  onInputs(inputs);
  return written;
}

if (import.meta.main) {
  ensureNativeAddon();
  const folder = path.join(root, 'dist');
  const files = [...Object.values(await bundle(folder)), pack(folder)];
  // Of Debian's packages for this machine's architecture: a device that keeps its apps' data needs it.
  const helper = path.join(folder, 'helper.tar');
  makeHelperImage(helper);
  files.push(helper);
  for (const file of files) console.log(path.relative(process.cwd(), file));
}
