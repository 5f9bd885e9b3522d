/** The files of the page: beside the program where it ships, made from the sources where it runs from them. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Asset, Assets } from './built/asset.ts';
import { packed } from './built/packed-asset.ts';

/** What the build is asked for (scripts/bundle/page.ts). */
interface PageBuild {
  buildPage(): Promise<ReadonlyMap<string, Buffer>>;
}

/**
 * Reads or builds them, and packs them: once, for as long as a program serves the page (less than two seconds).
 * @throws Error where neither the files nor the sources are there
 */
export async function loadAssets(): Promise<Assets> {
  const shipped = path.join(import.meta.dirname, 'portal');
  const files = existsSync(path.join(shipped, 'index.html')) ? await readFolder(shipped) : await build();
  return await toAssets(files);
}

/** @param files name → bytes, `index.html` among them */
export async function toAssets(files: ReadonlyMap<string, Buffer>): Promise<Assets> {
  const assets = await Promise.all([...files].map(([name, bytes]) => packed(name, bytes)));
  const byName = new Map<string, Asset>(assets.map(asset => [asset.name, asset]));
  const index = byName.get('index.html');
  if (index === undefined) throw new Error('the page has no index.html');
  byName.delete('index.html');
  return { index, files: byName };
}

async function readFolder(folder: string): Promise<Map<string, Buffer>> {
  const names = await readdir(folder);
  const read = async (name: string) => [name, await readFile(path.join(folder, name))] as const;
  return new Map(await Promise.all(names.map(read)));
}

/** The builder is of the sources alone: named so that no bundle takes it along. */
async function build(): Promise<ReadonlyMap<string, Buffer>> {
  const builder: PageBuild = await import(path.join(import.meta.dirname, '../scripts/bundle/page.ts'));
  return await builder.buildPage();
}
