/** A fleet with a released app, and its images at a real registry. */
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { noise } from '../../core/bundle/sample-bundle.ts';
import { pushIndex } from '../../rig/pushed-images.ts';
import { TcpRelay } from '../../rig/tcp-relay.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { type Ran, towline } from '../towline.ts';

export interface BundledFleet extends AsyncDisposable {
  readonly fleet: TestFleet;
  readonly registry: Registry;
  /** Before the registry: images are named by it. */
  readonly relay: TcpRelay;
  bundle(...words: string[]): Promise<Ran>;
  /** A release of `hello` whose two images have a layer each, for amd64 and arm64. */
  release(version: string, layers?: Readonly<Record<string, Buffer>>, ...more: string[]): Promise<void>;
  commit(message: string): Promise<string>;
  /** In a folder beside the repository. */
  place(name: string): string;
}

export const layerOf = (seed: string, size = 40_000): Buffer => gzipSync(noise(seed, size));

export async function makeBundledFleet(): Promise<BundledFleet> {
  const registry = await startRegistry();
  const [host = '', port] = registry.address.split(':');
  const relay = await TcpRelay.start(host, Number(port));
  const address = `${host}:${relay.port}`;
  const fleet = await makeFleet(['--registry', address]);
  const { directory } = fleet;
  return {
    fleet,
    registry,
    relay,
    place: name => path.join(fleet.folder, name),
    commit: async message => {
      await fleet.git('add', '--all');
      await fleet.git('commit', '-q', '-m', message);
      return (await fleet.git('rev-parse', 'HEAD')).trim();
    },
    release: async (version, layers = {}, ...more) => {
      for (const name of ['web', 'worker'])
        await pushIndex(address, `hello/${name}`, version, {
          layer: layers[name] ?? layerOf(`${name} ${version}`),
        });
      const words = ['release', 'hello', version, '--repo', directory, ...more];
      const made = await towline(words, { XDG_CACHE_HOME: fleet.folder });
      if (made.code !== 0) throw new Error(made.errors);
    },
    bundle: (...words) =>
      towline(['bundle', ...words, ...(words[0] === 'show' ? [] : ['--repo', directory])]),
    [Symbol.asyncDispose]: async () => {
      await fleet[Symbol.asyncDispose]();
      await relay.stop();
      await registry.stop();
    },
  };
}
