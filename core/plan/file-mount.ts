/** One file or folder that a service mounts, and where its bytes come from. */
import type { FileTree } from './file-tree.ts';

/** Where the bytes of a mount come from. */
export type MountSource =
  | { readonly kind: 'tree'; readonly tree: FileTree }
  /** A folder below the project's that holds no file of the repository: data that stays on the device. */
  | { readonly kind: 'data'; readonly path: string }
  | { readonly kind: 'host'; readonly path: string }
  /** Nothing that a device can give: the device check has refused it before. */
  | { readonly kind: 'missing'; readonly what: string };

export interface FileMount {
  /** What a person calls it: "config nginx.conf", "secret token", "file conf/app.ini". */
  readonly label: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly source: MountSource;
}
