/**
 * `npm run bench -- bundle`: a bundle of 500 MB, or as many as TOWLINE_BENCH_MB says, is created and verified by what ships,
 * from a registry and a fleet that are real, and imported by a device; with a seal, too. Rows: create, verify, import, seal.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../core/io/device-keys.ts';
import { ensureOpenpgpKey } from '../core/io/openpgp-key.ts';
import { startRegistry } from '../lab/machine/registry.ts';
import { makeKeyFile } from '../lab/rig/key-file.ts';
import { putImage } from '../lab/rig/oci-image.ts';
import { bundle } from '../scripts/bundle.ts';
import { Desk, type Measured } from './bundle/desk.ts';
import { importBundle } from './bundle/import.ts';
import { type BenchFigure, figure } from './figure.ts';

const megabyte = 1_000_000;
const layers = 5;
const sizeMB = Number(process.env.TOWLINE_BENCH_MB ?? 500);
const bar = { of: 'ours', is: '<=', limit: 150 } as const;

/** A fleet with the app `hello`, whose release pins an image of that size. */
async function makeFleet(desk: Desk, registry: string): Promise<void> {
  const sizes = Array<number>(layers).fill((sizeMB / layers) * megabyte);
  await putImage(registry, 'hello/web', '1.0.0', sizes);
  await putImage(registry, 'hello/worker', '1.0.0', [megabyte]);
  const key = path.join(desk.folder, 'key');
  await makeKeyFile(key);
  const words = ['init', desk.fleet, '--name', 'acme', '--person', 'alice', '--ssh-key', key];
  await desk.towline([...words, '--gateway', '127.0.0.1:8443', '--registry', registry]);
  const file = path.join(desk.fleet, 'devices/berlin/pump-1.yaml');
  const device = parseDocument(readFileSync(file, 'utf8'));
  const own = makeDeviceKeys('pump-1');
  const openpgp = await ensureOpenpgpKey(path.join(desk.folder, 'keys'), 'pump-1');
  device.set('keys', { tls: tlsPublicKey(own), ssh: sshPublicKey(own), openpgp });
  writeFileSync(file, device.toString());
  await desk.towline(['release', 'hello', '1.0.0', '--repo', desk.fleet, '--assign', 'groups/stable.yaml']);
  await desk.git('add', '--all');
  await desk.git('commit', '--quiet', '--no-verify', '--message', 'Release hello 1.0.0');
}

export async function* bench(signal: AbortSignal, rows: readonly string[]): AsyncGenerator<BenchFigure> {
  const isAsked = (row: string) => rows.length === 0 || rows.includes(row);
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-bench-bundle-'));
  const registry = await startRegistry();
  try {
    await bundle(path.join(folder, 'programs'));
    const desk = new Desk(folder, signal);
    await makeFleet(desk, registry.address);
    const [file, sealed] = [path.join(folder, 'pump-1.tlb'), path.join(folder, 'sealed.tlb')];
    const create = ['bundle', 'create', '--device', 'pump-1', '--repo', desk.fleet, '--output'];
    const what = `bundle of ${sizeMB} MB: peak of`;
    const took = ({ seconds, cpuSeconds }: Measured) =>
      `, in ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU`;
    const made = await desk.towline([...create, file]);
    if (isAsked('create'))
      yield figure(`${what} towline bundle create${took(made)}`, 'MB', made.peakMB, null, bar);
    if (isAsked('verify')) {
      const verified = await desk.towline(['bundle', 'verify', file, '--repo', desk.fleet]);
      yield figure(`${what} towline bundle verify${took(verified)}`, 'MB', verified.peakMB, null, bar);
    }
    if (isAsked('import')) {
      const taken = await importBundle(desk, file);
      yield figure(`${what} towline agent import${took(taken)}`, 'MB', taken.peakMB, null, bar);
    }
    rmSync(file);
    if (!isAsked('seal') && !isAsked('import')) return;
    const closed = await desk.towline([...create, sealed, '--seal']);
    if (isAsked('seal'))
      yield figure(`${what} towline bundle create --seal${took(closed)}`, 'MB', closed.peakMB, null, bar);
    if (!isAsked('import')) return;
    const opened = await importBundle(desk, sealed);
    yield figure(`${what} towline agent import, sealed${took(opened)}`, 'MB', opened.peakMB, null, bar);
  } finally {
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
