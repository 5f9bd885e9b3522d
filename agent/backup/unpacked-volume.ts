/** One compressed tar → a fresh volume, in the helper: what it runs, and what its words mean. */
import type { BackedUpVolume } from '../../core/backup/manifest.ts';
import { TowlineError } from '../../core/errors.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { type HelperEnd, runHelper } from './data-container.ts';
import type { HelperHost } from './data-room.ts';

const memoryBytes = 96 * 1024 * 1024;
/** Folders and small files take more than their bytes: a twentieth, and so much at least. */
const leastMarginBytes = 16 * 1024 * 1024;
const mostWords = 300;

/**
 * `$1` is the file, `$2` its digest, `$3` the room that is needed, KiB. tar ends where the archive does: what fills its last
 * record may be more than a pipe holds, and zstd is no failure for it.
 */
const script = `
set -o pipefail
free=$(/bin/busybox df -P -k /data | /bin/awk 'END { print $4 }')
[ "$free" -ge "$3" ] || { echo "free $free"; exit 90; }
sum=$(/bin/busybox sha256sum <"$1") || exit 1
[ "\${sum%% *}" = "$2" ] || { echo 'another digest'; exit 91; }
/bin/zstd -q -dc <"$1" | {
  /bin/tar --extract --directory=/data --numeric-owner --same-owner --preserve-permissions \\
    --xattrs --xattrs-include='*' --delay-directory-restore
  ended=$?
  /bin/cat >/dev/null
  exit "$ended"
} || exit 92
/bin/busybox sync -f /data
`;

export interface UnpackRequest {
  readonly project: string;
  /** Of the backup. */
  readonly folder: string;
  readonly backedUp: BackedUpVolume;
  /** Name of the volume that it goes into. */
  readonly into: string;
  readonly timeoutMs: number;
}

/** @throws TowlineError RESTORE_NO_SPACE, BACKUP_MANIFEST, BACKUP_FAILED with its last words */
function judge({ exitCode, outOfMemory, lines }: HelperEnd, { backedUp }: UnpackRequest): void {
  if (exitCode === 0) return;
  const { key, contentBytes } = backedUp;
  const isFull = lines.some(line => /No space left on device|Disk quota exceeded/.test(line));
  if (exitCode === 90 || isFull)
    throw new TowlineError('RESTORE_NO_SPACE', `volume ${key} needs ${formatBytes(contentBytes)} beside it`);
  if (exitCode === 91)
    throw new TowlineError('BACKUP_MANIFEST', `${backedUp.file} is not what its manifest says`);
  const words = outOfMemory ? `it needs more memory than ${memoryBytes} bytes` : lines.join('; ');
  throw new TowlineError(
    'BACKUP_FAILED',
    `volume ${key} cannot be unpacked: ${words.slice(-mostWords) || `exit code ${exitCode}`}`,
  );
}

/** @throws TowlineError RESTORE_NO_SPACE, BACKUP_MANIFEST, BACKUP_FAILED, BACKUP_TIMEOUT, BACKUP_HELPER, ENGINE_… */
export async function unpackVolume(
  host: HelperHost,
  request: UnpackRequest,
  signal: AbortSignal,
): Promise<void> {
  const { project, folder, backedUp, into, timeoutMs } = request;
  const { file, sha256, contentBytes } = backedUp;
  const needed = Math.ceil((contentBytes + Math.max(leastMarginBytes, contentBytes / 20)) / 1024);
  const end = await runHelper(
    host,
    {
      name: project,
      command: ['/bin/sh', '-c', script, 'unpack', `/backup/${file}`, sha256, String(needed)],
      binds: [`${into}:/data`, `${folder}:/backup:ro`],
      capabilities: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'MKNOD', 'SETFCAP', 'SETUID', 'SETGID'],
      memoryBytes,
      timeoutMs,
    },
    signal,
  );
  judge(end, request);
}
