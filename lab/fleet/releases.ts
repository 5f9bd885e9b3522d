/** The images of the story's app `hello`: two services, three releases. */
import type { ImageMaker, PushedImage } from '../machine/images.ts';

export const firstRelease = '1.0.0';
/** Changes `web` alone. */
export const secondRelease = '1.1.0';
/** A `web` whose health check fails. */
export const brokenRelease = '1.2.0';

export async function pushReleases(images: ImageMaker): Promise<PushedImage[]> {
  const worker = await images.push('hello/worker', firstRelease, 'worker');
  return [
    worker,
    await images.tag(worker, secondRelease),
    await images.tag(worker, brokenRelease),
    await images.push('hello/web', firstRelease, 'web'),
    await images.push('hello/web', secondRelease, 'web'),
    await images.push('hello/web', brokenRelease, 'unhealthy'),
  ];
}
