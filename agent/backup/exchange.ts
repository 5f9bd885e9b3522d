/** What was unpacked takes the place of what is there, in the helper: by renaming, so that a power cut leaves old or new. */
import path from 'node:path';
import type { RestoredVolume } from '../../core/backup/restore-note.ts';
import { TowlineError } from '../../core/errors.ts';
import { runHelper } from './data-container.ts';
import type { HelperHost } from './data-room.ts';

const memoryBytes = 32 * 1024 * 1024;
const timeoutMs = 5 * 60_000;

/**
 * Arguments are triples of folders: the volume's, the fresh one's, that for what was there. The fresh one without content
 * is one that is done: whatever it was that cut it off, the same again ends it. All must lie on one file system, else `mv`
 * would copy.
 *
 * The whole folder of the engine's volumes is bound: a rename from one mount to another is refused (EXDEV), even where both
 * are of one file system, so folders that are bound one by one could only be copied. Names of other volumes are never in
 * the arguments, and it has no network.
 */
const script = `
cd /volumes || exit 1
device=
for folder in "$@"; do
  for each in "$folder" "$folder/$CONTENT"; do
    found=$(/bin/stat -c %d "$each" 2>/dev/null) || continue
    [ "$found" = "\${device:-$found}" ] || { echo "$each"; exit 90; }
    device=$found
  done
done
while [ $# -gt 0 ]; do
  volume=$1/$CONTENT fresh=$2/$CONTENT aside=$3/$CONTENT
  shift 3
  [ -d "$fresh" ] || continue
  if [ -d "$aside" ] && ! /bin/rmdir "$aside" 2>/dev/null; then
    # What was there has gone aside already.
    [ ! -d "$volume" ] || /bin/rmdir "$volume" || exit 91
  elif [ -d "$volume" ]; then
    /bin/mv "$volume" "$aside" || exit 91
  fi
  /bin/mv "$fresh" "$volume" || exit 91
done
/bin/busybox sync -f .
`;

export interface ExchangeRequest {
  readonly project: string;
  readonly volumes: readonly RestoredVolume[];
  /** Name of a volume → where the engine has it. */
  readonly mountpoints: ReadonlyMap<string, string>;
}

/** @throws TowlineError RESTORE_VOLUME, BACKUP_FAILED, BACKUP_HELPER, BACKUP_TIMEOUT, ENGINE_… */
export async function exchangeVolumes(
  host: HelperHost,
  { project, volumes, mountpoints }: ExchangeRequest,
  signal: AbortSignal,
): Promise<void> {
  const places = volumes.flatMap(({ name, fresh, aside }) =>
    [name, fresh, aside].map(each => mountpoints.get(each) ?? ''),
  );
  const [first = ''] = places;
  const [parent, content] = [path.dirname(path.dirname(first)), path.basename(first)];
  const other = places.find(
    each => path.dirname(path.dirname(each)) !== parent || path.basename(each) !== content,
  );
  if (other !== undefined || parent === '/')
    throw new TowlineError(
      'RESTORE_VOLUME',
      `the engine has its volumes in several places: ${other ?? first}`,
    );
  const folders = places.map(each => path.basename(path.dirname(each)));
  const { exitCode, lines } = await runHelper(
    host,
    {
      name: project,
      command: ['/bin/sh', '-c', script, 'exchange', ...folders],
      binds: [`${parent}:/volumes`],
      capabilities: ['DAC_OVERRIDE', 'FOWNER'],
      environment: [`CONTENT=${content}`],
      memoryBytes,
      timeoutMs,
    },
    signal,
  );
  if (exitCode === 0) return;
  const words = lines.join('; ').slice(-300);
  if (exitCode === 90)
    throw new TowlineError('RESTORE_VOLUME', `${words} lies on another file system than the other volumes`);
  throw new TowlineError('BACKUP_FAILED', `volumes of ${project} cannot be exchanged: ${words}`);
}
