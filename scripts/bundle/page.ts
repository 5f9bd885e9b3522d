/** Builds the page from its sources, by esbuild: for `npm run bundle`, and for programs that run from the sources. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');
const portal = path.join(root, 'portal');

/** What the page loads at once, and the styles that charts and terminals bring. */
const entryPoints = {
  main: 'portal/page/main.tsx',
  style: 'portal/page/style/main.css',
  chart: 'portal/page/style/chart.css',
  terminal: 'portal/page/style/terminal.css',
};

/** Browsers of the last three years. */
const target = ['chrome120', 'firefox121', 'safari17.2'];

export interface BuiltPage {
  /** Name → bytes. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Paths that went in, from the root: for their licences. */
  readonly inputs: readonly string[];
  /** Names of what is loaded before anything is seen. */
  readonly first: readonly string[];
}

export async function buildWholePage(): Promise<BuiltPage> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    outdir: 'page',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    // The page's own settings: those of the tree know no DOM, and no JSX.
    tsconfig: 'portal/page/tsconfig.json',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const files = new Map(outputFiles.map(file => [path.basename(file.path), Buffer.from(file.contents)]));
  const icon = await readFile(path.join(portal, 'page/icon.svg'));
  const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
  files.set(iconName, icon);
  const { entries, first } = namesOf(metafile);
  files.set('index.html', Buffer.from(await index({ ...entries, icon: iconName }, first)));
  return {
    files,
    inputs: Object.keys(metafile.inputs),
    first: [...first, entries.style ?? '', 'index.html'],
  };
}

/** As `portal/assets.ts` asks for it. */
export const buildPage = async (): Promise<ReadonlyMap<string, Buffer>> => (await buildWholePage()).files;

/** Entry → the file it became; and every script that the first one cannot do without. */
function namesOf({ outputs }: Metafile): { entries: Record<string, string>; first: string[] } {
  const entries: Record<string, string> = {};
  for (const [file, { entryPoint }] of Object.entries(outputs)) {
    const entry = Object.entries(entryPoints).find(([, source]) => source === entryPoint);
    if (entry !== undefined) entries[entry[0]] = path.basename(file);
  }
  const first = new Set<string>();
  const visit = (name: string | undefined): void => {
    if (name === undefined || first.has(name)) return;
    first.add(name);
    for (const { path: file, kind } of outputs[`page/${name}`]?.imports ?? []) {
      if (kind === 'import-statement') visit(path.basename(file));
    }
  };
  visit(entries.main);
  return { entries, first: [...first] };
}

/** `{{name}}` of the document → the address of that entry. */
async function index(names: Readonly<Record<string, string>>, first: readonly string[]): Promise<string> {
  const document = await readFile(path.join(portal, 'page/index.html'), 'utf8');
  const preloads = first
    .filter(name => name !== names.main)
    .map(name => `<link rel="modulepreload" href="/assets/${name}">`)
    .join('');
  return document
    .replace('{{preloads}}', preloads)
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => `/assets/${names[name]}`);
}
