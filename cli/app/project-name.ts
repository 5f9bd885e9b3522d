/** What docker compose calls a project by its folder. */
import path from 'node:path';

/** As compose-go's NormalizeProjectName; docker compose 1.21 and later do the same. */
export function composeProjectName(folder: string): string {
  return path
    .basename(path.resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}
