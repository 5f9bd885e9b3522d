/** Files that containers would see, and that are pointers of Git LFS instead of what they point to. */
import type { DesiredState } from '../desired/state.ts';
import type { Problem } from '../errors.ts';
import { appFolder } from '../fleet/paths.ts';

/** By the specification of Git LFS; hawser was its first name. */
const pointer =
  /^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v1\n(?:.*\n)*?oid sha256:[0-9a-f]{64}\n/;
const maxPointerBytes = 1024;

export function isLfsPointer(bytes: Uint8Array): boolean {
  return bytes.length < maxPointerBytes && pointer.test(Buffer.from(bytes).toString('latin1'));
}

export function lfsPointerProblems(state: DesiredState | undefined): Problem[] {
  return (state?.projects ?? []).flatMap(({ app, release, files }) =>
    [...files].flatMap(([path, { bytes }]): Problem[] => {
      if (!isLfsPointer(bytes)) return [];
      const message = `containers of app "${app}" would see a pointer of Git LFS, not what it points to`;
      return [
        { code: 'FLEET_LFS_POINTER', message, position: { file: `${appFolder(app, release)}/${path}` } },
      ];
    }),
  );
}
