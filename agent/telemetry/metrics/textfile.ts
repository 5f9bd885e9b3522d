/** For whoever is on the device: a file for the textfile collector of its node-exporter, whole or not there. */
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Sample, seriesKey } from './series/sample.ts';

/** Readable for node-exporter, which is another user. */
const mode = 0o644;

/** Text format 0.0.4: series of one name stand together, as the collector demands. */
export function textfileOf(samples: readonly Sample[]): string {
  const byName = new Map<string, Map<string, Sample>>();
  for (const sample of samples) {
    const family = byName.get(sample.name) ?? new Map<string, Sample>();
    byName.set(sample.name, family);
    const key = seriesKey(sample);
    if (!family.has(key)) family.set(key, sample);
  }
  const lines: string[] = [];
  for (const [name, family] of byName) {
    const [first] = family.values();
    lines.push(`# TYPE ${name} ${first?.type ?? 'untyped'}`);
    for (const { labels, value } of family.values())
      lines.push(`${name}${written(labels)} ${valueWord(value)}`);
  }
  return lines.map(line => `${line}\n`).join('');
}

function written(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

function valueWord(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/**
 * Beside it, then renamed: node-exporter reads the old or the new. A link that lies in the way is replaced, never followed.
 * It is not synced: after a power cut the next moment writes it anew.
 * @throws what the file system says
 */
export async function writeTextfile(folder: string, samples: readonly Sample[]): Promise<void> {
  const file = path.join(folder, 'towline.prom');
  // A name without `.prom` is not read by the collector.
  const temporary = path.join(folder, '.towline.prom.tmp');
  await rm(temporary, { force: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(temporary, flags, mode);
  try {
    await handle.chmod(mode);
    await handle.writeFile(textfileOf(samples));
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
