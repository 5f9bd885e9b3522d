/** Two images in a registry of their own, which no engine ever runs. */
import { startRegistry } from '../../../lab/machine/registry.ts';
import { putImage } from '../../../lab/rig/oci-image.ts';

export async function images() {
  const registry = await startRegistry();
  const put = async (tag: string) => {
    const { digest, layers } = await putImage(registry.address, 'web', tag, [1000, 2000]);
    return { digest, from: `${registry.address}/web`, layers };
  };
  const [one, two] = [await put('1'), await put('2')];
  return { one, two, [Symbol.asyncDispose]: () => registry.stop() };
}
