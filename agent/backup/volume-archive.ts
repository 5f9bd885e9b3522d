/** One volume → one compressed tar, in the helper: what it runs, and what its words mean. */
import { TowlineError } from '../../core/errors.ts';
import type { DataVolume } from '../../core/plan/step.ts';
import { type HelperEnd, type HelperRun, runHelper } from './data-container.ts';
import type { HelperHost } from './data-room.ts';

/** tar, zstd and the shell; 100,000 names of one folder are sorted in it. */
const memoryBytes = 96 * 1024 * 1024;
const mostWords = 300;

/**
 * `$1` is the file to write. Each program's end is told by itself, for tar's 1 is not its 2. What changed while it was
 * read is counted, since there may be a line for each file. An ACL is among the attributes: to ask for it by `--acls`
 * besides costs a tenth of all CPU. A thread of zstd's own has 35 MB of buffers, and is no quicker beside tar.
 */
const script = `
{
  {
    /bin/tar --create --directory=/data --format=posix --pax-option=delete=atime,delete=ctime --numeric-owner \\
      --xattrs --xattrs-include='*' --sparse --one-file-system --sort=name --blocking-factor=128 --totals . 2>&3
    echo "tar ended with $?" >&3
  } | /bin/zstd -q --single-thread -3 >"$1" 2>&3
  echo "zstd ended with $?" >&3
} 3>&1 | /bin/awk '
  / (file changed|removed before) as we read it|File removed before we read it|File shrank by / { changed++; next }
  / socket ignored$/ { next }
  { print }
  END { print "changed " changed + 0 }'
`;

export interface ArchiveRequest {
  readonly project: string;
  readonly volume: DataVolume;
  /** Folder of the backup, and the file's name in it; the file is there, and others than its owner may write to it. */
  readonly folder: string;
  readonly file: string;
  /** Who writes to the volume goes on: what changes while it is read is no failure. */
  readonly isLive: boolean;
  readonly timeoutMs: number;
}

export interface Archived {
  /** Of the tar before it is compressed. */
  readonly contentBytes: number;
  /** Files that changed or went away while they were read. */
  readonly changed: number;
}

function runOf({ project, volume, folder, file, timeoutMs }: ArchiveRequest): HelperRun {
  return {
    name: project,
    command: ['/bin/sh', '-c', script, 'archive', `/backup/${file}`],
    binds: [`${volume.name}:/data:ro`, `${folder}:/backup`],
    capabilities: ['DAC_READ_SEARCH'],
    memoryBytes,
    timeoutMs,
  };
}

/** @throws TowlineError BACKUP_NO_SPACE, BACKUP_FAILED with its last words */
function judged({ exitCode, outOfMemory, lines }: HelperEnd, { volume, isLive }: ArchiveRequest): Archived {
  const number = (pattern: RegExp): number | undefined => {
    const found = lines.map(line => pattern.exec(line)?.[1]).find(match => match !== undefined);
    return found === undefined ? undefined : Number(found);
  };
  const tar = number(/^tar ended with (\d+)$/);
  const zstd = number(/^zstd ended with (\d+)$/);
  const contentBytes = number(/^Total bytes written: (\d+)/);
  const changed = number(/^changed (\d+)$/);
  // 1: files differ from what they were; 2: something could not be read.
  const isRead = tar === 0 || (tar === 1 && isLive);
  if (exitCode === 0 && isRead && zstd === 0 && contentBytes !== undefined && changed !== undefined)
    return { contentBytes, changed };
  const isFull = lines.some(line => /No space left on device|Disk quota exceeded/.test(line));
  if (isFull) throw new TowlineError('BACKUP_NO_SPACE', `the disk is full: ${volume.key} is not backed up`);
  throw new TowlineError('BACKUP_FAILED', `volume ${volume.key} cannot be read: ${wordsOf()}`);

  function wordsOf(): string {
    if (outOfMemory) return `it needs more memory than ${memoryBytes} bytes`;
    if (tar === 1 && zstd === 0)
      return `${changed ?? 0} files changed while they were read, and nobody should write`;
    const said = lines.filter(line => !/ended with 0$|^Total bytes|^changed \d+$/.test(line));
    return said.join('; ').slice(-mostWords) || `exit code ${exitCode}`;
  }
}

/** @throws TowlineError BACKUP_FAILED, BACKUP_NO_SPACE, BACKUP_TIMEOUT, BACKUP_HELPER, ENGINE_… */
export async function archiveVolume(
  host: HelperHost,
  request: ArchiveRequest,
  signal: AbortSignal,
): Promise<Archived> {
  return judged(await runHelper(host, runOf(request), signal), request);
}
