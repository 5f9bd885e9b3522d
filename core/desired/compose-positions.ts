/** Where values of a model stand in the Compose files that it was made of. */
import type { Position } from '../errors.ts';
import { pointerOf, tokensOf } from '../fleet/json-pointer.ts';
import { appFolder } from '../fleet/paths.ts';
import { decodeText, type Locate, locatorOf } from '../fleet/yaml-file.ts';

interface Source {
  readonly locate: Locate;
  readonly text: string;
}

/**
 * The file that says most of a pointer, the later of two: the narrower file wins there too. What no file says
 * (a default) is placed at what it belongs to.
 */
export async function composePositions(
  app: string,
  composeFiles: readonly string[],
  read: (path: string) => Promise<{ readonly bytes: Uint8Array } | undefined>,
): Promise<(pointer: string) => Position> {
  const sources: Source[] = [];
  for (const file of composeFiles) {
    const bytes = (await read(file))?.bytes;
    const text = bytes === undefined ? undefined : decodeText(bytes);
    if (text !== undefined) sources.push({ text, locate: locatorOf(`${appFolder(app)}/${file}`, text) });
  }
  return pointer => {
    for (let tokens = tokensOf(pointer); tokens.length > 0; tokens = tokens.slice(0, -1)) {
      const shorter = pointerOf(tokens);
      for (const { locate } of [...sources].reverse()) {
        const parent = locate(pointerOf(tokens.slice(0, -1)));
        const found = locate(shorter);
        if (found.line !== parent.line || found.column !== parent.column) return found;
      }
    }
    return { file: `${appFolder(app)}/${composeFiles[0] ?? 'compose.yaml'}` };
  };
}
