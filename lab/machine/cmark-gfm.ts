/** GitHub's own renderer of Markdown, as Debian has it: what a page of strangers' words becomes. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { unpackedPackages } from './unpacked-packages.ts';

const extensions = ['table', 'autolink', 'strikethrough', 'tasklist'].flatMap(name => ['-e', name]);

/** Renders with HTML let through, as forges do before they clean it. @param form what is asked for: a page, or its tree */
export function cmarkGfm(markdown: string, form: 'html' | 'xml'): string {
  const { root, environment } = unpackedPackages('cmark-gfm', ['cmark-gfm']);
  const program = path.join(root, 'usr/bin/cmark-gfm');
  const { status, stdout, stderr } = spawnSync(program, ['--unsafe', ...extensions, '-t', form], {
    input: markdown,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...environment },
  });
  if (status !== 0) throw new Error(`cmark-gfm: ${stderr}`);
  return stdout;
}
